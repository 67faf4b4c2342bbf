"""The arithmetic of promised times over the working calendar: pure, bounded, never backwards.

- Working hours: the minutes count in which the office is open; due when enough have passed.
- Working days: the day of the start is not counted; a later day counts when it has open hours;
  due when the last counted day closes.
- Hours: every minute counts.
- Days: the day of the start is not counted, every later day of Tehran counts; due at its end.

While a clock is paused nothing passes. A day counts only if the clock was running both when it
began (the office opened) and when it ended (the office closed): so neither the day on which
something was asked for nor that on which the reply came is counted, unless both are the same day.

Moments come in aware and go out as UTC; days are those of Tehran.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from persian.jalali import TEHRAN
from sla.calendar import DayHours, WorkingCalendar, moment_of
from sla.enums import DAY_UNITS, WORKING_UNITS, Unit
from sla.hours import Hours

#: How far ahead working time is looked for; a calendar without working days ends there.
LIMIT_DAYS = 3000
WHOLE_DAY: DayHours = (Hours(0, 1440),)
NOTHING = timedelta()
ONE_DAY = timedelta(days=1)
#: From when until when a clock stood still.
Pause = tuple[datetime, datetime]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day in between that was closed, and why: "week", "holiday" or "special"."""

    day: date
    because: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a due time came about.

    `counted` are the days that counted, each with the time that counted on it; `closed` the closed
    ones in between; `waiting` the open ones that did not count because the clock stood still;
    `paused` is how long it stood still altogether. `due` is None where there is no working time.
    """

    due: datetime | None
    counted: tuple[tuple[date, timedelta], ...] = ()
    closed: tuple[ClosedDay, ...] = ()
    waiting: tuple[date, ...] = ()
    paused: timedelta = NOTHING


def due(
    calendar: WorkingCalendar,
    start: datetime,
    amount: int,
    unit: Unit,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """When a promise of `amount` units (at least 1) from `start` on is due.

    None where there is no working time within LIMIT_DAYS. One more closed day or one more pause
    never makes it earlier.
    """
    stood = merged(pauses)
    if unit in DAY_UNITS:
        days = _counted_days(calendar, start, unit, stood)
        last = next(itertools.islice(days, amount - 1, None), None)
        return last[1][1] if last is not None else None
    return forward(calendar, start, timedelta(hours=amount), unit, stood)


def forward(
    calendar: WorkingCalendar,
    start: datetime,
    time: timedelta,
    unit: Unit,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """The moment at which so much of the unit's own time has passed since `start`.

    The start itself where it is nothing; None where there is not so much within LIMIT_DAYS.
    """
    start = start.astimezone(UTC)
    if time <= NOTHING:
        return start
    limit, left = start + timedelta(days=LIMIT_DAYS), time
    for _day, (begins, ends) in _running(calendar, start, limit, unit, merged(pauses)):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    return None


def elapsed(
    calendar: WorkingCalendar,
    start: datetime,
    end: datetime,
    unit: Unit,
    pauses: Iterable[Pause] = (),
) -> timedelta:
    """How much of the unit's own time passed between two moments, without the pauses.

    Open time for working units, all time for the others, whatever the unit's size; nothing where
    the end is not after the start.
    """
    spans = _running(calendar, start, end, unit, merged(pauses))
    return sum((ends - begins for _day, (begins, ends) in spans), NOTHING)


def share(
    calendar: WorkingCalendar,
    start: datetime,
    end: datetime,
    percent: int,
    unit: Unit,
    pauses: Iterable[Pause] = (),
) -> datetime:
    """When so many percent (0 to 100) of the unit's own time between two moments have passed."""
    spans = [span for _day, span in _running(calendar, start, end, unit, merged(pauses))]
    left = sum((ends - begins for begins, ends in spans), NOTHING) * percent / 100
    for begins, ends in spans:
        if ends - begins >= left > NOTHING:
            return begins + left
        left -= ends - begins
    return start.astimezone(UTC)


def days_passed(
    calendar: WorkingCalendar,
    start: datetime,
    end: datetime,
    unit: Unit,
    pauses: Iterable[Pause] = (),
) -> int:
    """How many days, for a unit of days, were counted to their end between two moments."""
    days = _counted_days(calendar, start, unit, merged(pauses))
    return sum(1 for _day in itertools.takewhile(lambda found: found[1][1] <= end, days))


