"""Writing the timeline: the one place where a case's version moves."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F
from django.utils import timezone

from desk_core.audit import record as audit_record
from desk_core.audit import record_many as audit_many
from desk_core.inserts import insert
from desk_core.sealing import Subject
from service_requests import promises
from service_requests.enums import EventKind, State
from service_requests.errors import SentBefore
from service_requests.models import Case, Event, Message
from service_requests.standing import standing_of


def lock(case: Case) -> Case:
    """The case as it is now, held until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def lock_all(cases: Iterable[Case]) -> dict[UUID, Case]:
    """Several cases as they are now, always locked in the same order so that nobody waits twice."""
    wanted = {case.pk for case in cases}
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}


def state_before_aside(case: Case) -> str:
    """The state from which the case was set aside last; the wait for a visit is over for good."""
    aside = (EventKind.MARKED_SPAM, EventKind.MERGED)
    before: str = (
        case.events.filter(kind__in=aside)
        .order_by("-number")
        .values_list("from_state", flat=True)[0]
    )
    return State.IN_REVIEW if before == State.VISIT_REQUESTED else before


def happened(case: Case, step_id: UUID | None, kind: EventKind) -> bool:
    """Whether this very step was taken already: a reply got lost, and it was sent again.

    Raises SentBefore for an id that stands for something else.
    """
    if step_id is None:
        return False
    # The message first: one transaction writes both, so whoever sees it sees the event as well.
    written = Message.objects.filter(pk=step_id).exists()
    event = Event.objects.filter(pk=step_id).first()
    if event is not None and event.case_id == case.pk and event.kind == kind:
        return True
    if event is not None or written:
        raise SentBefore
    return False


def audit(action: str, case: Case, actor: Any, **detail: Any) -> None:
    """Record in the audit trail what somebody did with a case, which is named by its code.

    What only a deputy may do says for whom.
    """
    if actor is not None and (absent := standing_of(actor).on_behalf_of(case)):
        detail["on_behalf_of"] = absent
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

    `state` and `changes` are what the step makes of the case; what belonged to the state that it
    leaves behind goes. A note is sealed under `subject`. `step_id` is the identity by which
    `happened` finds it again.
    """
    now = timezone.now()
    before, aside_since = case.state, case.set_aside_at
    changes = {**_left_behind(case, state), **(changes or {})}
    if changes.get("set_aside"):
        changes["set_aside_at"] = now
    if state is not None:
        case.state = state
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    case.last_activity_at = now
    case.save(update_fields=["state", "version", "last_activity_at", *changes])
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
    promises.follow(
        case,
        kind=kind,
        before=before,
        actor=actor,
        at=now,
        aside_since=None if case.set_aside else aside_since,
    )
    return event


def record_hand_over(cases: Sequence[Case], *, to: Any, actor: Any) -> None:
    """Give several locked cases to one person (None: to nobody), each with its event; no clock
    knows of it. Five statements, however many there are."""
    if not cases:
        return
    now = timezone.now()
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        assigned_to=to,
        team=None,
        version=F("version") + 1,
        last_activity_at=now,
        unread_by_staff=True,
    )
    insert(
        [
            Event(
                case=case,
                number=case.version + 1,
                at=now,
                kind=EventKind.HANDED_OVER,
                actor=actor,
                from_state=case.state,
                to_state=case.state,
                department_id=case.department_id,
                public=False,
            )
            for case in cases
        ]
    )
    audit_many(
        action="case.handed_over",
        actor=actor,
        targets=[(f"case:{case.code}", case.department_id) for case in cases],
        detail={"to": to.pk if to is not None else None},
    )


def _left_behind(case: Case, state: str | None) -> dict[str, Any]:
    """What no longer holds once the case leaves its state."""
    if state is None or state == case.state:
        return {}
    gone: dict[str, Any] = {}
    if case.reply_by is not None:
        gone |= {"reply_by": None, "reply_announced_at": None}
    if case.rejection_proposed:
        gone["rejection_proposed"] = False
    if case.set_aside:
        gone |= {"set_aside": "", "set_aside_at": None, "merged_into": None}
    return gone
