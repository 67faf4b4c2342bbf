"""Jalali months: their names, their addresses, and where they begin by Tehran's clock."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from persian import jalali
from persian.digits import speaks_persian, to_persian

_KEY = re.compile(r"(1[34][0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A Jalali month."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """As it stands in addresses: "1405-09"."""
        return f"{self.year:04}-{self.number:02}"

    @property
    def label(self) -> str:
        """«آذر ۱۴۰۵» or "Azar 1405"."""
        if speaks_persian():
            return f"{jalali.MONTHS_FA[self.number - 1]} {to_persian(self.year)}"
        return f"{jalali.MONTHS_EN[self.number - 1]} {self.year}"

    @property
    def starts(self) -> datetime:
        """Its first instant, aware."""
        day = jalali.from_jalali(self.year, self.number, 1)
        return datetime.combine(day, time(), tzinfo=jalali.TEHRAN)

    @property
    def ends(self) -> datetime:
        """The first instant of the next month."""
        year, number, _day = jalali.jalali_parts(self.starts.date() + timedelta(days=31))
        return Month(year, number).starts


def parse_month(key: str) -> Month | None:
    """The month of an address; None for what is no month."""
    match = _KEY.fullmatch(key)
    return Month(int(match[1]), int(match[2])) if match else None


def month_of(at: datetime) -> Month:
    """The month of an instant, in Tehran."""
    year, number, _day = jalali.jalali_parts(at)
    return Month(year, number)
