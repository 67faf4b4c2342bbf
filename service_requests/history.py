"""Writing the timeline: the one place where a case's version moves."""

from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from desk_core.audit import record as audit_record
from desk_core.sealing import Subject
from service_requests import promises
from service_requests.enums import EventKind
from service_requests.errors import NotPossible
from service_requests.models import Case, Event, Message


def lock(case: Case) -> Case:
    """The case as it is now, held until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def happened(case: Case, step_id: UUID | None, kind: EventKind) -> bool:
    """Whether this very step was taken already: a reply got lost, and it was sent again.

    Raises NotPossible for an id that stands for something else.
    """
    if step_id is None:
        return False
    # The message first: one transaction writes both, so whoever sees it sees the event as well.
    written = Message.objects.filter(pk=step_id).exists()
    event = Event.objects.filter(pk=step_id).first()
    if event is not None and event.case_id == case.pk and event.kind == kind:
        return True
    if event is not None or written:
        raise NotPossible
    return False


def audit(action: str, case: Case, actor: Any, **detail: Any) -> None:
    """Record in the audit trail what somebody did with a case, which is named by its code."""
    audit_record(
        action=action,
        actor=actor,
        target=f"case:{case.code}",
        department_id=case.department_id,
        detail=detail,
    )


def record(
    case: Case,
    *,
    kind: EventKind,
    actor: Any = None,
    state: str | None = None,
    message: Message | None = None,
    note: str = "",
    subject: Subject | None = None,
    public: bool = True,
    changes: dict[str, Any] | None = None,
    step_id: UUID | None = None,
) -> Event:
    """Append one event to a locked case and store the case with it; its clocks follow.

    `state` and `changes` are what the step makes of the case. A note is sealed under `subject`.
    `step_id` is the identity by which `happened` finds it again.
    """
    now = timezone.now()
    before = case.state
    if state is not None:
        case.state = state
    for name, value in (changes or {}).items():
        setattr(case, name, value)
    case.version += 1
    case.last_activity_at = now
    case.save(
        update_fields=["state", "version", "last_activity_at", *(changes or {})],
    )
    event = Event(
        id=step_id or uuid4(),
        case=case,
        number=case.version,
        at=now,
        kind=kind,
        actor=actor,
        from_state=before,
        to_state=case.state,
        department_id=case.department_id,
        message=message,
        public=public,
    )
    if note and subject is not None:
        event.sealed_note = subject.seal(note.encode(), record=event.record)
    event.save()
    promises.follow(case, kind=kind, before=before, actor=actor, at=now)
    return event
