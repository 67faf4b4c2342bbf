"""Months by both calendars, from midnight to midnight in Tehran. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import pgettext_lazy

from persian.digits import localised
from persian.jalali import TEHRAN
from sla import months

JALALI, GREGORIAN = "jalali", "gregorian"
CALENDARS = (JALALI, GREGORIAN)

# With a context: "May" alone stands in the catalogue as a permission.
_NAMES = (
    pgettext_lazy("Gregorian month", "January"),
    pgettext_lazy("Gregorian month", "February"),
    pgettext_lazy("Gregorian month", "March"),
    pgettext_lazy("Gregorian month", "April"),
    pgettext_lazy("Gregorian month", "May"),
    pgettext_lazy("Gregorian month", "June"),
    pgettext_lazy("Gregorian month", "July"),
    pgettext_lazy("Gregorian month", "August"),
    pgettext_lazy("Gregorian month", "September"),
    pgettext_lazy("Gregorian month", "October"),
    pgettext_lazy("Gregorian month", "November"),
    pgettext_lazy("Gregorian month", "December"),
)


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """One month of one calendar; `number` is year × 100 + month in it (140509, 202611)."""

    calendar: str
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        if self.calendar == JALALI:
            return months.Period(self.number).first
        return date(self.number // 100, self.number % 100, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.step(1).first - timedelta(days=1)

    @property
    def starts(self) -> datetime:
        """Its first moment, as UTC."""
        return datetime.combine(self.first, time(), TEHRAN).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it, as UTC."""
        return self.step(1).starts

    @property
    def key(self) -> str:
        """As "1405-09" or "2026-11"."""
        return months.iso(self.number)

    @property
    def label(self) -> str:
        """«آذر ۱۴۰۵» or "November 2026"."""
        if self.calendar == JALALI:
            return months.label(self.number)
        return f"{_NAMES[self.number % 100 - 1]} {localised(self.number // 100)}"

    def step(self, steps: int) -> "CalendarMonth":
        """The month so many months later; negative: before."""
        return CalendarMonth(self.calendar, months.earlier(self.number, -steps))


def month_at(at: datetime, calendar: str = JALALI) -> CalendarMonth:
    """The month in which a moment lies, as Tehran sees it."""
    if calendar == JALALI:
        return CalendarMonth(JALALI, months.month_of(at))
    day = at.astimezone(TEHRAN)
    return CalendarMonth(GREGORIAN, day.year * 100 + day.month)


def twelve_before(month: CalendarMonth) -> list[CalendarMonth]:
    """The twelve months that end with the one before, oldest first."""
    return [month.step(-steps) for steps in range(12, 0, -1)]
