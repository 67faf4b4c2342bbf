"""One question to a third party about a case, by a link that ends (an expert, another body).

The link is `…/requests/question/#<token>`: browsers do not send what follows the #, so that no log,
proxy or link scanner sees it. It shows what staff wrote and chose for it and nothing else of the
case, takes one answer, and ends with its time, when it is withdrawn, or when the case is no longer
open. Only a digest of the token is stored. Neither question nor answer is shown to the applicant.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from desk_core import outbox
from desk_core.enums import Channel
from desk_core.sealing import Erased, Subject, open_subject
from persian.digits import localised
from service_requests import attachments, history, notify, permissions, site_address
from service_requests.days import end_of, last_day, today
from service_requests.enums import OPEN_STATES, EventKind
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Attachment, Case, Enquiry
from service_requests.reading import OpenFile, ReadFile
from service_requests.texts import clean_text

MAX_DAYS = 30
MOST_OPEN = 5
SESSION = timedelta(hours=2)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SALT = "service_requests.enquiries"
_WITHDRAWN = _("This question was withdrawn. Nothing is needed from you any more.")


@dataclass(frozen=True)
class Asked:
    """A new question; `link` is known now and never again."""

    enquiry: Enquiry
    link: str = field(repr=False)


@dataclass(frozen=True)
class ShownQuestion:
    """All that a third party sees."""

    question: str = field(repr=False)
    shown: str = field(repr=False)
    files: list[ReadFile] = field(repr=False)


@dataclass(frozen=True)
class ReadEnquiry:
    """A question in clear, for staff who read the case."""

    enquiry: Enquiry
    party: str = field(repr=False)
    question: str = field(repr=False)
    shown: str = field(repr=False)
    files: list[str] = field(repr=False)
    answered_by: str = field(repr=False)
    answer: str = field(repr=False)

    @property
    def last_day(self) -> date:
        """The last day on which it can be answered."""
        return last_day(self.enquiry.expires_at)

    @property
    def status(self) -> str:
        """Whether an answer came, or may still come."""
        if self.enquiry.answered_at is not None:
            return "answered"
        if self.enquiry.revoked_at is not None:
            return "revoked"
        return "over" if self.enquiry.over(timezone.now()) else "open"


def ask(
    *,
    case: Case,
    actor: Any,
    expected: int,
    party: str,
    question: str,
    shown: str = "",
    files: Collection[UUID] = (),
    days: int = 7,
    email: str = "",
) -> Asked:
    """Make a link with which somebody can answer this question, until so many days are over.

    `party` says for staff who is asked; `shown` is what they are told of the case, `files` are
    those of the case that they may download. With `email` the link is sent there too. Raises
    ValidationError by field, NotAllowed, NotPossible, Conflict.
    """
    words = {
        "party": clean_text(party, field="party", limit=200),
        "question": clean_text(question, field="question"),
        "shown": clean_text(shown, field="shown", required=False),
    }
    if not 1 <= days <= MAX_DAYS:
        message = _("Give 1 to %(days)s days.")
        params = {"days": localised(MAX_DAYS)}
        raise ValidationError({"days": [ValidationError(message, params=params)]})
    if email:
        _check_address(email)
    subject = open_subject(case.subject_key)
    token = secrets.token_urlsafe(32)
    enquiry = Enquiry(
        case=case,
        token_digest=_digest(token),
        language=case.language,
        asked_by=actor,
        expires_at=end_of(today() + timedelta(days=days)),
    )
    enquiry.sealed_question = subject.seal_json(words, record=enquiry.question_record)
    link = f"{_address(enquiry.language)}#{token}"
    with transaction.atomic():
        fresh = history.lock(case)
        if fresh.version != expected:
            raise Conflict
        _guard(fresh, actor)
        chosen = list(Attachment.objects.filter(case=fresh, pk__in=set(files)))
        if len(chosen) != len(set(files)):
            raise ValidationError({"files": [_("Choose files of this case.")]})
        enquiry.case = fresh
        enquiry.save(force_insert=True)
        enquiry.files.set(chosen)
        history.record(fresh, kind=EventKind.THIRD_ASKED, actor=actor, public=False)
        history.audit("case.third_asked", fresh, actor, enquiry=str(enquiry.pk))
        if email:
            _send(enquiry, email, link, subject)
    return Asked(enquiry, link)


def revoke(*, enquiry: Enquiry, actor: Any) -> None:
    """Withdraw a question that was not answered. Safe to repeat."""
    with transaction.atomic():
        case = history.lock(enquiry.case)
        if not permissions.user_can_enquire(actor, case):
            raise NotAllowed
        row = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
        if row.answered_at is not None or row.revoked_at is not None:
            return
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        history.record(case, kind=EventKind.THIRD_REVOKED, actor=actor, public=False)
        history.audit("case.third_revoked", case, actor, enquiry=str(row.pk))


def open_by_token(token: str) -> tuple[Enquiry, str] | None:
    """The question of a token and a session for it, whatever has become of it; None: no such."""
    found = token.strip().rpartition("#")[2]
    if not _TOKEN.fullmatch(found):
        return None
    enquiry = _rows().filter(token_digest=_digest(found)).first()
    if enquiry is None:
        return None
    if enquiry.opened_at is None:
        now = timezone.now()
        if Enquiry.objects.filter(pk=enquiry.pk, opened_at=None).update(opened_at=now):
            history.audit("case.third_opened", enquiry.case, None, enquiry=str(enquiry.pk))
    return enquiry, signing.dumps(str(enquiry.pk), salt=_SALT)


def of_session(session: str) -> Enquiry | None:
    """The question of a session that is not over; ask `reason_void` before anything else."""
    try:
        key = signing.loads(session, salt=_SALT, max_age=SESSION)
    except signing.BadSignature:
        return None
    return _rows().filter(pk=key).first()


def reason_void(enquiry: Enquiry) -> str:
    """Why nobody can answer by it any more, in a sentence for the one who was asked; else empty."""
    if enquiry.answered_at is not None:
        return str(_("Thank you. Your answer has reached the service desk."))
    if enquiry.revoked_at is not None or enquiry.case.state not in OPEN_STATES:
        return str(_WITHDRAWN)
    if enquiry.over(timezone.now()):
        return str(_("The time of this link is over. Ask whoever sent it to you for a new one."))
    return ""


def shown_to_third(enquiry: Enquiry) -> ShownQuestion:
    """What a third party sees while the question can be answered. Raises NotPossible."""
    words, subject = _opened(enquiry)
    rows = enquiry.files.filter(case=enquiry.case_id)
    return ShownQuestion(
        words["question"], words["shown"], [ReadFile.of(row, subject) for row in rows]
    )


def file_for_third(enquiry: Enquiry, attachment_id: UUID) -> OpenFile:
    """One of the files that staff chose. Raises Attachment.DoesNotExist, NotPossible."""
    row = enquiry.files.get(pk=attachment_id, case=enquiry.case_id)
    _words, subject = _opened(enquiry)
    return OpenFile(
        name=attachments.name_of(row, subject),
        content_type=row.content_type,
        size=row.size,
        chunks=attachments.read(row, subject),
    )


def answer(*, enquiry: Enquiry, name: str, text: str) -> None:
    """The third party answers, once. Raises ValidationError by field, NotPossible."""
    words = {
        "name": clean_text(name, field="name", limit=200),
        "text": clean_text(text),
    }
    _question, subject = _opened(enquiry)
    with transaction.atomic():
        case = history.lock(enquiry.case)
        row = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
        row.case = case
        if reason := reason_void(row):
            raise NotPossible(reason)
        row.answered_at = timezone.now()
        row.sealed_answer = subject.seal_json(words, record=row.answer_record)
        row.save(update_fields=["answered_at", "sealed_answer"])
        history.record(
            case, kind=EventKind.THIRD_ANSWERED, public=False, changes={"unread_by_staff": True}
        )
        notify.tell_staff(case=case, subject=subject, what="staff_third")


def of_case(case: Case, subject: Subject) -> list[ReadEnquiry]:
    """All questions of a case in clear; for a reader of its notes, whose reading is recorded."""
    return [_read(row, subject) for row in case.enquiries.prefetch_related("files")]


def open_of(case: Case) -> list[Enquiry]:
    """The questions that can still be answered."""
    rows = case.enquiries.filter(answered_at=None, revoked_at=None)
    return list(rows.filter(expires_at__gt=timezone.now()))


def _read(row: Enquiry, subject: Subject) -> ReadEnquiry:
    words = subject.open_json(bytes(row.sealed_question), record=row.question_record)
    given = (
        subject.open_json(bytes(row.sealed_answer), record=row.answer_record)
        if row.sealed_answer
        else {"name": "", "text": ""}
    )
    return ReadEnquiry(
        enquiry=row,
        party=words["party"],
        question=words["question"],
        shown=words["shown"],
        files=[attachments.name_of(file, subject) for file in row.files.all()],
        answered_by=given["name"],
        answer=given["text"],
    )


def _rows() -> Any:
    return Enquiry.objects.select_related("case__subject_key")


def _opened(enquiry: Enquiry) -> tuple[dict[str, str], Subject]:
    if reason := reason_void(enquiry):
        raise NotPossible(reason)
    try:
        subject = open_subject(enquiry.case.subject_key)
    except Erased as error:
        raise NotPossible(_WITHDRAWN) from error
    words = subject.open_json(bytes(enquiry.sealed_question), record=enquiry.question_record)
    return words, subject


def _guard(case: Case, actor: Any) -> None:
    if not permissions.user_can_enquire(actor, case):
        raise NotAllowed
    if case.state not in OPEN_STATES:
        raise NotPossible
    if len(open_of(case)) >= MOST_OPEN:
        raise NotPossible(_("There are open questions enough. Withdraw one first."))


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error


def _address(language: str) -> str:
    """Where a link leads, without its token."""
    with override(language):
        return site_address.absolute("question")


def _digest(token: str) -> str:
    """A plain hash is enough for 256 random bits."""
    return hashlib.sha256(b"desk:enquiry:" + token.encode()).hexdigest()


def _send(enquiry: Enquiry, email: str, link: str, subject: Subject) -> None:
    """Queue the e-mail under the case's key: the address goes with the case."""
    message = outbox.Outgoing(
        channel=Channel.EMAIL,
        recipient=email,
        template="service_requests/messages/third_question",
        context={"link": link, "day": last_day(enquiry.expires_at).isoformat()},
        language=enquiry.language,
        dedupe=f"enquiry:{enquiry.pk}",
    )
    outbox.queue_many([message], subject=subject)
