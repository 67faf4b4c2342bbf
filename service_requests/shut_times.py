"""Times at which nobody is received although somebody was promised one: closed afterwards (R9).

A time is shut by what is entered for days: an exception of the place, a special day or a holiday of
the working calendar. Changed weekly hours shut nothing: a promise outlives them. Nor do hours that
a special day adds take a fixed time, which staff may set outside of all hours.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from persian.jalali import TEHRAN
from service_requests import slots
from service_requests.models import VisitException
from sla import working_time
from sla.calendar import DayHours
from sla.hours import parse_hours


class ShutTimes:
    """What is closed from one moment until another, for every office; two queries, made once."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self._days = days = _day(first), _day(last)
        self._rows = working_time.rows_around(first, days=(days[1] - days[0]).days + 1)
        self._calendars: dict[int | None, working_time.WorkingCalendar] = {}
        self._exceptions: dict[int, list[VisitException]] = {}
        for row in VisitException.objects.touching(*days):
            self._exceptions.setdefault(row.visiting_hours_id, []).append(row)

    def entered_days(self) -> list[tuple[date, date]]:
        """The days for which anything is entered, for any office or place: runs, in order."""
        rows = [row for each in self._exceptions.values() for row in each]
        spans = [(row.first_day, row.last_day) for row in rows]
        for kind, _key, _office, begins, ends, _text in self._rows:
            if kind != working_time.WEEK:
                spans.append((begins, ends or begins))
        first, last = self._days
        within = [(max(begins, first), min(ends, last)) for begins, ends in spans]
        return _runs(span for span in within if span[0] <= span[1])

    def office_is_shut(self, office: int | None, starts: datetime, ends: datetime | None) -> bool:
        """Whether a holiday or a special day leaves no work at this time; no office: the body's.

        A time without an end is a fixed one: a day with hours takes it only from within the
        ordinary ones.
        """
        if office not in self._calendars:
            self._calendars[office] = working_time.calendar_by_id(office, self._rows)
        calendar, day = self._calendars[office], _day(starts)
        special = any(row.first <= day <= row.last for row in calendar.special)
        if not special and day not in calendar.holidays:
            return False
        hours = calendar.hours_on(day)
        if _within(hours, starts, ends):
            return False
        if not hours or ends is not None:
            return True
        ordinary = dict(working_time.ordinary_week(calendar, day))
        return _within(ordinary.get(day.weekday(), ()), starts, ends)

    def place_is_shut(self, hours_id: int, starts: datetime, ends: datetime | None) -> bool:
        """Whether an exception of the place leaves this time out."""
        day = _day(starts)
        found = [
            row
            for row in self._exceptions.get(hours_id, ())
            if row.first_day <= day <= row.last_day
        ]
        return bool(found) and not _within(parse_hours(slots.ruling(found).hours), starts, ends)


def is_shut(office: int | None, at: datetime) -> bool:
    """Whether what is entered for its day closes an office at one moment, as for a fixed time."""
    return ShutTimes(at, at).office_is_shut(office, at, None)


def _day(moment: datetime) -> date:
    return moment.astimezone(TEHRAN).date()


def _runs(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """Spans of days that touch each other as one."""
    runs: list[tuple[date, date]] = []
    for begins, ends in sorted(spans):
        if runs and begins <= runs[-1][1] + timedelta(days=1):
            runs[-1] = runs[-1][0], max(runs[-1][1], ends)
        else:
            runs.append((begins, ends))
    return runs


def _within(spans: DayHours, starts: datetime, ends: datetime | None) -> bool:
    """Whether some hours hold a time from beginning to end."""
    wall = starts.astimezone(TEHRAN)
    opens = wall.hour * 60 + wall.minute
    closes = opens + (ends - starts) // timedelta(minutes=1) if ends else opens + 1
    return any(span.opens <= opens and closes <= span.closes for span in spans)
