"""The form fields behind each type of question: what an answer may be, said once for all doors."""

import copy
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from persian.digits import to_ascii
from persian.forms import (
    JalaliDateField,
    LegalIdField,
    MobileField,
    NationalIdField,
    NumberField,
    PersianCharField,
    PostalCodeField,
)
from service_requests.enums import QuestionType
from service_requests.request_forms.definition import Question
from service_requests.submissions import text_field

TEXT_MAX, LONG_TEXT_MAX = 300, 5000
#: The parts of an address, all but the last one required of whoever must give one.
ADDRESS = ("province", "city", "address", "postal_code")
_ISO = re.compile(r"(?:18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_FEW = 7
_FILL_IN = _("Please fill this in.")
_CHOOSE = _("Choose one of the options.")


class DayField(JalaliDateField):
    """A Jalali date; an ISO 8601 date, as programs write it, is taken as the Gregorian one it is.

    The years of the two calendars that can be meant do not overlap.
    """

    def to_python(self, value: Any) -> dt.date | None:
        """Return the date; raises `ValidationError`."""
        if isinstance(value, str) and _ISO.fullmatch(iso := to_ascii(value.strip()[:20])):
            try:
                return dt.date.fromisoformat(iso)
            except ValueError:
                raise ValidationError(_("There is no such day."), "invalid") from None
        return super().to_python(value)


def _number(question: Question) -> forms.Field:
    limits = {
        name: Decimal(limit)
        for name, limit in (("min_value", question.minimum), ("max_value", question.maximum))
        if limit
    }
    return NumberField(places=question.places, **limits)


def _choice(question: Question) -> forms.Field:
    choices = [(option.value, option.label) for option in question.options]
    few = len(choices) <= _FEW
    if few and question.required:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
    empty = _("Choose …") if question.required else _("No answer")
    if few:
        return forms.ChoiceField(choices=[("", empty), *choices], widget=forms.RadioSelect)
    return forms.ChoiceField(choices=[("", empty), *choices])


def _choices(question: Question) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=[(option.value, option.label) for option in question.options],
        widget=forms.CheckboxSelectMultiple,
    )


_FIELDS: dict[str, Callable[[Question], forms.Field]] = {
    QuestionType.TEXT: lambda question: PersianCharField(max_length=TEXT_MAX),
    QuestionType.LONG_TEXT: lambda question: PersianCharField(
        max_length=LONG_TEXT_MAX, multiline=True
    ),
    QuestionType.NUMBER: _number,
    QuestionType.DATE: lambda question: DayField(),
    QuestionType.CHOICE: _choice,
    QuestionType.CHOICES: _choices,
    QuestionType.FILE: lambda question: forms.FileField(),
    QuestionType.NATIONAL_ID: lambda question: NationalIdField(),
    QuestionType.LEGAL_ID: lambda question: LegalIdField(),
    QuestionType.MOBILE: lambda question: MobileField(),
    QuestionType.POSTAL_CODE: lambda question: PostalCodeField(),
    QuestionType.STATEMENT: lambda question: forms.BooleanField(),
}


def parts(question: Question) -> dict[str, forms.Field]:
    """The fields of a question by the names of their parts; "" where it has one only."""
    if question.type == QuestionType.ADDRESS:
        return {
            part: _said(copy.deepcopy(text_field(part)), question.required and part != ADDRESS[-1])
            for part in ADDRESS
        }
    field = _FIELDS[question.type](question)
    required = question.required or question.type == QuestionType.STATEMENT
    return {"": _said(field, required)}


def _said(field: forms.Field, required: bool) -> forms.Field:
    """With messages that repeat nothing of what was sent."""
    field.required = required
    choosing = isinstance(field, forms.ChoiceField)
    field.error_messages["required"] = _CHOOSE if choosing else _FILL_IN
    if choosing:
        field.error_messages |= {"invalid_choice": _CHOOSE, "invalid_list": _CHOOSE}
    if isinstance(field, forms.BooleanField):
        field.error_messages["required"] = _("Without this it cannot be registered.")
    return field
