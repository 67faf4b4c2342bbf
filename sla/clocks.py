"""The clocks of cases: started, paused, resumed, stopped, moved, recalculated (R8).

A floor above calls these inside the transaction of what happened to its case. A clock runs only
where the version that the case was registered under promises a time; without a target there is
no clock and no due time. Every verb leaves a `ClockChange`, and repeated it changes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from cms_pages.models import Department, Service
from desk_core.inserts import insert
from persian.jalali import TEHRAN
from sla import clock as arithmetic
from sla import moments, months, working_time
from sla.calendar import WorkingCalendar
from sla.enums import WORKING_UNITS, ClockEvent, Measure, Unit
from sla.models.calendar_changes import CalendarChange
from sla.models.clocks import Clock, ClockChange
from sla.promises import Promises

#: What is promised to a case from the moment of its registration.
FROM_REGISTRATION = (Measure.FIRST_RESPONSE, Measure.RESOLUTION)
BATCH = 500
#: From when until when an outage lasts; None: it goes on.
Span = tuple[datetime, datetime | None]


def prepared(
    *,
    promises: Promises,
    subject: str,
    department: Department,
    service: Service | None,
    kind: str,
    office_id: int | None,
    at: datetime,
    measures: Sequence[Measure] = FROM_REGISTRATION,
    rounds: dict[str, int] | None = None,
) -> list[Clock]:
    """The clocks that a case needs, unsaved; no query. `rounds`: the last round of each measure."""
    found = []
    for measure in measures:
        target = promises.choose(
            measure,
            department=department.key,
            service=service.key if service is not None else "",
            kind=kind,
        )
        if target is None or promises.version_id is None:
            continue
        row = Clock(
            subject=subject,
            measure=measure,
            round=(rounds or {}).get(measure, 0) + 1,
            version_id=promises.version_id,
            target_key=target.key,
            amount=target.amount,
            unit=target.unit,
            department_id=department.pk,
            office_id=office_id,
            service_id=service.pk if service is not None else None,
            kind=kind,
            started_at=at,
        )
        _set_due(row, promises.calendar(office_id))
        found.append(row)
    return found


def store(clocks: Sequence[Clock], *, actor: Any = None) -> None:
    """Store prepared clocks and that they started: two statements, none without clocks."""
    insert(clocks)
    insert([_change(row, ClockEvent.STARTED, row.started_at, None, actor) for row in clocks])


def start(
    *,
    promises: Promises,
    subject: str,
    department: Department,
    service: Service | None,
    kind: str,
    office_id: int | None,
    at: datetime,
    measures: Sequence[Measure],
    actor: Any = None,
) -> list[Clock]:
    """Begin a new round of some measures; one that still runs is left to run."""
    if not promises.targets:
        return []
    known = Clock.objects.filter(subject=subject).order_by()
    running = set(known.filter(stopped_at=None).values_list("measure", flat=True))
    rounds = dict(known.values_list("measure").annotate(last=Max("round")))
    found = prepared(
        promises=promises,
        subject=subject,
        department=department,
        service=service,
        kind=kind,
        office_id=office_id,
        at=at,
        measures=[measure for measure in measures if measure not in running],
        rounds=rounds,
    )
    store(found, actor=actor)
    return found


def running(subject: str) -> list[Clock]:
    """The clocks of a subject that have not ended, locked until the transaction ends."""
    rows = Clock.objects.select_for_update().filter(subject=subject, stopped_at=None)
    return list(rows.order_by("pk"))


def pause(*, clocks: Iterable[Clock], at: datetime, actor: Any = None) -> None:
    """Let them stand still: the next step is the applicant's."""
    stopped = [row for row in clocks if row.waiting_since is None and row.stopped_at is None]
    for row in stopped:
        row.waiting_since = max(at, row.started_at)
        _stand(row)
    _save(stopped, [_change(row, ClockEvent.PAUSED, at, row.due_at, actor) for row in stopped])


def resume(*, clocks: Iterable[Clock], at: datetime, actor: Any = None) -> None:
    """Let them run again; the time they stood still is added to the promise."""
    waiting = [row for row in clocks if row.waiting_since is not None and row.stopped_at is None]
    calendars = _calendars(waiting, at)
    changes = []
    for row in waiting:
        before = row.due_at
        _end_pause(row, at)
        _set_due(row, calendars[row.office_id])
        changes.append(_change(row, ClockEvent.RESUMED, at, before, actor))
    _save(waiting, changes)


