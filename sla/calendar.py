"""The arithmetic of working time: pure, bounded, in the clock of Asia/Tehran.

Moments come in and go out as aware datetimes (out: UTC); hours are wall times of Tehran.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from persian.jalali import TEHRAN
from sla.hours import Hours, wall_time

#: How far ahead an opening is looked for; a calendar without working days ends there.
SEARCH_DAYS = 400
DayHours = tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of an ordinary week from `first` to `last`; `days` as `date.weekday()` counts."""

    first: date
    last: date | None
    own: bool
    days: tuple[DayHours, ...]


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days whose hours differ; `order` tells which of two was entered later."""

    first: date
    last: date
    own: bool
    order: int
    hours: DayHours


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Weekly hours, holidays and special days of the body or of one department.

    On a day a department's own special hours go first, then the body's, then holidays (closed),
    then the department's own week, then the body's; of equals the one that began last.
    """

    weeks: tuple[Week, ...] = ()
    holidays: frozenset[date] = frozenset()
    special: tuple[SpecialDays, ...] = ()

    def hours_on(self, day: date) -> DayHours:
        """The hours of a day, in order; empty when closed."""
        special = [row for row in self.special if row.first <= day <= row.last]
        if special:
            return max(special, key=lambda row: (row.own, row.first, row.order)).hours
        if day in self.holidays:
            return ()
        weeks = [
            row for row in self.weeks if row.first <= day and (row.last is None or day <= row.last)
        ]
        if not weeks:
            return ()
        return max(weeks, key=lambda row: (row.own, row.first)).days[day.weekday()]

    def closed_because(self, day: date) -> str:
        """Why a day is closed: "special", "holiday" or "week"; "" when it is open."""
        if self.hours_on(day):
            return ""
        if any(row.first <= day <= row.last for row in self.special):
            return "special"
        return "holiday" if day in self.holidays else "week"

    def is_open(self, at: datetime) -> bool:
        """Whether staff work at that moment; the minute of closing is closed."""
        wall = at.astimezone(TEHRAN)
        minute = wall.hour * 60 + wall.minute
        return any(span.opens <= minute < span.closes for span in self.hours_on(wall.date()))

    def next_opening(self, after: datetime, *, days: int = SEARCH_DAYS) -> datetime | None:
        """The first moment after `after` at which closed turns into open; None within `days`."""
        return next((at for at, opens in self._changes(after, days) if opens), None)

    def next_closing(self, after: datetime, *, days: int = SEARCH_DAYS) -> datetime | None:
        """The first moment after `after` at which open turns into closed; None within `days`."""
        return next((at for at, opens in self._changes(after, days) if not opens), None)

    def next_change(self, after: datetime, *, days: int = SEARCH_DAYS) -> datetime | None:
        """The first moment after `after` at which open or closed changes."""
        return next((at for at, _opens in self._changes(after, days)), None)

    def _changes(self, after: datetime, days: int) -> Iterator[tuple[datetime, bool]]:
        """The changes after a moment, in order, each with whether it opens.

        Hours that touch, also across midnight, are one.
        """
        if not (self.weeks or self.special):
            return
        first = after.astimezone(TEHRAN).date()
        after = after.astimezone(UTC)
        before = self._last_of(first - timedelta(days=1))
        today = self.hours_on(first)
        for offset in range(days + 1):
            day = first + timedelta(days=offset)
            tomorrow = self.hours_on(day + timedelta(days=1))
            opens = {span.opens for span in today}
            closes = {span.closes for span in today}
            touching = opens & closes
            if before and 0 in opens:
                touching.add(0)
            if 1440 in closes and tomorrow and tomorrow[0].opens == 0:
                touching.add(1440)
            for minute in sorted((opens | closes) - touching):
                moment = moment_of(day, minute)
                if moment > after:
                    yield moment, minute in opens
            before, today = 1440 in closes, tomorrow

    def _last_of(self, day: date) -> bool:
        """Whether the day is open until its very end."""
        hours = self.hours_on(day)
        return bool(hours) and hours[-1].closes == 1440


@lru_cache(maxsize=4096)
def moment_of(day: date, minute: int) -> datetime:
    """The UTC moment of a minute of a day in Tehran; minute 1440 is the next midnight."""
    day += timedelta(days=minute // 1440)
    return datetime.combine(day, wall_time(minute % 1440), TEHRAN).astimezone(UTC)


def next_midnight(after: datetime) -> datetime:
    """The next midnight in Tehran, as UTC."""
    day = after.astimezone(TEHRAN).date() + timedelta(days=1)
    return datetime.combine(day, time(), TEHRAN).astimezone(UTC)
