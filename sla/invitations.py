"""Inviting the other organisation to sign by a link, without an account (R33).

The link is `…/agreements/sign/#<token>`: browsers do not send what follows the #, so that no log,
proxy or link scanner sees it. The page posts it once and gets a short session in a cookie. Only a
digest of the token is stored.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing as signed_values
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Site

from desk_core import audit, outbox
from desk_core.enums import Channel
from desk_core.sealing import new_subject
from persian.jalali import format_datetime
from sla.document import read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.invitations import SigningInvitation
from sla.models.signatures import Signature
from sla.parties import unsigned_parties

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MAX_DAYS = 60
SESSION = timedelta(hours=2)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SALT = "sla.invitations"


@dataclass(frozen=True)
class Invited:
    """A new invitation; `link` is known now and never again."""

    invitation: SigningInvitation
    link: str = field(repr=False)


@transaction.atomic
def invite(
    *,
    version: AgreementVersion,
    party: str,
    days: int,
    actor: "AbstractBaseUser",
    email: str = "",
    language: str = "fa",
) -> Invited:
    """Make a link with which `party` can sign the text on offer, once, within so many days.

    With `email` it is sent there too, and the address is kept nowhere else. Earlier open links of
    the party are withdrawn. Raises ValidationError, by field, with the reason.
    """
    if not 1 <= days <= MAX_DAYS:
        raise ValidationError({"days": _("Give 1 to 60 days.")})
    row = (
        AgreementVersion.objects.select_for_update(of=("self",))
        .select_related("agreement")
        .get(pk=version.pk)
    )
    if not row.offered_text:
        raise ValidationError(_("This version is a draft; nobody can sign it yet."))
    if party not in _waiting(row):
        raise ValidationError({"party": _("Choose a party that has not signed yet.")})
    for old in SigningInvitation.objects.filter(version=row, party=party).open(timezone.now()):
        revoke(invitation=old, actor=actor)
    token = secrets.token_urlsafe(32)
    invitation = SigningInvitation.objects.create(
        version=row,
        party=party,
        text_digest=row.offered_digest,
        token_digest=_digest(token),
        language=language,
        by_email=bool(email),
        created_by_id=actor.pk,
        expires_at=timezone.now() + timedelta(days=days),
    )
    link = f"{address(language)}#{token}"
    _audit("agreement.invitation", invitation, actor)
    if email:
        _send(invitation, row, email, link)
    return Invited(invitation, link)


@transaction.atomic
def revoke(*, invitation: SigningInvitation, actor: "AbstractBaseUser") -> None:
    """Withdraw a link that was not used; safe to repeat."""
    row = lock(invitation)
    if row.used_at is None and row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        _audit("agreement.invitation.withdrawn", row, actor)


def open_by_token(token: str) -> tuple[SigningInvitation, str] | None:
    """The invitation of a token and a session for it, whatever has become of it; None: no such."""
    found = token.strip().rpartition("#")[2]
    if not _TOKEN.fullmatch(found):
        return None
    invitation = SigningInvitation.objects.filter(token_digest=_digest(found)).first()
    if invitation is None:
        return None
    if invitation.opened_at is None:
        opened = SigningInvitation.objects.filter(pk=invitation.pk, opened_at=None)
        if opened.update(opened_at=timezone.now()):
            _audit("agreement.invitation.opened", invitation, None)
    return invitation, signed_values.dumps(str(invitation.pk), salt=_SALT)


def of_session(session: str) -> SigningInvitation | None:
    """The invitation of a session that is not over; ask `reason_void` before anything else."""
    try:
        key = signed_values.loads(session, salt=_SALT, max_age=SESSION)
    except signed_values.BadSignature:
        return None
    rows = SigningInvitation.objects.select_related("version__agreement", "version__signed_text")
    return rows.filter(pk=key).first()


def reason_void(invitation: SigningInvitation, version: AgreementVersion) -> str:
    """Why nobody can sign by it any more, in a sentence for the one who was invited; else empty."""
    if invitation.used_at is not None:
        return _("This link was used: the signature is recorded.")
    if invitation.revoked_at is not None:
        return _("This link was withdrawn. Ask the organisation that invited you for a new one.")
    if invitation.over(timezone.now()):
        return _(
            "The time of this link is over. Ask the organisation that invited you for a new one."
        )
    if invitation.text_digest != version.offered_digest:
        return _(
            "The text has changed since you were invited, so that this link is void. Ask the "
            "organisation that invited you for a new one."
        )
    if invitation.party not in _waiting(version):
        return _("The signature of your organisation is recorded already.")
    return ""


def refuse_void(invitation: SigningInvitation, version: AgreementVersion) -> None:
    """Raise ValidationError when the invitation is void."""
    reason = reason_void(invitation, version)
    if reason:
        raise ValidationError(reason)


def lock(invitation: SigningInvitation) -> SigningInvitation:
    """The row as it is now, for this transaction alone."""
    return SigningInvitation.objects.select_for_update().get(pk=invitation.pk)


def use_up(invitation: SigningInvitation, signature: Signature) -> None:
    """Mark it as used, in the transaction that records its signature."""
    SigningInvitation.objects.filter(pk=invitation.pk).update(
        used_at=timezone.now(), signature=signature
    )


def address(language: str) -> str:
    """Where a link leads, without its token."""
    site = Site.objects.filter(is_default_site=True).first()
    with override(language):
        path = reverse("sla:sign")
    return f"{site.root_url if site else ''}{path}"


def _waiting(version: AgreementVersion) -> list[str]:
    return [party.key for party in unsigned_parties(version)]


def _digest(token: str) -> str:
    """A plain hash is enough for 256 random bits."""
    return hashlib.sha256(b"sla:invitation:" + token.encode()).hexdigest()


def _audit(action: str, invitation: SigningInvitation, actor: "AbstractBaseUser | None") -> None:
    audit.record(
        action=action,
        actor=actor,
        target=f"agreement-version:{invitation.version_id}",
        department_id=invitation.version.agreement.department_id,
        detail={"invitation": str(invitation.pk), "party": invitation.party},
    )


def _send(invitation: SigningInvitation, version: AgreementVersion, email: str, link: str) -> None:
    """Queue the e-mail under a data key of its own; the recipient is forgotten once it is sent."""
    subject = new_subject()
    subject.save()
    document = read_canonical(version.offered_text)
    with override(invitation.language):
        until = format_datetime(invitation.expires_at)
    message = outbox.Outgoing(
        channel=Channel.EMAIL,
        recipient=email,
        template="sla/messages/signing_invitation",
        context={"link": link, "title": document.title, "until": until},
        language=invitation.language,
        dedupe=f"signing-invitation:{invitation.pk}",
    )
    outbox.queue_many([message], subject=subject)