def stand_still(
    *, clocks: Iterable[Clock], spans: Iterable[Span], at: datetime, actor: Any = None
) -> int:
    """Let running clocks have stood still in exactly these spans of outages; how many that changed.

    An end of None goes on. Counted anew each time, so that an end that is corrected later moves
    the due times of what still runs, and repeated it changes nothing. Ended clocks stay.
    """
    spans = list(spans)
    moved = []
    for row in clocks:
        halts = _clipped(row, spans)
        if row.stopped_at is None and halts != row.halts:
            row.halts = halts
            _stand(row)
            moved.append(row)
    calendars = _calendars(moved, at)
    changes = []
    for row in moved:
        before = row.due_at
        _set_due(row, calendars[row.office_id])
        changes.append(_change(row, ClockEvent.OUTAGE, at, before, actor))
    _save(moved, changes)
    return len(moved)


def stop(
    *, clocks: Iterable[Clock], at: datetime, actor: Any = None, withdrawn: bool = False
) -> None:
    """End them: what was promised was done, or (`withdrawn`) is no longer wanted."""
    ending = [row for row in clocks if row.stopped_at is None]
    calendars = _calendars(ending, at)
    changes = []
    for row in ending:
        before, calendar = row.due_at, calendars[row.office_id]
        if row.paused_at is not None:
            _end_pause(row, at)
            _end_halts(row, at)
            _set_due(row, calendar)
        row.stopped_at = max(at, row.started_at)
        spent = arithmetic.elapsed(
            calendar, row.started_at, row.stopped_at, Unit(row.unit), pauses_of(row)
        )
        row.spent_minutes = int(spent.total_seconds() // 60)
        if withdrawn and row.due_at is not None and row.stopped_at <= row.due_at:
            row.month = None
        event = ClockEvent.WITHDRAWN if withdrawn else ClockEvent.STOPPED
        changes.append(_change(row, event, at, before, actor))
    _save(ending, changes)


def revive(*, subject: str, stopped_at: datetime, at: datetime, actor: Any = None) -> None:
    """Let the clocks of a subject that were ended at a moment run on: the end was a mistake.

    What passed since then counts; the promise is not moved by it.
    """
    rows = Clock.objects.select_for_update().filter(subject=subject, stopped_at=stopped_at)
    ended = list(rows.order_by("pk"))
    calendars = _calendars(ended, at)
    changes = []
    for row in ended:
        before = row.due_at
        row.stopped_at = row.spent_minutes = None
        _set_due(row, calendars[row.office_id])
        changes.append(_change(row, ClockEvent.RESUMED, at, before, actor))
    _save(ended, changes)


def move(
    *,
    clocks: Iterable[Clock],
    department_id: int,
    office_id: int | None,
    at: datetime,
    actor: Any = None,
) -> None:
    """Another department has the case: what was promised stays, its working calendar counts."""
    moved = [
        row
        for row in clocks
        if row.stopped_at is None
        and (row.department_id, row.office_id) != (department_id, office_id)
    ]
    for row in moved:
        row.department_id, row.office_id = department_id, office_id
    calendars = _calendars(moved, at)
    changes = []
    for row in moved:
        before = row.due_at
        _set_due(row, calendars[row.office_id])
        changes.append(_change(row, ClockEvent.MOVED, at, before, actor))
    _save(moved, changes)


def recalculate(
    *,
    office_ids: Collection[int] | None = None,
    reason: str,
    actor: Any = None,
    change: CalendarChange | None = None,
    started_since: datetime | None = None,
) -> int:
    """Give running clocks the due time of the calendar as it is now; returns how many cases moved.

    `office_ids`: whose calendar changed, None for everybody's. Works in batches of one short
    transaction each, so that nobody waits for long; safe to repeat.
    """
    rows = Clock.objects.filter(stopped_at=None, unit__in=WORKING_UNITS)
    if office_ids is not None:
        rows = rows.filter(office_id__in=office_ids)
    if started_since is not None:
        rows = rows.filter(started_at__gte=started_since)
    moved: set[str] = set()
    last = 0
    while True:
        with transaction.atomic():
            batch = list(rows.select_for_update().filter(pk__gt=last).order_by("pk")[:BATCH])
            if not batch:
                return len(moved)
            last = batch[-1].pk
            moved |= _recalculate(batch, reason, actor, change)


def pauses_of(row: Clock) -> list[arithmetic.Pause]:
    """When a clock stood still, for its applicant or an outage; what goes on is not in it."""
    return [*waits_of(row), *halts_of(row)]


def waits_of(row: Clock) -> list[arithmetic.Pause]:
    """When it waited for its applicant, as far as that is over."""
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in row.pauses]


def halts_of(row: Clock) -> list[arithmetic.Pause]:
    """When it stood still in outages, as far as they are over."""
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in row.halts if b]


def halted_since(row: Clock) -> datetime | None:
    """Since when it stands still for an outage that goes on; None: it does not."""
    return min((datetime.fromisoformat(a) for a, b in row.halts if not b), default=None)


def month_due(due_at: datetime | None) -> int | None:
    """The Jalali month in Tehran that a due time belongs to as a number, 140509; None of none.

    What is due at midnight is due at the end of the day before, so in that day's month.
    """
    if due_at is None:
        return None
    return months.month_of(due_at - timedelta(microseconds=1))


