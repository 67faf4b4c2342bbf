"""Jalali dates in the Wagtail admin: page forms, inline panels, StreamField, publishing dates.

Models keep Django's Gregorian fields. The widgets show Jalali in the clock of Tehran and hand
the form ISO text, so that any form field behind them understands it. What is no Jalali date is
handed on with a mark in front that no date format accepts: "1404/12/30" (there was no such day)
must not be taken for a day of the Gregorian year 1404.

The calendar pop-up is an enhancement (`static/persian/jalali.js`, a Stimulus controller, so it
also works on what is added to a page later); the text box alone is complete.
"""

import datetime as dt
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import filters, widgets
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.admin.telepath import register
from wagtail.admin.telepath.widgets import WidgetAdapter
from wagtail.blocks import DateBlock, DateTimeBlock

from persian import jalali
from persian.digits import speaks_persian
from persian.widgets import jalali_text

UNREADABLE = "\u2063"  # invisible separator: the mark before a text that is no Jalali date


class JalaliAdminDateInput(forms.DateInput):
    """A text box for a Jalali date, with a calendar where JavaScript runs."""

    with_time = False

    def __init__(self, attrs: dict[str, Any] | None = None, format: str | None = None) -> None:
        attrs = {"dir": "ltr", "autocomplete": "off", **(attrs or {})}
        controllers = attrs.get("data-controller", "").split()
        attrs["data-controller"] = " ".join([*controllers, "desk-jalali"])
        super().__init__(attrs)

    @property
    def media(self) -> forms.Media:
        """Return the calendar's script and style."""
        return forms.Media(js=["persian/jalali.js"], css={"all": ["persian/jalali.css"]})

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add the calendar's words in the active language."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs["data-desk-jalali-words-value"] = json.dumps(_words(), ensure_ascii=False)
        attrs["data-desk-jalali-time-value"] = "true" if self.with_time else "false"
        return attrs

    def format_value(self, value: Any) -> str | None:
        """Return Jalali text for a date or its ISO text; what could not be read, as typed."""
        if isinstance(value, str):
            if value.startswith(UNREADABLE):
                return value.removeprefix(UNREADABLE)
            value = _iso(value) or value
        if isinstance(value, dt.datetime) and timezone.is_naive(value):
            # Django's form field has moved it to the time zone of the user's profile.
            value = timezone.make_aware(value)
        return jalali_text(value, with_time=self.with_time)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        """Return ISO text of what was typed; marked, when it is no Jalali date.

        ISO text of our times passes as it is: programs post it, and no Jalali year looks so.
        """
        typed = data.get(name)
        if not isinstance(typed, str) or not typed.strip():
            return typed
        if (day := _iso(typed.strip())) and day.year > jalali.LAST_YEAR:
            return typed.strip()
        try:
            return self.read(typed)
        except jalali.JalaliError:
            return UNREADABLE + typed.strip()[:100]

    def read(self, typed: str) -> str:
        """Return the ISO text of a Jalali text; raises `JalaliError`."""
        return jalali.parse_date(typed).isoformat()


class JalaliAdminDateTimeInput(JalaliAdminDateInput):
    """A text box for a Jalali date and a time in Tehran, whatever the user's own time zone."""

    with_time = True

    def read(self, typed: str) -> str:
        """Return the ISO text, with its zone, of a Jalali moment; raises `JalaliError`."""
        return jalali.parse_datetime(typed).isoformat()


register(WidgetAdapter(), JalaliAdminDateInput)


class JalaliAdminDateField(forms.DateField):
    """Django's date field, saying what is wrong with an unreadable Jalali date."""

    def to_python(self, value: Any) -> dt.date | None:
        """Return the date; raises `ValidationError`."""
        _explain(value, jalali.parse_date)
        return super().to_python(value)


class JalaliAdminDateTimeField(forms.DateTimeField):
    """Django's date-time field, saying what is wrong with an unreadable Jalali moment."""

    def to_python(self, value: Any) -> dt.datetime | None:
        """Return the moment; raises `ValidationError`."""
        _explain(value, jalali.parse_datetime)
        return super().to_python(value)


class JalaliDateBlock(DateBlock):
    """A StreamField block for a date, typed and shown in Jalali, stored Gregorian."""

    @cached_property
    def field(self) -> forms.DateField:
        """Return the form field behind the block."""
        return JalaliAdminDateField(widget=JalaliAdminDateInput(), **self.field_options)


class JalaliDateTimeBlock(DateTimeBlock):
    """A StreamField block for a moment, typed and shown in Jalali, stored in UTC."""

    @cached_property
    def field(self) -> forms.DateTimeField:
        """Return the form field behind the block."""
        return JalaliAdminDateTimeField(widget=JalaliAdminDateTimeInput(), **self.field_options)


class JalaliPublishingPanel(PublishingPanel):
    """Wagtail's publishing panel (go live at, expire at) with Jalali boxes.

    Put it first in `settings_panels` of every page and draft-state model.
    """

    def __init__(self, **kwargs: Any) -> None:
        dialog = {
            "data-controller": "w-action",
            "data-action": "w-dialog:hidden->w-action#reset",
            "data-w-dialog-target": "notify",
        }
        fields = ("go_live_at", "expire_at")
        kwargs.setdefault(
            "children",
            [FieldPanel(name, widget=JalaliAdminDateTimeInput(dialog)) for name in fields],
        )
        super().__init__(**kwargs)


def register_overrides() -> None:
    """Give every date of an admin form the Jalali widgets; called when Django starts.

    Model forms have a registry for this. The date filters of listings and reports name their
    widget in the code: there ours takes its place by name.
    """
    filters.AdminDateInput = widgets.AdminDateInput = JalaliAdminDateInput
    register_form_field_override(
        models.DateField,
        override={"form_class": JalaliAdminDateField, "widget": JalaliAdminDateInput},
    )
    register_form_field_override(
        models.DateTimeField,
        override={"form_class": JalaliAdminDateTimeField, "widget": JalaliAdminDateTimeInput},
    )


def _iso(text: str) -> dt.date | None:
    """Return the date or moment of an ISO text, else None."""
    try:
        return parse_date(text) or parse_datetime(text)
    except ValueError:
        return None


def _explain(value: Any, parse: Any) -> None:
    """Raise `ValidationError` with the reason when `value` carries the mark."""
    if isinstance(value, str) and value.startswith(UNREADABLE):
        try:
            parse(value.removeprefix(UNREADABLE))
        except jalali.JalaliError as error:
            raise ValidationError(str(error), "invalid") from error


def _words() -> dict[str, Any]:
    """Return what the calendar says, in the active language."""
    persian = speaks_persian()
    return {
        "open": _("Open the calendar"),
        "calendar": _("Calendar"),
        "previous": _("Previous month"),
        "next": _("Next month"),
        "today": _("Today"),
        "months": jalali.MONTHS_FA if persian else jalali.MONTHS_EN,
        # From Saturday on, as the week runs.
        "weekdays": [
            (jalali.WEEKDAYS_FA if persian else jalali.WEEKDAYS_EN)[(5 + i) % 7] for i in range(7)
        ],
        "digits": "fa" if persian else "en",
    }
