"""The Jalali calendar at the edge: what people type and read.

Everything stored is Gregorian: dates as `date`, moments as aware UTC datetimes. Here they are
parsed from, and written in, the calendar and the wall clock of Tehran. The arithmetic is that
of persiantools (leap years agree with the official calendar for 1300–1500).
"""

import datetime as dt
import re
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from persiantools.jdatetime import JalaliDate

from persian.digits import localised, speaks_persian, to_ascii, to_persian
from persian.text import normalise

TEHRAN = ZoneInfo("Asia/Tehran")
FIRST_YEAR, LAST_YEAR = 1300, 1500
MONTHS_FA = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
MONTHS_EN = (
    *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar"),
    *("Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
)
# As date.weekday() counts: Monday is 0.
WEEKDAYS_FA = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Style = Literal["short", "long"]

_LONGEST = 60
_NUMERIC = re.compile(r"([0-9]{2}|[0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})")
_BARE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")  # some phones' keyboards have no slash
_WRITTEN = re.compile(r"(?:\D+ )?([0-9]{1,2}) ([^\W\d]+) (?:ماه )?([0-9]{4}|[0-9]{2})")
_TIME = re.compile(r"(.*?)(?:\s*[،,T]\s*|\s+)(?:ساعت\s+)?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class JalaliError(ValueError):
    """A text that is no Jalali date or time; its message is for the person who typed it."""


def from_jalali(year: int, month: int, day: int) -> dt.date:
    """Return the Gregorian date of a Jalali one; raises `JalaliError` for a day that is none."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise JalaliError(
            _("Write the year of the Persian calendar, between %(first)s and %(last)s.")
            % {"first": localised(FIRST_YEAR), "last": localised(LAST_YEAR)}
        )
    if not 1 <= month <= 12:
        raise JalaliError(_("The month must be between 1 and 12."))
    length = JalaliDate.days_in_month(month, year)
    if not 1 <= day <= length:
        raise JalaliError(
            _("This month has %(length)s days; there is no day %(day)s.")
            % {"length": localised(length), "day": localised(day)}
        )
    return JalaliDate(year, month, day).to_gregorian()


def jalali_parts(value: dt.date) -> tuple[int, int, int]:
    """Return (year, month, day) of a date, or of an aware datetime as Tehran sees it."""
    day = JalaliDate.to_jalali(_tehran_date(value))
    return day.year, day.month, day.day


def last_day_of_year(year: int) -> dt.date:
    """Return the Gregorian date of a Jalali year's last day: 29 or, in leap years, 30 Esfand."""
    return from_jalali(year, 12, JalaliDate.days_in_month(12, year))


def month_key(value: dt.date) -> str:
    """Return the Jalali month as "1405-09": sorts rightly, says no more than the month."""
    year, month, _day = jalali_parts(value)
    return f"{year:04}-{month:02}"


def parse_date(text: str) -> dt.date:
    """Return the Gregorian date of a Jalali date in any digits: ۱۴۰۵/۰۹/۰۱, 05-9-1, ۱ آذر ۱۴۰۵.

    Two-digit years from 69 are 13xx, the others 14xx. Raises `JalaliError`.
    """
    text = _clean(text)
    if match := _NUMERIC.fullmatch("".join(text.split())) or _BARE.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif (match := _WRITTEN.fullmatch(text)) and (named := _month(match[2])):
        day, month, year = int(match[1]), named, int(match[3])
    else:
        raise JalaliError(_("Write the date as year/month/day, for example 1405/09/01."))
    if year < 100:
        year += 1300 if year >= 69 else 1400
    return from_jalali(year, month, day)


def parse_datetime(text: str) -> dt.datetime:
    """Return the UTC moment of a Jalali date and a wall-clock time in Tehran.

    «۱۴۰۵/۰۹/۰۱ ۱۴:۳۰». Raises `JalaliError`, also for the hour that summer time once skipped; of
    an hour that came twice the first is meant.
    """
    match = _TIME.fullmatch(_clean(text))
    if match is None:
        raise JalaliError(
            _("Write the date and the time as year/month/day hour:minute, for example %(example)s.")
            % {"example": "1405/09/01 14:30"}
        )
    day = parse_date(match[1])
    try:
        clock = dt.time(int(match[2]), int(match[3]), int(match[4] or 0))
    except ValueError:
        raise JalaliError(_("The time must be between 00:00 and 23:59.")) from None
    moment = dt.datetime.combine(day, clock, TEHRAN).astimezone(dt.UTC)
    if moment.astimezone(TEHRAN).time() != clock:
        raise JalaliError(_("The clock skipped this hour on that day; choose another time."))
    return moment


def format_date(value: dt.date, style: Style = "short", digits: bool = True) -> str:
    """Write a date, or an aware datetime as Tehran sees it, in the active language.

    Short: ۱۴۰۵/۰۹/۰۱; long: «یکشنبه ۱ آذر ۱۴۰۵» or "Sunday 1 Azar 1405". `digits=False` keeps
    ASCII digits in Persian too, for files and form values that machines read.
    """
    day = _tehran_date(value)
    year, month, number = jalali_parts(day)
    persian = speaks_persian()
    if style == "short":
        text = f"{year:04}/{month:02}/{number:02}"
    else:
        months, weekdays = (MONTHS_FA, WEEKDAYS_FA) if persian else (MONTHS_EN, WEEKDAYS_EN)
        text = f"{weekdays[day.weekday()]} {number} {months[month - 1]} {year}"
    return to_persian(text) if digits and persian else text


def format_datetime(value: dt.datetime, style: Style = "short", digits: bool = True) -> str:
    """Write an aware datetime by the clock of Tehran: «۱۴۰۵/۰۹/۰۱ ۱۴:۳۰» or the long form."""
    clock = value.astimezone(TEHRAN).strftime("%H:%M")
    persian = speaks_persian()
    clock = to_persian(clock) if digits and persian else clock
    between = " " if style == "short" else "، ساعت " if persian else ", "
    return f"{format_date(value, style, digits)}{between}{clock}"


def _tehran_date(value: dt.date) -> dt.date:
    """Return the date in Tehran; a naive datetime is refused, its zone cannot be known."""
    if not isinstance(value, dt.datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no date in Tehran")
    return value.astimezone(TEHRAN).date()


def _clean(text: str) -> str:
    """Return what was typed with ASCII digits and single spaces; raises when absurdly long."""
    if len(text) > _LONGEST:
        raise JalaliError(_("This is too long for a date."))
    return to_ascii(normalise(text)).replace("\n", " ")


def _month(name: str) -> int | None:
    """Return the number of a month by its Persian or English name, else None."""
    if name in MONTHS_FA:
        return MONTHS_FA.index(name) + 1
    lowered = name.lower()
    return next((i for i, month in enumerate(MONTHS_EN, 1) if month.lower() == lowered), None)
