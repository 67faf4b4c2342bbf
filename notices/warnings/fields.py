"""The fields in which an update says how severe a warning is now, how certain, and where."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices import rules
from notices.enums import Certainty, Severity
from notices.models import Notice, NoticePage, WarningChange
from notices.warnings import geocodes, shapes
from persian.forms import PersianCharField


def warned_fields(notice: Notice) -> dict[str, forms.Field]:
    """Filled in with what holds; each remembers how it was shown, so that only changes count."""
    found: dict[str, forms.Field] = {
        "severity": forms.ChoiceField(label=_("severity"), choices=Severity.choices),
        "certainty": forms.ChoiceField(label=_("certainty"), choices=Certainty.choices),
        "area": _words(_("area"), rules.AREA_LIMIT),
        "area_en": _words(_("area in English"), rules.AREA_LIMIT, lang="en", dir="ltr"),
        "shape": _lines("shape", shapes.TEXT_LIMIT),
        "geocodes": _lines("geocodes", geocodes.TEXT_LIMIT),
    }
    for name in WarningChange.FACTS:
        found[name].initial = getattr(notice, name)
        found[name].show_hidden_initial = True
    return found


def _words(label: Any, most: int, **attrs: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2} | attrs)
    return PersianCharField(
        label=label, max_length=most, multiline=True, required=False, widget=widget
    )


def _lines(name: str, most: int) -> forms.CharField:
    """As on the page, with the same words beside it."""
    own = NoticePage._meta.get_field(name)
    return forms.CharField(
        label=own.verbose_name,
        help_text=own.help_text,
        max_length=most,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr"}),
    )
