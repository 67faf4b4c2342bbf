"""Jalali months as numbers (140509), which sort and count. Pure; days are counted in Tehran."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from persian.digits import localised, speaks_persian
from persian.jalali import MONTHS_EN, MONTHS_FA, TEHRAN, from_jalali, jalali_parts


def month_of(value: date) -> int:
    """The month of a day, or of an aware moment as Tehran sees it."""
    year, month, _day = jalali_parts(value)
    return year * 100 + month


def is_month(number: int) -> bool:
    """Whether a number names a month that the calendar knows."""
    return 130001 <= number <= 149912 and 1 <= number % 100 <= 12


def earlier(month: int, steps: int = 1) -> int:
    """The month so many months before; negative steps go forward."""
    count = (month // 100) * 12 + month % 100 - 1 - steps
    return count // 12 * 100 + count % 12 + 1


def months_between(first: int, last: int) -> list[int]:
    """All months from `first` to `last`, both included; empty when `last` is earlier."""
    found = []
    while first <= last:
        found.append(first)
        first = earlier(first, -1)
    return found


def twelve_before(month: int) -> list[int]:
    """The twelve months that end with the one before `month`, oldest first."""
    return months_between(earlier(month, 12), earlier(month))


def iso(month: int) -> str:
    """The month as "1405-09", for files and programs."""
    return f"{month // 100:04}-{month % 100:02}"


def label(month: int) -> str:
    """The month as people say it: «آذر ۱۴۰۵» or "Azar 1405"."""
    names = MONTHS_FA if speaks_persian() else MONTHS_EN
    return f"{names[month % 100 - 1]} {localised(month // 100)}"


@dataclass(frozen=True, slots=True)
class Period:
    """One Jalali month, for whoever counts something in it."""

    month: int

    @property
    def first(self) -> date:
        """Its first day."""
        return from_jalali(self.month // 100, self.month % 100, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return Period(earlier(self.month, -1)).first - timedelta(days=1)

    @property
    def starts(self) -> datetime:
        """Its first moment, as UTC."""
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after it, as UTC."""
        return _midnight(self.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TEHRAN).astimezone(UTC)
