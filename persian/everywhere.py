"""Jalali wherever Django writes a date for people: the whole Wagtail admin, logs, messages.

Django has no setting for the calendar, but one function through which templates, the `date`
filter and Wagtail's time stamps write dates for people: `django.utils.formats.date_format`. Ours
takes its place and answers for the named formats (`DATE_FORMAT`, `DATETIME_FORMAT` …); every
other format string ("c", "Y-m-d", for machines) goes to Django's. A site that wants Gregorian
dates sets `PERSIAN_DATES = False`.
"""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.utils import formats, timezone

from persian import jalali
from persian.digits import localised, speaks_persian

NAMED: dict[str, Callable[[Any], str]] = {
    "DATE_FORMAT": lambda value: _without_weekday(jalali.format_date(value, "long")),
    "DATETIME_FORMAT": lambda value: _without_weekday(_moment(value, "long")),
    "SHORT_DATE_FORMAT": jalali.format_date,
    "SHORT_DATETIME_FORMAT": lambda value: _moment(value, "short"),
    "YEAR_MONTH_FORMAT": lambda value: f"{_month(value)} {_part(value, 0)}",
    "MONTH_DAY_FORMAT": lambda value: f"{_part(value, 2)} {_month(value)}",
}


def use_jalali() -> None:
    """Put `date_format` below in the place of Django's; doing it twice changes nothing."""
    if formats.date_format is not date_format:
        formats.date_format = date_format


_gregorian = formats.date_format


@functools.wraps(_gregorian)
def date_format(value: Any, format: str | None = None, use_l10n: bool | None = None) -> str:
    """Write a date or moment for people; as Django where the format is not a named one."""
    write = _writer(format or "DATE_FORMAT")
    if write is None or not isinstance(value, dt.date):
        return _gregorian(value, format, use_l10n)
    if isinstance(value, dt.datetime) and timezone.is_naive(value):
        value = timezone.make_aware(value)
    try:
        return write(value)
    except (ValueError, OverflowError):  # before the calendar begins
        return _gregorian(value, format, use_l10n)


def _writer(wanted: str) -> Callable[[Any], str] | None:
    """Return what writes a named format, also when its meaning was looked up beforehand."""
    if wanted in NAMED:
        return NAMED[wanted]
    return next((NAMED[name] for name in NAMED if formats.get_format(name) == wanted), None)


def _moment(value: dt.date, style: jalali.Style) -> str:
    """Write a datetime with its clock in Tehran, a mere date without."""
    if isinstance(value, dt.datetime):
        return jalali.format_datetime(value, style)
    return jalali.format_date(value, style)


def _without_weekday(text: str) -> str:
    """Return a long date as Django's formats have it, from the day on."""
    return text.split(" ", 1)[1]


def _part(value: dt.date, index: int) -> str:
    """Return the year, month or day, in the digits of the active language."""
    return localised(jalali.jalali_parts(value)[index])


def _month(value: dt.date) -> str:
    """Return the name of the month in the active language."""
    names = jalali.MONTHS_FA if speaks_persian() else jalali.MONTHS_EN
    return names[jalali.jalali_parts(value)[1] - 1]
