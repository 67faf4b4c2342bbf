"""The verbs of a subscription: ask, confirm, change, end, erase, and take its data along.

Nobody is told anything before its holder has shown the code that was sent to the contact, on every
channel: by e-mail and text message as a link and a code, by webhook as the first post. Asking does
the same work and says the same whether or not the contact is known: it is not even looked up.
"""

import base64
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from desk_core import audit, outbox, sealing
from desk_core.channels.webhook import SECRET_PREFIX
from desk_core.enums import OutboxChannel
from desk_core.models import OutgoingMessage
from desk_core.outbox import Outgoing
from desk_core.sealing import Subject, new_subject, open_subject
from notices import addresses, current, limits
from notices.enums import (
    LIVING_STATES,
    CodePurpose,
    EndReason,
    Kind,
    Outcome,
    Step,
    SubscriptionState,
)
from notices.errors import WrongCode
from notices.models import Delivery, Notice, Subscription, SubscriptionCode
from notices.subscriptions import contacts, tokens, webhook_bodies

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FOLDER = "notices/messages"
_CHOSEN = (
    *(f"wants_{each.value}" for each in Kind),
    *(f"wants_{each.value}" for each in Step),
    *("quiet_from", "quiet_until", "digest", "only_followed"),
)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What somebody wants to be told, and when. No services means all of them.

    `kinds` and `steps` are values of `Kind` and `Step`; quiet hours are full hours in Tehran, both
    or none. With `follow` it is one notice alone, until it is over, and nothing else counts; with
    `only_followed` it stays at what is followed already.
    """

    services: Collection[int] = ()
    kinds: Collection[str] = tuple(each.value for each in Kind)
    steps: Collection[str] = tuple(each.value for each in Step)
    quiet_from: int | None = None
    quiet_until: int | None = None
    digest: bool = False
    follow: UUID | None = None
    only_followed: bool = False

    def as_fields(self, channel: str) -> dict[str, Any]:
        """The columns; programs never sleep."""
        program = channel == OutboxChannel.WEBHOOK
        return {
            **{f"wants_{kind.value}": kind.value in self.kinds for kind in Kind},
            **{f"wants_{step.value}": step.value in self.steps for step in Step},
            "quiet_from": None if program else self.quiet_from,
            "quiet_until": None if program else self.quiet_until,
            "digest": self.digest and not program,
            "only_followed": self.only_followed or self.follow is not None,
        }


@dataclass(frozen=True)
class Redeemed:
    """What a right code opened. `subscription` is None where the contact has none.

    `secret` is the key that a webhook's posts are signed with, shown this once.
    """

    purpose: CodePurpose
    subscription: Subscription | None
    secret: str = field(default="", repr=False)


def ask(*, contact: str, choices: Choices, language: str, address: str) -> OutboxChannel:
    """Keep what somebody wants, and send a code to the contact that makes it count.

    `address` is the network it came from. Raises ValidationError for no contact, AskedTooOften.
    Not in a transaction: what is counted has to stay counted.
    """
    channel, clean = contacts.clean(contact)
    digest = contacts.digest(channel, clean)
    limits.count_ask(address, digest)
    subject = new_subject()
    row = Subscription(
        channel=channel,
        subject_key=subject.row,
        contact_digest=digest,
        language=language,
        **choices.as_fields(channel),
    )
    row.sealed = subject.seal_json({"contact": clean}, record=row.record)
    code = SubscriptionCode(
        purpose=CodePurpose.CONFIRM, channel=channel, contact_digest=digest, subscription=row
    )
    told = _code_message(code, clean, language, follow=choices.follow)
    with transaction.atomic():
        subject.save()
        row.save(force_insert=True)
        row.services.set(choices.services)
        row.followed.set(Notice.objects.filter(pk__in=[choices.follow] if choices.follow else []))
        code.subject_key = subject.row
        code.save(force_insert=True)
        outbox.queue_many([told], subject=subject)
    return channel


def ask_to_manage(*, contact: str, language: str, address: str) -> OutboxChannel:
    """Send a code to a contact with which its subscription can be changed, if there is one.

    Whether there is one shows only to who has the code. Raises as `ask` does.
    """
    channel, clean = contacts.clean(contact)
    digest = contacts.digest(channel, clean)
    limits.count_ask(address, digest)
    subject = new_subject()
    code = SubscriptionCode(purpose=CodePurpose.MANAGE, channel=channel, contact_digest=digest)
    told = _code_message(code, clean, language)
    with transaction.atomic():
        subject.save()
        code.subject_key = subject.row
        code.save(force_insert=True)
        outbox.queue_many([told], subject=subject)
    return channel


def redeem(*, code: str, address: str) -> Redeemed:
    """Use a code, once: confirm what was asked for, or open a subscription to be changed.

    Either shows that messages arrive, so a subscription that was stopped after failures goes on.
    Raises WrongCode, AskedTooOften. Not in a transaction.
    """
    limits.count_code(address)
    bare = tokens.clean_code(code)
    now = timezone.now()
    row = (
        SubscriptionCode.objects.filter(digest=tokens.code_digest(bare), used_at=None)
        .filter(expires_at__gt=now)
        .select_related("subscription__subject_key")
        .first()
        if bare
        else None
    )
    if row is None:
        raise WrongCode
    try:
        return _use(row, now)
    except IntegrityError:
        # Two codes of one contact in the same instant: the other one has made the subscription.
        return _use(row, now)


def change(*, subscription: Subscription, choices: Choices, language: str) -> None:
    """Choose anew what is told, and when. One that has ended stays as it was.

    Notices that are followed are so further on; whoever followed them alone does no more, unless
    the choices say so.
    """
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if row.state in LIVING_STATES:
            _choose(row, choices.as_fields(row.channel), choices.services, language)


def new_secret(*, subscription: Subscription) -> str:
    """Sign the posts of a webhook with another key from now on; it is shown this once.

    "" where there is nothing to sign. Posts that wait already are signed with the old one.
    """
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if row.channel != OutboxChannel.WEBHOOK or row.state not in LIVING_STATES:
            return ""
        subject = open_subject(row.subject_key)
        content = subject.open_json(row.sealed, record=row.record)
        secret = _fresh_secret()
        row.sealed = subject.seal_json(content | {"secret": secret}, record=row.record)
        row.save(update_fields=["sealed"])
        _record("subscription.secret_renewed", row)
    return secret


def secret_of(row: Subscription) -> str:
    """The key that the posts of a webhook are signed with, for its holder; "" for none."""
    content = open_subject(row.subject_key).open_json(row.sealed, record=row.record)
    return str(content.get("secret", ""))


def end(
    *,
    subscription: Subscription,
    reason: EndReason = EndReason.OWN_WISH,
    actor: "User | None" = None,
    why: str = "",
) -> bool:
    """Tell it nothing any more: what waits is called back too. Whether it had not ended before.

    The sealed contact is kept for a while, for questions about what was sent (`conf.ended_kept`).
    `why` is a `StaffReason` for the audit trail.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if row.state == SubscriptionState.ENDED:
            return False
        row.state, row.ended_at, row.end_reason = SubscriptionState.ENDED, now, reason
        row.save(update_fields=["state", "ended_at", "end_reason"])
        call_back([row.pk], now)
        detail = {"by": reason.value} | ({"reason": why} if why else {})
        _record("subscription.ended", row, actor, detail)
    return True


