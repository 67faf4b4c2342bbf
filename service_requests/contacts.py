"""Verifying a contact of a case: a one-time code goes there, and its holder types it.

Nobody must. A verified contact is what a lost tracking code or password is recovered by.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from desk_core import audit, outbox, throttles
from desk_core.outbox import masked
from desk_core.passwords import hash_secret
from desk_core.sealing import Erased, Subject, open_subject
from service_requests import one_time_codes
from service_requests.enums import CodePurpose
from service_requests.errors import AskedTooOften, CaseError, NotPossible
from service_requests.models import Case, ContactVerification, OneTimeCode, VerifiedContact
from service_requests.notify import CONTACT_OF


@dataclass(frozen=True)
class Contact:
    """One way in which the applicant is told; `shown` is enough for them to know which."""

    channel: str
    shown: str = field(repr=False)
    verified_at: datetime | None
    code_sent: bool


def offered_for(kind: str) -> bool:
    """Whether applicants of this kind are offered it, as administrators chose. One query."""
    return kind in ContactVerification.kinds()


def of_case(case: Case) -> list[Contact]:
    """The contacts of a case that can be verified, or were; none where it is not offered."""
    if not offered_for(case.kind):
        return []
    try:
        _subject, known = _opened(case)
    except Erased:
        return []
    verified = dict(case.verified_contacts.values_list("channel", "verified_at"))
    sent = set(_living(case).values_list("channel", flat=True))
    return [
        Contact(channel, masked(known[name]), verified.get(channel), channel in sent)
        for channel, name in CONTACT_OF.items()
        if known.get(name)
    ]


def send_code(*, case: Case, channel: str) -> None:
    """Send a code to a contact of the case; an earlier one is worth nothing any more.

    Raises NotPossible for a contact that is not there, AskedTooOften. Not in a transaction.
    """
    subject, contact = _contact(case, channel)
    digest = one_time_codes.contact_digest(channel, contact)
    if throttles.hit(one_time_codes.VERIFYING, digest).over:
        raise AskedTooOften
    code = one_time_codes.new_code()
    row = OneTimeCode(
        purpose=CodePurpose.VERIFY,
        case=case,
        channel=channel,
        contact_digest=digest,
        code_hash=hash_secret(code),
        expires_at=timezone.now() + one_time_codes.LIFETIME,
    )
    told = one_time_codes.message(row=row, case=case, contact=contact, code=code)
    with transaction.atomic():
        _living(case).filter(channel=channel).update(expires_at=timezone.now())
        row.save(force_insert=True)
        outbox.queue_many([told], subject=subject)


def send_codes(*, case: Case) -> int:
    """Send a code to every contact of the case, as its applicant wished when it was sent; how many.

    What is refused is left out: the case is registered, and a code can be asked for later.
    """
    sent = 0
    for contact in of_case(case):
        try:
            send_code(case=case, channel=contact.channel)
        except CaseError:
            continue
        sent += 1
    return sent


def confirm(*, case: Case, channel: str, code: str) -> None:
    """Note that the applicant typed the code; what is verified already stays so.

    Raises ValidationError by field, WrongCode, NotPossible. Not in a transaction.
    """
    code = one_time_codes.clean(code)
    _subject, contact = _contact(case, channel)
    row = _living(case).filter(channel=channel).order_by("-created_at").first()
    one_time_codes.use_up(row, code)
    with transaction.atomic():
        _verified, new = VerifiedContact.objects.get_or_create(
            case=case,
            channel=channel,
            defaults={"digest": one_time_codes.contact_digest(channel, contact)},
        )
        if new:
            audit.record(
                action="contact.verified",
                actor=None,
                target=f"case:{case.code}",
                department_id=case.department_id,
                detail={"channel": channel},
            )


def _living(case: Case):  # type: ignore[no-untyped-def]
    return OneTimeCode.objects.filter(
        case=case,
        purpose=CodePurpose.VERIFY,
        used_at=None,
        expires_at__gt=timezone.now(),
        tries__lt=one_time_codes.MOST_TRIES,
    )


def _contact(case: Case, channel: str) -> tuple[Subject, str]:
    """The key of the case and one contact. Raises NotPossible."""
    if not offered_for(case.kind) or channel not in CONTACT_OF:
        raise NotPossible
    try:
        subject, known = _opened(case)
    except Erased:
        raise NotPossible from None
    contact = known.get(CONTACT_OF[channel])
    if not contact:
        raise NotPossible
    return subject, contact


def _opened(case: Case) -> tuple[Subject, dict[str, str]]:
    subject = open_subject(case.subject_key)
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    return subject, content["contact"]
