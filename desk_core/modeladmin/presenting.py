"""How a stored value is shown to staff: labels for choices, words for yes and no, Jalali dates."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Field, Manager, Model, QuerySet
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from persian.digits import localised
from persian.jalali import format_date, format_datetime

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin

MOST_RELATED = 50


def heading(model_admin: "DeskModelAdmin", name: str) -> str:
    """Return the column's label, as the model or the ModelAdmin names it."""
    own = model_admin.export_headings.get(name)
    if own:
        return force_str(own)
    return capfirst(
        force_str(label_for_field(name, model=model_admin.model, model_admin=model_admin))
    )


def raw_value(model_admin: "DeskModelAdmin", name: str, obj: Model) -> Any:
    """Return the value of a column: the label of a choice, "" for what is not there."""
    try:
        field, _attribute, value = lookup_field(name, obj, model_admin)
    except ObjectDoesNotExist:
        return ""
    return labelled(field, obj, value)


def labelled(field: Field | None, obj: Model, value: Any) -> Any:
    """Return the label of a choice, and anything else as it is."""
    if field is not None and getattr(field, "flatchoices", None):
        return getattr(obj, f"get_{field.name}_display")()
    return value


def shown(value: Any, *, digits: bool = True) -> Any:
    """Return `value` for a person, "" for nothing.

    Moments are in Tehran's time and the Jalali calendar. With `digits=False` (spreadsheets) digits
    stay ASCII and numbers stay numbers.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float | Decimal):
        return localised(value) if digits else value
    if isinstance(value, SafeString):
        return value
    if isinstance(value, dt.date | dt.time):
        return _moment(value, digits=digits)
    if isinstance(value, Manager):
        value = value.all()
    if isinstance(value, QuerySet):
        value = list(value[:MOST_RELATED])
    if isinstance(value, list | tuple | set | frozenset):
        return _(", ").join(force_str(shown(part, digits=digits)) for part in value)
    return force_str(value)


def _moment(value: dt.date | dt.time, *, digits: bool) -> str:
    """A moment, a day or a time of day."""
    if isinstance(value, dt.datetime):
        moment = value if timezone.is_aware(value) else timezone.make_aware(value)
        return format_datetime(moment, digits=digits)
    if isinstance(value, dt.date):
        return format_date(value, digits=digits)
    clock = value.strftime("%H:%M")
    return localised(clock) if digits else clock