def explain(
    calendar: WorkingCalendar,
    start: datetime,
    amount: int,
    unit: Unit,
    pauses: Iterable[Pause] = (),
    reasons: Mapping[date, str] | None = None,
) -> Explanation:
    """How the due time came about, day by day; `reasons` names holidays and special days."""
    stood = merged(pauses)
    paused = sum((ends - begins for begins, ends in stood), NOTHING)
    at = due(calendar, start, amount, unit, stood)
    if at is None:
        return Explanation(None, paused=paused)
    counted = _counted_time(calendar, start, at, unit, stood)
    closed, waiting = [], []
    for day in _days_between(start, at, unit):
        because = calendar.closed_because(day) if unit in WORKING_UNITS else ""
        if because:
            closed.append(ClosedDay(day, because, (reasons or {}).get(day, "")))
        elif day not in counted and _open_after(calendar, day, start, at, unit):
            waiting.append(day)
    return Explanation(at, tuple(sorted(counted.items())), tuple(closed), tuple(waiting), paused)


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Pauses in order, in UTC, without overlaps and without empty ones."""
    found: list[Pause] = []
    for begins, ends in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in pauses):
        if ends <= begins:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return tuple(found)


def _hours(calendar: WorkingCalendar, day: date, unit: Unit) -> DayHours:
    return calendar.hours_on(day) if unit in WORKING_UNITS else WHOLE_DAY


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _counted_days(
    calendar: WorkingCalendar, start: datetime, unit: Unit, stood: Sequence[Pause]
) -> Iterator[tuple[date, Span]]:
    """The days that count, in order, each from when to when it is open."""
    first = start.astimezone(TEHRAN).date() + ONE_DAY
    for day in _days(first, first + timedelta(days=LIMIT_DAYS)):
        hours = _hours(calendar, day, unit)
        if not hours:
            continue
        opens, closes = moment_of(day, hours[0].opens), moment_of(day, hours[-1].closes)
        if not any(begins <= opens < ends or begins < closes <= ends for begins, ends in stood):
            yield day, (opens, closes)


def _running(
    calendar: WorkingCalendar,
    start: datetime,
    end: datetime,
    unit: Unit,
    stood: Sequence[Pause],
) -> Iterator[tuple[date, Span]]:
    """The spans between two moments in which the clock runs, in order, each with its day."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    first, last = (moment.astimezone(TEHRAN).date() for moment in (start, end))
    for day in _days(first, last):
        for hours in _hours(calendar, day, unit):
            begins = max(moment_of(day, hours.opens), start)
            ends = min(moment_of(day, hours.closes), end)
            for span in _without(begins, ends, stood):
                yield day, span


def _without(begins: datetime, ends: datetime, stood: Sequence[Pause]) -> Iterator[Span]:
    """What is left of a span outside the pauses."""
    for stops, goes_on in stood:
        if goes_on <= begins:
            continue
        if stops >= ends:
            break
        if begins < stops:
            yield begins, stops
        begins = goes_on
    if begins < ends:
        yield begins, ends


def _days_between(start: datetime, at: datetime, unit: Unit) -> Iterator[date]:
    """The days that an explanation speaks of: to the day in which the due time ends."""
    first = start.astimezone(TEHRAN).date()
    last = (at - timedelta(microseconds=1)).astimezone(TEHRAN).date()
    return _days(first + ONE_DAY if unit in DAY_UNITS else first, last)


def _counted_time(
    calendar: WorkingCalendar, start: datetime, at: datetime, unit: Unit, stood: Sequence[Pause]
) -> dict[date, timedelta]:
    """The days that counted until the due time, each with the time that counted on it."""
    found: dict[date, timedelta] = {}
    if unit in DAY_UNITS:
        for day, (opens, closes) in _counted_days(calendar, start, unit, stood):
            if closes > at:
                break
            found[day] = _open_time(calendar, day, opens, closes, unit)
        return found
    for day, (begins, ends) in _running(calendar, start, at, unit, stood):
        found[day] = found.get(day, NOTHING) + (ends - begins)
    return found


def _open_time(
    calendar: WorkingCalendar, day: date, begins: datetime, ends: datetime, unit: Unit
) -> timedelta:
    return sum(
        (
            min(moment_of(day, hours.closes), ends) - max(moment_of(day, hours.opens), begins)
            for hours in _hours(calendar, day, unit)
            if moment_of(day, hours.closes) > begins and moment_of(day, hours.opens) < ends
        ),
        NOTHING,
    )


def _open_after(
    calendar: WorkingCalendar, day: date, start: datetime, at: datetime, unit: Unit
) -> bool:
    """Whether a day had anything to count, had the clock run."""
    return _open_time(calendar, day, start.astimezone(UTC), at, unit) > NOTHING