def erase(
    *,
    subscription: Subscription,
    reason: EndReason = EndReason.OWN_WISH,
    actor: "User | None" = None,
    why: str = "",
) -> None:
    """End it and destroy the contact for good; a row without a name stays for the log.

    Safe to repeat.
    """
    now = timezone.now()
    with transaction.atomic():
        end(subscription=subscription, reason=reason, actor=actor, why=why)
        row = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if row.erased_at is not None:
            return
        row.erased_at, row.contact_digest, row.sealed = now, "", b""
        row.save(update_fields=["erased_at", "contact_digest", "sealed"])
        row.codes.all().delete()
        row.services.clear()
        row.followed.clear()
        sealing.erase(row.subject_key)
        _record("subscription.erased", row, actor)


def export(subscription: Subscription) -> dict[str, Any]:
    """All that is known of a subscription, for its holder: plain data, times in UTC."""
    row = Subscription.objects.select_related("subject_key").get(pk=subscription.pk)
    content = open_subject(row.subject_key).open_json(row.sealed, record=row.record)
    deliveries = row.deliveries.select_related("event__notice").order_by("-pk")[:1000]
    return {
        "subscription": str(row),
        "channel": row.channel,
        "contact": content["contact"],
        "language": row.language,
        "state": row.state,
        "asked_at": row.created_at.isoformat(),
        "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
        "services": sorted(row.services.values_list("key", flat=True)),
        "followed": [str(key) for key in row.followed.order_by("pk").values_list("pk", flat=True)],
        **{name: getattr(row, name) for name in _CHOSEN},
        "told": [
            {
                "notice": each.event.notice.title,
                "occasion": each.event.occasion,
                "at": each.event.at.isoformat(),
                "handed_over_at": each.handed_at.isoformat() if each.handed_at else None,
                "outcome": each.outcome,
            }
            for each in deliveries
        ],
    }


