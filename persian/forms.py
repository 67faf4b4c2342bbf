"""Form fields that take what people type and give the form that is stored.

Each caps the length of its input before any pattern looks at it, so a million characters cost
a moment and a message.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils.translation import gettext_lazy as _

from persian import identifiers, jalali
from persian.digits import grouped, localised, to_ascii
from persian.text import control_characters, identifier, normalise
from persian.widgets import (
    CodeInput,
    DigitsInput,
    JalaliDateInput,
    JalaliDateTimeInput,
    PhoneInput,
)

_SLACK = 1000


class CanonicalField(forms.CharField):
    """A text field whose value goes through one of the `clean_…` functions."""

    cleaner: Callable[[str], str]
    widget: type[forms.Widget] | forms.Widget = DigitsInput

    def to_python(self, value: Any) -> str:
        """Return the canonical form; raises `ValidationError` with the cleaner's message."""
        if value in self.empty_values or not str(value).strip():
            return ""
        return type(self).cleaner(str(value))


class NationalIdField(CanonicalField):
    """A natural person's national ID (کد ملی)."""

    cleaner = staticmethod(identifiers.clean_national_id)


class LegalIdField(CanonicalField):
    """A legal person's national ID (شناسه ملی)."""

    cleaner = staticmethod(identifiers.clean_legal_id)


class ForeignIdField(CanonicalField):
    """A foreign national's code or passport number."""

    widget = CodeInput
    cleaner = staticmethod(identifiers.clean_foreign_id)


class MobileField(CanonicalField):
    """A mobile number, stored as +989…."""

    widget = PhoneInput
    cleaner = staticmethod(identifiers.clean_mobile)


class LandlineField(CanonicalField):
    """A landline number with its area code, stored as +98…."""

    widget = PhoneInput
    cleaner = staticmethod(identifiers.clean_landline)


class PostalCodeField(CanonicalField):
    """A postal code; unusual ones pass (`identifiers.postal_code_warning` asks)."""

    widget = DigitsInput(attrs={"autocomplete": "postal-code"})
    cleaner = staticmethod(identifiers.clean_postal_code)


class LetterNumberField(CanonicalField):
    """The number of a letter in a secretariat's register."""

    widget = CodeInput
    cleaner = staticmethod(identifiers.clean_letter_number)


class PersonNameField(CanonicalField):
    """A person's name."""

    widget = forms.TextInput
    cleaner = staticmethod(identifiers.clean_person_name)


class _SaysLengths(forms.CharField):
    """A text field that says its lengths itself: Django would, with Latin digits and its count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = [
            each
            for each in self.validators
            if not isinstance(each, (MinLengthValidator, MaxLengthValidator))
        ]

    def validate(self, value: Any) -> None:
        """Raise `ValidationError` for a text that is missing, too short or too long."""
        super().validate(value)
        if value in self.empty_values:
            return
        if self.max_length is not None and len(value) > self.max_length:
            raise self.too_long()
        if self.min_length is not None and len(value) < self.min_length:
            raise ValidationError(
                _("This text is too short: at least %(limit)s characters."),
                "min_length",
                {"limit": grouped(self.min_length)},
            )

    def too_long(self) -> ValidationError:
        """The refusal of a text beyond `max_length`."""
        return ValidationError(
            _("This text is too long: at most %(limit)s characters."),
            "max_length",
            {"limit": grouped(self.max_length or 0)},
        )


class EmailAddressField(_SaysLengths, forms.EmailField):
    """Django's e-mail field, whose lengths are said in the reader's digits."""


class PersianCharField(_SaysLengths):
    """Prose, normalised: Persian letters, clean half-spaces; one line unless `multiline`.

    Lengths are counted after normalising. Control characters are refused.
    """

    def __init__(
        self,
        *,
        max_length: int,
        min_length: int | None = None,
        multiline: bool = False,
        **kwargs: Any,
    ) -> None:
        self.multiline = multiline
        kwargs.setdefault("widget", forms.Textarea if multiline else forms.TextInput)
        super().__init__(max_length=max_length, min_length=min_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave `maxlength` out: a browser would silently cut what was pasted."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        attrs.pop("minlength", None)
        return attrs

    def to_python(self, value: Any) -> str:
        """Return the normalised text; raises `ValidationError`."""
        if value in self.empty_values:
            return ""
        text = str(value)
        if self.max_length is not None and len(text) > 2 * self.max_length + _SLACK:
            raise self.too_long()
        if control_characters(text):
            raise ValidationError(
                _("This text has characters that cannot be read. Please type it again."),
                "control_characters",
            )
        text = normalise(text)
        return text if self.multiline else " ".join(text.split("\n"))


class CodeField(CanonicalField):
    """A code of exactly `length` digits, in any script and grouping; stored bare."""

    widget: type[forms.Widget] | forms.Widget = DigitsInput

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        self.length = length
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Return the digits; raises `ValidationError` for any other count or character."""
        if value in self.empty_values or not str(value).strip():
            return ""
        text = str(value)
        code = identifier(text) if len(text) <= 4 * self.length + 20 else ""
        if len(code) != self.length or not (code.isascii() and code.isdigit()):
            raise ValidationError(
                _("Write all %(length)s digits."), "length", {"length": localised(self.length)}
            )
        return code


