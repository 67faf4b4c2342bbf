"""Duplicates: cases of one applicant that are dealt with together.

Only what the same applicant handed in is joined: the same identity numbers and the same mobile
number. Otherwise the answer to one person would be shown to another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.sealing import Erased, Subject, open_subject
from service_requests import attachments, codes, history, notify, permissions
from service_requests.attachments import IncomingFile
from service_requests.enums import OPEN_STATES, EventKind, IdentifierField, Purpose, Side
from service_requests.errors import NotPossible
from service_requests.models import Attachment, Case, IdentifierIndex, Message
from service_requests.texts import new_message

_ANSWERS = frozenset({Purpose.ANSWER, Purpose.REASON})


@dataclass(frozen=True)
class Copy:
    """The answer to a case as it is given in one that was joined with it, sealed and unsaved."""

    case: Case
    subject: Subject = field(repr=False)
    contact: dict[str, str] = field(repr=False)
    message: Message
    stored: list[Attachment] = field(repr=False)


def find(*, code: str, case: Case, user: Any) -> Case:
    """The case with this code, if this one can be joined with it; ValidationError({"into": …})."""
    bare = codes.bare(code if isinstance(code, str) else "", codes.CODE_LENGTH)
    target = Case.objects.visible_to(user).filter(code=bare).first() if bare else None
    if target is None:
        raise _refusal(_("There is no case with this tracking code among those that you see."))
    _guard(case, target)
    if not permissions.user_can_set_aside(user, target):
        raise _refusal(_("You may not work on that case."))
    if not same_applicant(case, target):
        raise _refusal(
            _("That case is of another applicant. Only cases of the same applicant are joined.")
        )
    return target


def same_applicant(one: Case, other: Case) -> bool:
    """Whether two cases bear the same numbers: mobile and, if any, identity. One query."""
    found: dict[Any, set[tuple[str, str]]] = {one.pk: set(), other.pk: set()}
    rows = IdentifierIndex.objects.filter(case__in=found).order_by()
    for case_id, name, digest in rows.values_list("case_id", "field", "digest"):
        found[case_id].add((name, digest))
    theirs = found[one.pk]
    reachable = any(name == IdentifierField.MOBILE for name, _digest in theirs)
    return reachable and theirs == found[other.pk] and one.person_type == other.person_type


def join(case: Case, target: Case, actor: Any) -> None:
    """Note on the locked case that goes on that another one was joined with it."""
    try:
        _guard(case, target)
    except ValidationError as error:
        raise NotPossible(error.messages[0]) from error
    if not permissions.user_can_set_aside(actor, target):
        raise NotPossible
    history.record(target, kind=EventKind.JOINED, actor=actor, public=False)


def copies_of(
    case: Case, message: Message | None, text: str, files: Sequence[IncomingFile]
) -> Iterator[Copy]:
    """An answer (or the reason of a rejection), sealed again for each case joined with this one."""
    if message is None or message.purpose not in _ANSWERS:
        return
    for row in case.duplicates.select_related("subject_key").order_by("pk"):
        try:
            subject = open_subject(row.subject_key)
        except Erased:
            continue
        content = subject.open_json(bytes(row.sealed_content), record=row.content_record)
        copy = new_message(
            row,
            subject,
            side=Side.STAFF,
            author=message.author,
            text=text,
            purpose=Purpose(message.purpose),
        )
        stored = attachments.store(files, subject=subject, side=Side.STAFF)
        yield Copy(row, subject, content["contact"], copy, stored)


def give(copy: Copy, fresh: Case, target: Case, actor: Any) -> None:
    """Store the answer in a locked case, if it is still joined with the one that was answered."""
    if fresh.merged_into_id != target.pk:
        raise NotPossible(_("What was joined with this case has changed. Please look again."))
    copy.message.case = fresh
    copy.message.save(force_insert=True)
    attachments.save(copy.stored, case=fresh, message=copy.message)
    history.record(
        fresh,
        kind=EventKind.STAFF_WROTE,
        actor=actor,
        message=copy.message,
        changes={"answered_at": timezone.now(), "unread_by_applicant": True},
    )
    notify.tell_applicant(case=fresh, subject=copy.subject, contact=copy.contact, what="news")
    history.audit("case.answer_copied", fresh, actor)


def _guard(case: Case, target: Case) -> None:
    if target.pk == case.pk:
        raise _refusal(_("That is this case itself."))
    if target.kind != case.kind:
        raise _refusal(_("Only cases of the same kind are joined."))
    if target.complained_department_id != case.complained_department_id:
        raise _refusal(_("That complaint is about another department."))
    if target.state not in OPEN_STATES:
        raise _refusal(_("That case is no longer open."))
    if case.duplicates.exists():
        raise _refusal(_("Other cases were joined with this one: join that one with this instead."))


def guard_alone(case: Case) -> None:
    """Raise NotPossible while other cases wait for the answer to this one."""
    if case.duplicates.exists():
        raise NotPossible(_("Other cases were joined with this one. Take them up again first."))


def _refusal(message: Any) -> ValidationError:
    return ValidationError({"into": [message]})
