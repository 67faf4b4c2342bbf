"""Messages both ways while a case is open."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core import throttles
from desk_core.sealing import open_subject
from service_requests import attachments, history, notify, permissions
from service_requests.attachments import IncomingFile
from service_requests.enums import OPEN_STATES, EventKind, Purpose, Side
from service_requests.errors import NotAllowed, NotPossible, SentBefore
from service_requests.models import Case, Message
from service_requests.texts import clean_text, is_repeated, new_message
from service_requests.transitions import TABLE, Step

PER_CASE = throttles.Limit("case-messages", rate=30, seconds=3600)
NOTHING_WRITTEN = _("Write a message or attach a file.")


def citizen_adds(
    *,
    case: Case,
    text: str,
    files: Sequence[IncomingFile] = (),
    message_id: UUID | None = None,
) -> Message:
    """The applicant writes; where the case waited for information, the review goes on.

    The same `message_id` with the same words again is the same message. Raises SentBefore where it
    stands for something else, NotPossible when the case is not open or far too much is written.
    """
    return _write(case, None, text, files, message_id)


def staff_writes(
    *,
    case: Case,
    actor: Any,
    text: str,
    files: Sequence[IncomingFile] = (),
    message_id: UUID | None = None,
) -> Message:
    """Staff write to the applicant without changing the state. Raises NotAllowed."""
    if not permissions.user_can_message(actor, case):
        raise NotAllowed
    return _write(case, actor, text, files, message_id)


def mark_read(*, case: Case, side: Side, ids: Collection[UUID]) -> None:
    """One side has seen these messages of the other, and the case at this version.

    What came in while they were being shown stays unread, and so does the mark on the case.
    """
    if ids:
        shown = Message.objects.filter(~Q(side=side), case=case, pk__in=ids, read_at=None)
        shown.update(read_at=timezone.now())
    flag = "unread_by_staff" if side == Side.STAFF else "unread_by_applicant"
    if getattr(case, flag):
        seen = Case.objects.filter(pk=case.pk, version=case.version)
        if seen.update(**{flag: False}):
            setattr(case, flag, False)


def _write(
    case: Case,
    actor: Any,
    text: str,
    files: Sequence[IncomingFile],
    message_id: UUID | None,
) -> Message:
    text = clean_text(text, required=False)
    side = Side.APPLICANT if actor is None else Side.STAFF
    if known := _known(case, message_id, side, text):
        return known
    if not text and not files:
        raise ValidationError({"text": [NOTHING_WRITTEN]})
    _guard_open(case)
    if actor is None and throttles.hit(PER_CASE, str(case.pk)).over:
        raise NotPossible(_("You have written a lot within an hour. Please wait a little."))
    subject = open_subject(case.subject_key)
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    message = new_message(case, subject, side=side, author=actor, text=text, message_id=message_id)
    stored = attachments.store(files, subject=subject, side=side)
    try:
        with attachments.discarded_on_failure(stored), transaction.atomic():
            fresh = history.lock(case)
            _guard_open(fresh)
            message.case = fresh
            message.save(force_insert=True)
            attachments.save(stored, case=fresh, message=message)
            _record(fresh, message, actor)
            if actor is None:
                notify.tell_staff(case=fresh, subject=subject, what="staff_news")
            else:
                notify.tell_applicant(
                    case=fresh, subject=subject, contact=content["contact"], what="news"
                )
    except IntegrityError:
        known = _known(case, message_id, side, text)
        if known is None:
            raise
        return known
    return message


def _record(case: Case, message: Message, actor: Any) -> None:
    changes: dict[str, Any] = (
        {"unread_by_staff": True} if actor is None else {"unread_by_applicant": True}
    )
    state = None
    if actor is None and case.state in TABLE[Step.REPLY].sources:
        state = TABLE[Step.REPLY].target
    if actor is not None:
        if not permissions.user_can_message(actor, case):
            raise NotAllowed
        if case.first_action_at is None:
            changes["first_action_at"] = timezone.now()
        history.audit("case.message", case, actor)
    kind = EventKind.APPLICANT_WROTE if actor is None else EventKind.STAFF_WROTE
    history.record(case, kind=kind, actor=actor, state=state, message=message, changes=changes)


def _known(case: Case, message_id: UUID | None, side: Side, text: str) -> Message | None:
    """The message already stored under this id; raises SentBefore where it is another one."""
    if message_id is None:
        return None
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        return None
    if message.case_id != case.pk or message.purpose != Purpose.MESSAGE:
        raise SentBefore
    if not is_repeated(message, open_subject(case.subject_key), side=side, text=text):
        raise SentBefore
    return message


def _guard_open(case: Case) -> None:
    if case.state not in OPEN_STATES:
        raise NotPossible(_("This case is no longer open for messages."))