def explain(row: Clock) -> arithmetic.Explanation:
    """How the due time of a clock came about; three queries."""
    calendar = calendars_of([row])[row.office_id]
    until = row.due_at or row.started_at
    first, last = (moment.astimezone(TEHRAN).date() for moment in (row.started_at, until))
    names = working_time.reasons(row.office_id, first, last)
    return arithmetic.explain(
        calendar, row.started_at, row.amount, Unit(row.unit), pauses_of(row), names
    )


def calendars_of(clocks: Sequence[Clock]) -> dict[int | None, WorkingCalendar]:
    """The working calendars of the offices of these clocks, as they are now: one query."""
    now = timezone.now()
    first = min((row.started_at for row in clocks), default=now)
    rows = working_time.rows_around(first, days=(now - first).days + arithmetic.LIMIT_DAYS)
    return {row.office_id: working_time.calendar_by_id(row.office_id, rows) for row in clocks}


def trace(subject: str) -> "QuerySet[ClockChange]":
    """Everything that moved the clocks of a subject, in order."""
    rows = ClockChange.objects.filter(clock__subject=subject)
    return rows.select_related("clock", "actor").order_by("at", "pk")


def _recalculate(
    batch: list[Clock], reason: str, actor: Any, change: CalendarChange | None
) -> set[str]:
    """One batch of locked clocks. The calendar is read under the lock: whoever is last is right."""
    now = timezone.now()
    calendars = _calendars(batch, now)
    touched, changes = [], []
    for row in batch:
        before = row.due_at
        _set_due(row, calendars[row.office_id])
        if row.due_at == before:
            continue
        touched.append(row)
        entry = _change(row, ClockEvent.CALENDAR, now, before, actor)
        entry.reason, entry.change = reason[:300], change
        changes.append(entry)
    _save(touched, changes, ["due_at", "month", "at_risk_at", "look_at"])
    return {row.subject for row in touched}


def _set_due(row: Clock, calendar: WorkingCalendar) -> None:
    row.due_at = arithmetic.due(
        calendar, row.started_at, row.amount, Unit(row.unit), pauses_of(row)
    )
    row.month = month_due(row.due_at)
    row.at_risk_at = moments.at_risk(calendar, row, pauses_of(row))
    # Whoever reminds people of it looks at it anew.
    row.look_at = row.started_at if row.due_at is not None else None


def _end_pause(row: Clock, at: datetime) -> None:
    if row.waiting_since is not None and at > row.waiting_since:
        row.pauses = [*row.pauses, [row.waiting_since.isoformat(), at.isoformat()]]
    row.waiting_since = None
    _stand(row)


def _end_halts(row: Clock, at: datetime) -> None:
    """What goes on ends for a clock that ends."""
    row.halts = _clipped(row, [*halts_of(row), (halted_since(row) or at, at)])
    _stand(row)


def _clipped(row: Clock, spans: Iterable[Span]) -> list[list[str | None]]:
    """The spans as a clock keeps them: from its start on, without empty ones, in order."""
    found = []
    for begins, ends in spans:
        begins = max(begins, row.started_at)
        if ends is None or ends > begins:
            found.append([begins.isoformat(), ends.isoformat() if ends is not None else None])
    return sorted(found, key=lambda span: (span[0], span[1] or ""))


def _stand(row: Clock) -> None:
    """Since when it stands still, whatever for; None: it runs."""
    since = [at for at in (row.waiting_since, halted_since(row)) if at is not None]
    row.paused_at = min(since, default=None)


def _calendars(clocks: Sequence[Clock], now: datetime) -> dict[int | None, WorkingCalendar]:
    """The calendars that these clocks count in: one query, none where all time counts."""
    offices = {row.office_id for row in clocks}
    if not any(row.unit in WORKING_UNITS for row in clocks):
        return dict.fromkeys(offices, WorkingCalendar())
    first = min(row.started_at for row in clocks)
    days = max((now - first).days, 0) + arithmetic.LIMIT_DAYS
    rows = working_time.rows_around(first, days=days)
    return {office: working_time.calendar_by_id(office, rows) for office in offices}


def _change(
    row: Clock, event: ClockEvent, at: datetime, before: datetime | None, actor: Any
) -> ClockChange:
    return ClockChange(
        clock_id=row.pk,
        at=at,
        event=event,
        due_before=before,
        due_after=row.due_at,
        actor_id=actor.pk if actor is not None else None,
    )


_CHANGING = [
    *("department", "office", "due_at", "month", "at_risk_at", "look_at"),
    *("paused_at", "waiting_since", "pauses", "halts", "stopped_at", "spent_minutes"),
]


def _save(
    clocks: Sequence[Clock], changes: Sequence[ClockChange], columns: Sequence[str] = _CHANGING
) -> None:
    if clocks:
        Clock.objects.bulk_update(clocks, columns)
        insert(changes)
