"""The form field for the hours of a day: shown in words, read in any way people write them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sla.hours import parse_hours


class HoursInput(forms.TextInput):
    """Shows stored hours as people of the language write them; what was typed stays."""

    def format_value(self, value: Any) -> str | None:
        """«۷:۳۰ تا ۱۴:۳۰» for `07:30-14:30`."""
        from sla.week_words import hours_words

        try:
            return hours_words(value or "")
        except ValidationError:
            return super().format_value(value)


class HoursFormField(forms.CharField):
    """Text that stands for hours; the same hours written otherwise are no change."""

    widget = HoursInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant."""
        try:
            return parse_hours(initial or "") != parse_hours(data or "")
        except ValidationError:
            return True