class WholeNumberField(forms.IntegerField):
    """A whole number in any digits: «۱۵», "15", «۱٬۲۰۰»."""

    widget = DigitsInput

    def to_python(self, value: Any) -> int | None:
        """Return the number; raises `ValidationError`."""
        return super().to_python(_plain_number(value))


class NumberField(forms.DecimalField):
    """A number in any digits, with at most `places` decimal places: «۲٫۵», "1,200"."""

    widget = DigitsInput(attrs={"inputmode": "decimal"})

    def __init__(
        self,
        *,
        places: int = 0,
        min_value: Decimal | None = None,
        max_value: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.smallest, self.largest = min_value, max_value
        # Django's own would count in Latin digits.
        self.validators = []
        self.places = places

    def to_python(self, value: Any) -> Any:
        """Return the number; raises `ValidationError`."""
        number = super().to_python(_plain_number(value))
        if number is None:
            return None
        if not number.is_finite():
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if abs(number) >= _TOO_LARGE:
            raise ValidationError(_("This number is too large."), "max_digits")
        if number != round(number, self.places):
            raise ValidationError(
                _("Write at most %(places)s decimal places.")
                if self.places
                else _("Write a whole number."),
                "max_decimal_places",
                {"places": localised(self.places)},
            )
        return number

    def validate(self, value: Any) -> None:
        """Raise `ValidationError` for a number that is missing or out of its limits."""
        super().validate(value)
        if value is None:
            return
        if self.smallest is not None and value < self.smallest:
            raise ValidationError(
                _("Write a number of at least %(limit)s."),
                "min_value",
                {"limit": grouped(self.smallest)},
            )
        if self.largest is not None and value > self.largest:
            raise ValidationError(
                _("Write a number of at most %(limit)s."),
                "max_value",
                {"limit": grouped(self.largest)},
            )


class PercentField(forms.DecimalField):
    """A share in percent, above 0 and up to 100, in any digits: «۹۰», «۹۹٫۵٪», "99.5 %"."""

    widget = DigitsInput(attrs={"inputmode": "decimal"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=6, decimal_places=3, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the share; raises `ValidationError`."""
        share = super().to_python(_plain_number(value))
        if share is not None and not (share.is_finite() and 0 < share <= 100):
            raise ValidationError(
                _("Write a share in percent, more than 0 and at most 100."), "out_of_range"
            )
        return share


_LONGEST_NUMBER = 24
_TOO_LARGE = Decimal(10) ** 15
_INVISIBLE = re.compile("[\u200c\u200e\u200f\u2066-\u2069]")
_AROUND_NUMBERS = str.maketrans({"٫": ".", "٬": None, "٪": None, "%": None, ",": None})


def _plain_number(value: Any) -> Any:
    """Return a typed number as ASCII text; what is none is refused by the field behind."""
    if not isinstance(value, str):
        return value
    if len(value) > _LONGEST_NUMBER:
        return "?"
    plain = "".join(to_ascii(_INVISIBLE.sub("", value)).translate(_AROUND_NUMBERS).split())
    return plain if plain.isascii() else "?"


class JalaliDateField(forms.DateField):
    """A Jalali date in a text box; cleans to a Gregorian `date`."""

    widget = JalaliDateInput

    def to_python(self, value: Any) -> dt.date | None:
        """Return the date; raises `ValidationError` that says what is wrong with it."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return jalali.parse_date(str(value))
        except jalali.JalaliError as error:
            raise ValidationError(str(error), "invalid") from error


class JalaliDateTimeField(forms.DateTimeField):
    """A Jalali date and Tehran time in a text box; cleans to an aware UTC datetime."""

    widget = JalaliDateTimeInput

    def prepare_value(self, value: Any) -> Any:
        """Hand the moment to the widget as it is; the widget knows the clock of Tehran."""
        return value

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the moment; raises `ValidationError` that says what is wrong with it."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return jalali.parse_datetime(str(value))
        except jalali.JalaliError as error:
            raise ValidationError(str(error), "invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare to the minute: the box shows no seconds."""
        if isinstance(initial, dt.datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)
