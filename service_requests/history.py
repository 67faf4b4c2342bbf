"""Writing the timeline: the one place where a case's version moves."""

from typing import Any

from django.utils import timezone

from desk_core.sealing import Subject
from service_requests import promises
from service_requests.enums import EventKind
from service_requests.models import Case, Event, Message


def lock(case: Case) -> Case:
    """The case as it is now, held until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


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
) -> Event:
    """Append one event to a locked case and store the case with it; its clocks follow.

    `state` and `changes` are what the step makes of the case. A note is sealed under `subject`.
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
