"""What became of what was handed over; who cannot be reached; and what is forgotten in time."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from desk_core import audit, sealing
from desk_core.delivery import PERHAPS, max_attempts
from desk_core.enums import DeliveryState, MessageState, OutboxChannel
from desk_core.models import OutgoingMessage
from notices import conf
from notices.enums import Outcome, SubscriptionState
from notices.models import Delivery, Subscription, SubscriptionCode
from notices.subscriptions import subscribing

logger = logging.getLogger(__name__)

#: So many failures in a row, and a subscription is told nothing until its holder confirms again.
MOST_FAILURES = 3
_BATCH = 500
_OUTCOME = {
    MessageState.SENT: Outcome.SENT,
    MessageState.QUARANTINED: Outcome.FAILED,
    MessageState.CANCELLED: Outcome.CANCELLED,
}


def settle(*, at: datetime | None = None) -> int:
    """Note the outcome of what has left the outbox, and stop who cannot be reached; how many rows.

    Safe to repeat; a fixed number of queries for every batch.
    """
    now = at or timezone.now()
    settled = 0
    while True:
        found = _finished()
        if not found:
            break
        settled += len(found)
        with transaction.atomic():
            # Another worker may have found the same: what it has settled is not counted again.
            rows = Delivery.objects.select_for_update(of=("self",)).filter(outcome="")
            left = set(rows.filter(pk__in=[row[0] for row in found]).values_list("pk", flat=True))
            found = [row for row in found if row[0] in left]
            for state, outcome in _OUTCOME.items():
                mine = [key for key, _who, _channel, now_is, *_rest in found if now_is == state]
                Delivery.objects.filter(pk__in=mine).update(outcome=outcome)
            _count(found)
    _quarantine(now)
    return settled


def reopen(key: UUID, **kwargs: Any) -> None:
    """As a receiver of `outbox.requeued`: what came of the message before is undone."""
    Delivery.objects.filter(message=key).update(outcome="")


def forget_old(*, at: datetime | None = None) -> dict[str, int]:
    """Remove what has been kept for its time: one batch of each kind, the rest next time.

    Pending subscriptions and codes vanish with their contact; an ended one's contact is destroyed;
    the delivery log goes with its messages, and last the row of a subscription without a name.
    """
    now = at or timezone.now()
    return {
        "pending": _forget_pending(now),
        "codes": _forget_codes(now),
        "ended": _erase_ended(now),
        "deliveries": _forget_log(now),
        "rows": _forget_rows(now),
    }


def _finished() -> list[tuple[Any, ...]]:
    """Deliveries whose message has an end that was not noted yet: all those of so many messages.

    What one message carried is judged at once, or one failure would count as several.
    """
    rows = Delivery.objects.filter(
        Q(message__state__in=list(_OUTCOME)), outcome="", handed_at__isnull=False
    )
    messages = rows.order_by("message").values_list("message", flat=True).distinct()[:_BATCH]
    return list(
        rows.filter(message__in=list(messages))
        .order_by("pk")
        .values_list(
            "pk",
            "subscription",
            "message__channel",
            "message__state",
            "message__attempts",
            "message__delivery",
            "message__error",
        )
    )


def _count(found: list[tuple[Any, ...]]) -> None:
    """Count failures in a row; what got through begins anew."""
    reached, failed = set(), set()
    for _key, who, channel, state, attempts, delivery, error in found:
        if state == MessageState.SENT and delivery != DeliveryState.FAILED:
            reached.add(who)
        elif _is_theirs(channel, state, attempts, error):
            failed.add(who)
    Subscription.objects.filter(pk__in=failed - reached).update(failures=F("failures") + 1)
    Subscription.objects.filter(pk__in=reached, failures__gt=0).update(failures=0)


def _is_theirs(channel: str, state: str, attempts: int, error: str) -> bool:
    """Whether a failure says something about the contact.

    A receiver of webhooks is its owner's. Where the desk's own mail server or gateway was away
    until all attempts were used up, or lost a reply, the contact is not to blame.
    """
    if state != MessageState.QUARANTINED:
        return False
    if channel == OutboxChannel.WEBHOOK:
        return True
    return attempts < max_attempts() and not error.startswith(PERHAPS)


def _quarantine(now: datetime) -> None:
    """Stop who failed too often: nothing more is sent, and nobody is written to about it."""
    bad = Subscription.objects.active().filter(failures__gte=MOST_FAILURES)
    with transaction.atomic():
        keys = list(bad.select_for_update().values_list("pk", flat=True)[:_BATCH])
        if not keys:
            return
        Subscription.objects.filter(pk__in=keys).update(
            state=SubscriptionState.QUARANTINED, quarantined_at=now
        )
        subscribing.call_back(keys, now)
        audit.record_many(
            action="subscription.quarantined",
            actor=None,
            targets=[(f"subscription:{key}", None) for key in keys],
            detail={"failures": MOST_FAILURES},
        )
    for key in keys:
        logger.warning("Subscription %s is stopped after failures in a row.", key)


def _forget_pending(now: datetime) -> int:
    old = Subscription.objects.filter(
        state=SubscriptionState.PENDING, created_at__lte=now - conf.pending_kept()
    )
    rows = list(old.select_related("subject_key").order_by("created_at")[:_BATCH])
    for row in rows:
        with transaction.atomic():
            # Its holder may be confirming it at this moment.
            if old.select_for_update().filter(pk=row.pk).exists():
                subscribing.forget_pending(row)
    return len(rows)


def _forget_codes(now: datetime) -> int:
    old = SubscriptionCode.objects.filter(
        subscription=None, expires_at__lte=now - conf.pending_kept()
    )
    rows = list(old.select_related("subject_key").order_by("expires_at")[:_BATCH])
    for row in rows:
        with transaction.atomic():
            row.delete()
            sealing.erase(row.subject_key)
    return len(rows)


def _erase_ended(now: datetime) -> int:
    old = Subscription.objects.filter(
        state=SubscriptionState.ENDED, erased_at=None, ended_at__lte=now - conf.ended_kept()
    )
    rows = list(old.order_by("ended_at")[:_BATCH])
    for row in rows:
        subscribing.erase(subscription=row)
    return len(rows)


def _forget_log(now: datetime) -> int:
    old = Delivery.objects.filter(handed_at__lte=now - conf.delivery_log_kept())
    rows = list(old.order_by("pk").values_list("pk", "message")[:_BATCH])
    with transaction.atomic():
        Delivery.objects.filter(pk__in=[key for key, _message in rows]).delete()
        messages = {message for _key, message in rows if message}
        # A digest's message goes with the last of its events.
        left = Delivery.objects.filter(message=OuterRef("pk")).order_by().values("pk")[:1]
        OutgoingMessage.objects.filter(pk__in=messages, bulk=True).exclude(
            state=MessageState.WAITING
        ).annotate(left=Subquery(left)).filter(left=None).delete()
    return len(rows)


def _forget_rows(now: datetime) -> int:
    before = now - conf.delivery_log_kept()
    old = Subscription.objects.filter(erased_at__lte=before, ended_at__lte=before)
    keys = list(old.filter(deliveries=None).values_list("pk", flat=True)[:_BATCH])
    Subscription.objects.filter(pk__in=keys).delete()
    return len(keys)
