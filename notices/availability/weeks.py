"""A service's own week, as `DESK_AVAILABILITY_HOURS` writes it: hours by the day. No query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sla.calendar import Week, WorkingCalendar
from sla.hours import hours_text, parse_hours
from sla.models import WeeklySchedule
from sla.week_words import week_words

DAYS = WeeklySchedule.BY_WEEKDAY
HOLIDAYS = "holidays"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """The hours of each day, as `date.weekday()` counts; "" is a day without."""

    days: tuple[str, ...]
    closed_on_holidays: bool = False

    def calendar(self, holidays: Iterable[date]) -> WorkingCalendar:
        """The same week for ever, apart from the body's special days and hours."""
        hours = tuple(parse_hours(day) for day in self.days)
        closed = frozenset(holidays) if self.closed_on_holidays else frozenset()
        return WorkingCalendar(weeks=(Week(date.min, None, True, hours),), holidays=closed)

    def __str__(self) -> str:
        """In words, like days together."""
        week = WeeklySchedule(**dict(zip(DAYS, self.days, strict=True)))
        lines = week_words(week)
        if self.closed_on_holidays:
            lines.append(_("closed on public holidays"))
        return _("; ").join(lines)


def read(pattern: object) -> OwnWeek:
    """The week of {"saturday": "8-20", …, "holidays": "closed"}; a day left out has no hours.

    Raises ValueError for anything else, and for a week without any hours.
    """
    if not isinstance(pattern, Mapping) or not {*pattern} <= {*DAYS, HOLIDAYS}:
        raise ValueError("the days are saturday to friday, and holidays")
    if pattern.get(HOLIDAYS, CLOSED) != CLOSED:
        raise ValueError("holidays can only be closed")
    days = tuple(_hours(pattern.get(day, "")) for day in DAYS)
    if not any(days):
        raise ValueError("no day has hours")
    return OwnWeek(days, HOLIDAYS in pattern)


def _hours(text: object) -> str:
    try:
        return hours_text(parse_hours(str(text)))
    except ValidationError:
        raise ValueError(f"{text!r} is no range of hours such as 7:30-14:30") from None
