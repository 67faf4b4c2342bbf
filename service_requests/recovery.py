"""A lost tracking code or password, recovered through a verified contact (R24, R42).

Somebody names a mobile number or an e-mail address. The answer is the same, in words and in work,
whether anything is known of it: a row is stored, and a task that runs after the answer looks who it
is and sends the code. Whoever types that code sees the tracking codes of the cases whose verified
contact it is, and gets a new password for one of them; the old one ends with its sessions, and
every contact of the case is told.
"""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core import audit, outbox, throttles
from desk_core.enums import Channel
from desk_core.passwords import hash_secret
from desk_core.sealing import Erased, open_subject
from persian.forms import EmailAddressField, MobileField
from service_requests import codes, credentials, one_time_codes, receipts
from service_requests.enums import CodePurpose
from service_requests.errors import AskedTooOften, NotPossible, WrongCode
from service_requests.models import Case, OneTimeCode
from service_requests.notify import CONTACT_OF
from service_requests.receipts import OpenReceipt

#: How long after the code was typed a case can be chosen.
CHOOSING = timedelta(minutes=10)
MOST_CASES = 20
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CONTACT_MAX = 254


def clean_contact(text: str) -> tuple[str, str]:
    """The channel and the canonical form of what was typed. Raises ValidationError."""
    text = text[: _CONTACT_MAX + 50] if isinstance(text, str) else ""
    if "@" in text:
        local, _at, domain = str(EmailAddressField(max_length=_CONTACT_MAX).clean(text)).rpartition(
            "@"
        )
        return Channel.EMAIL, f"{local}@{domain.lower()}"
    try:
        return Channel.SMS, str(MobileField().clean(text))
    except ValidationError:
        raise ValidationError(
            _("Write the mobile number or the e-mail address that you verified."), "contact"
        ) from None


def begin(*, contact: str, code: str, address: str) -> str:
    """Ask for a one-time code; the token by which this browser goes on.

    `code` is the tracking code, "" where it was lost too. Raises ValidationError by field, and
    AskedTooOften, which depends on how often was asked alone.
    """
    channel, canonical = _cleaned(contact)
    wanted = _clean_code(code) if code else ""
    digest = one_time_codes.contact_digest(channel, canonical)
    counts = [
        throttles.hit(one_time_codes.PER_CONTACT, digest),
        throttles.hit(one_time_codes.PER_ADDRESS, address),
        throttles.hit(one_time_codes.PER_SITE, "site"),
    ]
    if any(count.over for count in counts):
        raise AskedTooOften
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = OneTimeCode.objects.create(
            purpose=CodePurpose.RECOVER,
            channel=channel,
            contact_digest=digest,
            token_digest=_digest(token),
            wanted=wanted,
            expires_at=timezone.now() + one_time_codes.LIFETIME,
        )
        audit.record(action="credential.recovery_asked", actor=None, target=f"recovery:{row.pk}")
        transaction.on_commit(lambda: _send_later(row.pk))
    return token


def send(*, row_id: UUID) -> None:
    """Send the code of a row if somebody is behind its contact. Safe to repeat."""
    row = OneTimeCode.objects.filter(pk=row_id, code_hash="", used_at=None).first()
    if row is None or row.expires_at <= timezone.now():
        return
    for case in _cases(row).select_related("subject_key"):
        try:
            subject = open_subject(case.subject_key)
        except Erased:
            continue
        content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
        contact = content["contact"].get(CONTACT_OF[row.channel], "")
        code = one_time_codes.new_code()
        secret = hash_secret(code)
        told = one_time_codes.message(row=row, case=case, contact=contact, code=code)
        with transaction.atomic():
            if OneTimeCode.objects.filter(pk=row.pk, code_hash="").update(code_hash=secret):
                outbox.queue_many([told], subject=subject)
        return


def is_token(token: str) -> bool:
    """Whether this can be the token of a recovery at all."""
    return isinstance(token, str) and bool(_TOKEN.fullmatch(token))


def prove(*, token: str, code: str, address: str) -> list[Case]:
    """Type the code; the cases that can be chosen from.

    Raises ValidationError by field, WrongCode, AskedTooOften.
    """
    token, code = _clean_token(token), one_time_codes.clean(code)
    if throttles.hit(one_time_codes.TRIES, address).over:
        raise AskedTooOften
    one_time_codes.use_up(_row(token), code)
    return choices(token=token)


def choices(*, token: str) -> list[Case]:
    """The cases that this browser may choose from now, the latest first. Raises WrongCode."""
    row = _proved(token)
    return list(_cases(row).select_related("department").defer("sealed_content"))


def new_password(*, token: str, code: str) -> OpenReceipt:
    """A new password for one of the cases, named by its tracking code; the same again, the same.

    A right code is good for one case. Raises ValidationError by field, WrongCode, NotPossible.
    """
    token, code = _clean_token(token), _clean_code(code)
    row = _proved(token)
    case = _cases(row).filter(code=code).first()
    if case is None:
        raise NotPossible
    # The first case that is chosen stands in the row: of two at once, one is.
    free = OneTimeCode.objects.filter(pk=row.pk, case=None)
    if row.case_id != case.pk and not free.update(case=case):
        row.refresh_from_db()
        if row.case_id != case.pk:
            raise NotPossible(_("A new password was issued for another case already."))
    try:
        return credentials.recover(case=case, slip_key=slip_key(token))
    except Erased:
        raise NotPossible from None


def issued(*, token: str) -> OpenReceipt | None:
    """The new password of this browser while it is shown, None before and without one."""
    return receipts.open_receipt(submission_key=slip_key(token)) if is_token(token) else None


def slip_key(token: str) -> str:
    """The key of the receipt, which follows from the token and is stored nowhere."""
    return hmac.digest(token.encode(), b"desk:recovery:slip", hashlib.sha256).hex()


def _cleaned(contact: str) -> tuple[str, str]:
    try:
        return clean_contact(contact)
    except ValidationError as error:
        raise ValidationError({"contact": error}) from None


def _clean_code(code: str) -> str:
    try:
        return codes.clean_code(code)
    except ValidationError as error:
        raise ValidationError({"code": error}) from None


def _clean_token(token: str) -> str:
    if not is_token(token):
        raise ValidationError({"token": [_("Ask for a code first.")]})
    return token


def _row(token: str) -> OneTimeCode | None:
    if not is_token(token):
        return None
    return OneTimeCode.objects.filter(
        purpose=CodePurpose.RECOVER, token_digest=_digest(token)
    ).first()


def _proved(token: str) -> OneTimeCode:
    row = _row(token)
    if row is None or row.used_at is None or row.used_at < timezone.now() - CHOOSING:
        raise WrongCode
    return row


def _cases(row: OneTimeCode) -> "QuerySet[Case]":
    """The cases behind the contact of a row; the one alone whose code was named."""
    found = Case.objects.filter(
        verified_contacts__digest=row.contact_digest, verified_contacts__channel=row.channel
    )
    if row.wanted:
        found = found.filter(code=row.wanted)
    newest = found.order_by("-registered_at", "-id").values("pk")[:MOST_CASES]
    return Case.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).order_by(
        "-registered_at", "-id"
    )


def _send_later(row_id: UUID) -> None:
    from service_requests.tasks import send_recovery_code

    send_recovery_code.enqueue(str(row_id))


def _digest(token: str) -> str:
    """A plain hash is enough for 256 random bits."""
    return hashlib.sha256(b"desk:recovery:" + token.encode()).hexdigest()
