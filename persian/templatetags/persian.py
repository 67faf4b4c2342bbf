"""`{% load persian %}`: digits, Jalali dates and left-to-right codes in templates.

Filters give an empty text for None and for what they cannot read: a page never breaks on them.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from persian import digits, jalali

register = template.Library()

# A mobile number in groups of 4, 3 and 4, a landline with its area code before 4 and 4.
_NUMBER = re.compile(r"\A\+98(?:(9\d\d)(\d{3})(\d{4})|([1-8]\d)(\d{4})(\d{4}))\Z")
_MARKUP = re.compile(r"(<[^>]*>|&[#\w]+;)")


@register.filter
def fa_digits(value: object) -> str:
    """Write digits in Persian when the active language is Persian; markup is left alone."""
    if value is None:
        return ""
    if not digits.speaks_persian():
        return value if isinstance(value, SafeString) else str(value)
    if isinstance(value, SafeString):
        parts = _MARKUP.split(value)
        parts[::2] = [digits.to_persian(part) for part in parts[::2]]
        return mark_safe("".join(parts))  # noqa: S308 - it was safe, only its digits changed
    return digits.to_persian(value)


@register.filter
def grouped(value: object) -> str:
    """Write a number with its thousands apart, in the digits of the active language."""
    return digits.grouped(value) if isinstance(value, (int, float, Decimal)) else ""


@register.filter
def file_size(value: object) -> str:
    """Write a number of bytes as people say it: «۸ کیلوبایت», "2.5 MB"."""
    if not isinstance(value, int) or value < 0:
        return ""
    if value < 1024:
        return digits.localised(ngettext("%(n)s byte", "%(n)s bytes", value) % {"n": value})
    if value < 1024 * 1024:
        return _("%(n)s KB") % {"n": digits.grouped(round(value / 1024))}
    megabytes = round(value / (1024 * 1024), 1)
    return _("%(n)s MB") % {
        "n": digits.grouped(int(megabytes) if megabytes % 1 == 0 else megabytes)
    }


@register.filter
def phone_number(value: object) -> SafeString:
    """Write a stored number of Iran as people do, ۰۹۱۲ ۳۴۵ ۶۷۸۹; any other as it is."""
    return bdi_ltr(fa_digits(_NUMBER.sub(_spoken, str(value or ""))))


@register.filter
def jdate(value: object) -> str:
    """Write a date as ۱۴۰۵/۰۹/۰۱."""
    return _written(value, jalali.format_date)


@register.filter
def jdate_long(value: object) -> str:
    """Write a date as «یکشنبه ۱ آذر ۱۴۰۵»."""
    return _written(value, lambda day: jalali.format_date(day, "long"))


@register.filter
def jdatetime(value: object) -> str:
    """Write a moment as «۱ آذر» with its weekday, year and the time in Tehran."""
    return _written(value, lambda at: _moment(at, "long"))


@register.filter
def jdatetime_short(value: object) -> str:
    """Write a moment as ۱۴۰۵/۰۹/۰۱ ۱۴:۳۰, for tables."""
    return _written(value, lambda at: _moment(at, "short"))


@register.filter
def jago(value: object) -> str:
    """Write how far a moment is from now: «۳ روز پیش», "in 2 hours"; beyond 30 days the date."""
    moment = _readable(value)
    if not isinstance(moment, dt.datetime):
        return jdate(moment)
    seconds = (timezone.now() - moment).total_seconds()
    minutes = round(abs(seconds) / 60)
    if minutes < 1:
        return _("just now")
    if minutes >= 30 * 24 * 60:
        return jdate(moment)
    if minutes < 60:
        span = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    elif (hours := round(minutes / 60)) < 24:
        span = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    else:
        days = round(minutes / 1440)
        span = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    sentence = _("%(span)s ago") if seconds > 0 else _("in %(span)s")
    return digits.localised(sentence % {"span": span})


@register.filter
def code_groups(value: object) -> SafeString:
    """Write a code in groups of four, left to right; what is copied is the bare ASCII code."""
    code = digits.to_ascii(str(value or ""))
    groups = [(code[i : i + 4],) for i in range(0, len(code), 4)]
    return format_html(
        '<bdi dir="ltr" class="code">{}</bdi>', format_html_join("", "<span>{}</span>", groups)
    )


@register.filter
def bdi_ltr(value: object) -> SafeString:
    """Keep a number, address or code in its own order inside Persian text."""
    return format_html('<bdi dir="ltr">{}</bdi>', "" if value is None else value)


@register.filter
def letter_number(value: object) -> SafeString:
    """Write the number of a letter: one with Persian letters reads from the right, any other not.

    Forced from left to right, ۱/ص/۱۴۰۵ would show its year before its letter.
    """
    return format_html("<bdi>{}</bdi>", fa_digits("" if value is None else str(value)))


def _spoken(found: re.Match[str]) -> str:
    """Return the groups of a number, its area code with the zero before it."""
    return "0" + " ".join(group for group in found.groups() if group)


def _readable(value: object) -> dt.date | None:
    """Return a date or aware datetime; ISO texts (from JSON) are read, anything else is None."""
    if isinstance(value, str):
        try:
            value = parse_datetime(value) or dt.date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.datetime) and timezone.is_naive(value):
        return timezone.make_aware(value, jalali.TEHRAN)
    return value if isinstance(value, dt.date) else None


def _written(value: object, write: Callable[[dt.date], str]) -> str:
    """Apply `write` to a readable date; what the calendar cannot reach is an empty text."""
    day = _readable(value)
    try:
        return "" if day is None else write(day)
    except (ValueError, OverflowError):
        return ""


def _moment(value: dt.date, style: jalali.Style) -> str:
    """Write a datetime with its time, a mere date without."""
    if isinstance(value, dt.datetime):
        return jalali.format_datetime(value, style)
    return jalali.format_date(value, style)
