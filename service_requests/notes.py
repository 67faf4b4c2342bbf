"""Internal notes: staff to staff."""

from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from desk_core.sealing import open_subject
from service_requests import history
from service_requests.enums import EventKind
from service_requests.errors import NotAllowed, NotPossible
from service_requests.models import Case, InternalNote
from service_requests.permissions import user_can_note
from service_requests.texts import clean_text


def add(*, case: Case, actor: Any, text: str, note_id: UUID | None = None) -> InternalNote:
    """Write a note that no citizen's door reads; the same `note_id` again is the same note.

    Raises NotAllowed, ValidationError, NotPossible for the id of another case's note.
    """
    if not user_can_note(actor, case):
        raise NotAllowed
    if known := _known(case, note_id):
        return known
    text = clean_text(text)
    subject = open_subject(case.subject_key)
    note = InternalNote(id=note_id or uuid4(), case=case, author=actor)
    note.sealed_text = subject.seal(text.encode(), record=note.record)
    try:
        with transaction.atomic():
            fresh = history.lock(case)
            if not user_can_note(actor, fresh):
                raise NotAllowed
            note.save(force_insert=True)
            history.record(fresh, kind=EventKind.NOTE_ADDED, actor=actor, public=False)
            history.audit("case.note", fresh, actor)
    except IntegrityError:
        if known := _known(case, note_id):
            return known
        raise
    return note


def _known(case: Case, note_id: UUID | None) -> InternalNote | None:
    """The note already stored under this id; one of another case is refused."""
    if note_id is None:
        return None
    note = InternalNote.objects.filter(pk=note_id).first()
    if note is not None and note.case_id != case.pk:
        raise NotPossible
    return note