def contact_of(row: Subscription) -> str:
    """The contact in clear, for its holder. Raises Erased."""
    content = open_subject(row.subject_key).open_json(row.sealed, record=row.record)
    return str(content["contact"])


def call_back(subscriptions: Collection[Any], now: datetime) -> None:
    """Cancel what these subscriptions have not been sent yet, in the caller's transaction."""
    held = Delivery.objects.filter(subscription__in=subscriptions, handed_at=None)
    held.update(handed_at=now, outcome=Outcome.CANCELLED)
    keys = Subscription.objects.filter(pk__in=subscriptions).values("subject_key")
    # Without its lease, what a worker has claimed and not begun is not begun any more.
    OutgoingMessage.objects.filter(subject_key__in=keys).recall("ended")


def _code_message(
    code: SubscriptionCode, contact: str, language: str, *, follow: UUID | None = None
) -> Outgoing:
    """The message with a fresh code, whose digest goes into the row; `follow` is a notice's key."""
    bare = tokens.new_code()
    code.digest = tokens.code_digest(bare)
    code.expires_at = timezone.now() + tokens.CODE_LIFETIME
    shown = tokens.grouped(bare)
    link = f"{addresses.absolute('subscription_code', language)}#{bare}"
    context = {"code": shown, "link": link, "followed": _title(follow, language)}
    if code.channel == OutboxChannel.WEBHOOK:
        context = {"body": webhook_bodies.verification(code.purpose, shown, link, code.expires_at)}
    return Outgoing(
        channel=code.channel,
        recipient=contact,
        template=f"{FOLDER}/{code.purpose}",
        context=context,
        language=language,
        dedupe=f"subscription-code:{code.pk}",
        not_after=code.expires_at,
    )


def _title(follow: UUID | None, language: str) -> str:
    if follow is None:
        return ""
    found = current.find(timezone.now(), Q(notice=follow), language=language)
    return next((each.title for each in found), "")


def _use(row: SubscriptionCode, now: datetime) -> Redeemed:
    with transaction.atomic():
        if not SubscriptionCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
            raise WrongCode
        found = Subscription.objects.living().filter(
            channel=row.channel, contact_digest=row.contact_digest
        )
        living = found.select_related("subject_key").select_for_update(of=("self",)).first()
        if living is not None:
            _revive(living)
        if row.purpose == CodePurpose.MANAGE:
            return Redeemed(CodePurpose.MANAGE, living)
        pending = row.subscription
        if pending is None or pending.state != SubscriptionState.PENDING:
            raise WrongCode
        if living is None:
            return Redeemed(CodePurpose.CONFIRM, pending, _begin(pending, now))
        living.followed.add(*pending.followed.all())
        if not pending.only_followed:
            fields = {name: getattr(pending, name) for name in _CHOSEN}
            services = list(pending.services.values_list("pk", flat=True))
            _choose(living, fields, services, pending.language)
        forget_pending(pending)
        return Redeemed(CodePurpose.CONFIRM, living)


def _begin(pending: Subscription, now: datetime) -> str:
    """Make a pending row count; the secret of a webhook, else ""."""
    secret = ""
    if pending.channel == OutboxChannel.WEBHOOK:
        secret = _fresh_secret()
        subject: Subject = open_subject(pending.subject_key)
        content = subject.open_json(pending.sealed, record=pending.record)
        pending.sealed = subject.seal_json(content | {"secret": secret}, record=pending.record)
    pending.state, pending.confirmed_at = SubscriptionState.ACTIVE, now
    pending.save(update_fields=["state", "confirmed_at", "sealed"])
    _record("subscription.confirmed", pending)
    return secret


def _revive(row: Subscription) -> None:
    if row.state == SubscriptionState.QUARANTINED or row.failures:
        row.state, row.failures, row.quarantined_at = SubscriptionState.ACTIVE, 0, None
        row.save(update_fields=["state", "failures", "quarantined_at"])
        _record("subscription.revived", row)


def _choose(
    row: Subscription, fields: dict[str, Any], services: Collection[int], language: str
) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.language = language
    row.save(update_fields=[*fields, "language"])
    row.services.set(services)


def forget_pending(row: Subscription) -> None:
    """Remove a row that was never confirmed, with its contact, in the caller's transaction."""
    key = row.subject_key
    call_back([row.pk], timezone.now())
    row.delete()
    sealing.erase(key)


def _fresh_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(os.urandom(24)).decode()


def _record(
    action: str,
    row: Subscription,
    actor: "User | None" = None,
    detail: dict[str, Any] | None = None,
) -> None:
    audit.record(action=action, actor=actor, target=f"subscription:{row.pk}", detail=detail)
