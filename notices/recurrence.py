"""On which days recurring maintenance falls: pure, bounded, by RRULE or by the Jalali calendar.

An RRULE (RFC 5545) says days only; the time of day is the rule's own, by Tehran's clock. It is
Gregorian by its nature, so monthly rules of Iranian offices have two forms of their own: day n of
each Jalali month (of a shorter month its last day), and the first … last weekday of each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta

from dateutil.rrule import rrule, rrulestr
from django.utils.translation import gettext as _

from notices.months import Month, month_of
from persian.jalali import TEHRAN

LAST = -1
#: No rule is looked at further than this from its first day.
HORIZON = timedelta(days=20 * 366)
_HORIZON_YEARS = 21
# After so many years the Gregorian calendar is the same again, weekdays and all.
_CYCLE = 400
_TEXT = re.compile(r"[A-Z]+=[A-Z0-9,+:-]+(;[A-Z]+=[A-Z0-9,+:-]+)*")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"),
}
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One of the three forms; the other fields are empty.

    `month_day` counts from 1; `weekday` as `date.weekday()`, with `which` from 1 to 4 or `LAST`.
    """

    first_day: date
    last_day: date | None = None
    rrule: str = ""
    month_day: int | None = None
    weekday: int | None = None
    which: int | None = None


def rrule_wrong(text: str) -> str | None:
    """A message when a text is no RRULE that says days; None when it is."""
    if len(text) > 200 or not _TEXT.fullmatch(text):
        return _("Write a rule like FREQ=WEEKLY;BYDAY=FR.")
    parts = dict(part.split("=", 1) for part in text.split(";"))
    if len(parts) != text.count(";") + 1:
        return _("A part of the rule comes twice.")
    if unknown := sorted(set(parts) - _PARTS):
        return _("“%(part)s” is no part of a rule of days.") % {"part": unknown[0]}
    if parts.get("FREQ") not in _FREQUENCIES:
        return _("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdecimal() and 1 <= int(parts[name]) <= 1000):
            return _("%(part)s must be a number from 1 to 1000.") % {"part": name}
    try:
        _parsed(text, date(2026, 1, 1), date(2026, 12, 31))
    except (ValueError, TypeError, OverflowError, IndexError):
        return _("Write a rule like FREQ=WEEKLY;BYDAY=FR.")
    return None


def days(pattern: Pattern, first: date, last: date) -> list[date]:
    """The days of the rule from `first` to `last`, both included, in order."""
    last = min(last, pattern.last_day or last, pattern.first_day + HORIZON)
    if last < max(first, pattern.first_day):
        return []
    found = _by_rrule(pattern, last) if pattern.rrule else _by_month(pattern, first, last)
    return [day for day in found if max(first, pattern.first_day) <= day <= last]


def window(day: date, clock: time, minutes: int) -> tuple[datetime, datetime]:
    """Start and end of the window on a day, by Tehran's clock; aware, in UTC."""
    start = datetime.combine(day, clock, TEHRAN).astimezone(UTC)
    return start, start + timedelta(minutes=minutes)


def _by_rrule(pattern: Pattern, last: date) -> list[date]:
    """The days by `dateutil`, counted as late as its calendar goes.

    It looks at its end only once it has found a day, and for a rule that falls on none up to the
    year 9999: from our days on that would be eight thousand years, from there at most 400.
    """
    late = (MAXYEAR - _HORIZON_YEARS - pattern.first_day.year) // _CYCLE * _CYCLE
    rule, count = _parsed(pattern.rrule, pattern.first_day, last, late)
    return [_moved(moment.date(), -late) for moment in rule][:count]


def _moved(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _parsed(text: str, first: date, last: date, late: int = 0) -> tuple[rrule, int | None]:
    """The rule with an end of ours, so many years late, and its COUNT."""
    parts = dict(part.split("=", 1) for part in text.split(";"))
    count = parts.pop("COUNT", None)
    if until := parts.pop("UNTIL", None):
        match = _UNTIL.fullmatch(until)
        if match is None:
            raise ValueError("UNTIL")
        last = min(last, date(*(int(part) for part in match.groups()[:3])))
    first, last = _moved(first, late), _moved(last, late)
    ours = f"{last:%Y%m%d}T235959"
    text = ";".join([*(f"{name}={value}" for name, value in parts.items()), f"UNTIL={ours}"])
    rule = rrulestr(f"RRULE:{text}", dtstart=datetime.combine(first, time()))
    assert isinstance(rule, rrule)  # noqa: S101 – one RRULE alone gives no set
    return rule, int(count) if count else None


def _by_month(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    day = max(first, pattern.first_day)
    month = month_of(datetime.combine(day, time(12), TEHRAN))
    while month.starts.date() <= last:
        yield _of_month(pattern, month)
        month = month_of(month.ends + timedelta(hours=12))


def _of_month(pattern: Pattern, month: Month) -> date:
    begins, ends = month.starts.date(), month.ends.date()
    if pattern.month_day is not None:
        return min(begins + timedelta(days=pattern.month_day - 1), ends - timedelta(days=1))
    assert pattern.weekday is not None  # noqa: S101 – the forms are told apart by the model
    if pattern.which == LAST:
        final = ends - timedelta(days=1)
        return final - timedelta(days=(final.weekday() - pattern.weekday) % 7)
    earliest = begins + timedelta(days=(pattern.weekday - begins.weekday()) % 7)
    return earliest + timedelta(weeks=(pattern.which or 1) - 1)
