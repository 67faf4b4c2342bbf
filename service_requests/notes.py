"""Internal notes: staff to staff."""

from typing import Any

from django.db import transaction

from desk_core import audit
from desk_core.sealing import open_subject
from service_requests import history
from service_requests.enums import EventKind
from service_requests.errors import NotAllowed
from service_requests.models import Case, InternalNote
from service_requests.permissions import user_can_note
from service_requests.texts import clean_text


def add(*, case: Case, actor: Any, text: str) -> InternalNote:
    """Write a note that no citizen's door reads. Raises NotAllowed, ValidationError."""
    if not user_can_note(actor, case):
        raise NotAllowed
    text = clean_text(text)
    subject = open_subject(case.subject_key)
    note = InternalNote(case=case, author=actor)
    note.sealed_text = subject.seal(text.encode(), record=note.record)
    with transaction.atomic():
        fresh = history.lock(case)
        if not user_can_note(actor, fresh):
            raise NotAllowed
        note.save()
        history.record(fresh, kind=EventKind.NOTE_ADDED, actor=actor, public=False)
        audit.record(
            action="case.note",
            actor=actor,
            target=f"case:{fresh.code}",
            department_id=fresh.department_id,
        )
    return note
