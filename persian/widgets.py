"""Inputs of the citizens' forms: plain text boxes that take digits of any script.

Never `type="number"` and never `maxlength`: both refuse Persian digits, drop leading zeros or
cut a pasted number short. The server parses; nothing here needs JavaScript.
"""

import datetime as dt
from typing import Any

from django import forms

from persian import jalali


class DigitsInput(forms.TextInput):
    """A left-to-right box with the numeric keyboard of phones."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"dir": "ltr", "inputmode": "numeric", **(attrs or {})})


class PhoneInput(forms.TextInput):
    """A left-to-right box with the phone keyboard."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"dir": "ltr", "autocomplete": "tel", **(attrs or {})})


class CodeInput(forms.TextInput):
    """A left-to-right box for codes that may hold letters."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"dir": "ltr", "autocapitalize": "characters", **(attrs or {})})


class JalaliDateInput(forms.TextInput):
    """A box that shows a date as ۱۴۰۵/۰۹/۰۱; no numeric keyboard, since some have no slash."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"dir": "ltr", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Return the Jalali text of a date; what was typed comes back as typed."""
        return jalali_text(value, with_time=False)


class JalaliDateTimeInput(JalaliDateInput):
    """A box that shows a moment as ۱۴۰۵/۰۹/۰۱ ۱۴:۳۰ by the clock of Tehran."""

    def format_value(self, value: Any) -> str | None:
        """Return the Jalali text of a moment; what was typed comes back as typed."""
        return jalali_text(value, with_time=True)


def jalali_text(value: Any, *, with_time: bool) -> str | None:
    """Return what a box shows for a date, a datetime (naive ones are Tehran's) or a text."""
    if value in (None, ""):
        return None
    try:
        if isinstance(value, dt.datetime):
            if value.tzinfo is None:
                value = value.replace(tzinfo=jalali.TEHRAN)
            return (jalali.format_datetime if with_time else jalali.format_date)(value)
        if isinstance(value, dt.date):
            return jalali.format_date(value)
    except (ValueError, OverflowError):  # before the calendar begins
        return value.isoformat()
    return str(value)
