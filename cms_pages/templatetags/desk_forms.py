"""`{% load desk_forms %}`: form fields and error summaries, one look for every form.

Ids and `aria-describedby`/`aria-invalid` are Django's own (`id_x_helptext`, `id_x_error`); the
templates in `templates/cms_pages/forms/` put the matching elements there.
"""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _

register = template.Library()

AnyForm = forms.BaseForm | BaseFormSet


@register.inclusion_tag("cms_pages/forms/field.html")
def field(
    bound: BoundField, optional: bool = True, heading: bool = False, inline: bool = False
) -> dict[str, Any]:
    """One field: label, hint, error, control.

    `optional=False` leaves out the word «optional»; `heading=True` makes the label the page's
    heading (one question a page); `inline=True` puts short choices in a row.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    optional = optional and not getattr(widget, "never_optional", False)
    return {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=_attributes(widget, kind)) if kind != "choices" else "",
        "options": list(_options(bound)) if kind == "choices" else [],
        "optional": optional and not bound.field.required and kind != "check",
        "heading": heading,
        "inline": inline,
        "grouped": kind == "choices" or (kind == "input" and widget.use_fieldset),
    }


@register.inclusion_tag("cms_pages/forms/fields.html")
def fields(form: forms.BaseForm, inline: bool = False) -> dict[str, Any]:
    """Every field of a form in order, the hidden ones first; `inline` as for one field."""
    return {"form": form, "inline": inline}


@register.inclusion_tag("cms_pages/forms/error_summary.html")
def error_summary(*all_forms: AnyForm) -> dict[str, Any]:
    """What went wrong in the forms, each linked to its field; nothing when nothing did."""
    return {"errors": [error for form in all_forms if form for error in _errors(form)]}


@register.simple_tag
def error_prefix(*all_forms: AnyForm) -> str:
    """«Error: » for the title of a page whose form was refused."""
    return _("Error: ") if any(form and _has_errors(form) for form in all_forms) else ""


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "file" if isinstance(widget, forms.FileInput) else "input"


def _attributes(widget: forms.Widget, kind: str) -> dict[str, str | bool]:
    """The stylesheet's class in front of the widget's own; parts of a multi-widget keep theirs."""
    if isinstance(widget, forms.MultiWidget):
        return {}
    names = {"check": "choice-input", "file": "input-file"}.get(kind, "input")
    return {"class": f"{names} {widget.attrs.get('class', '')}".strip()}


def _options(bound: BoundField) -> Iterator[dict[str, Any]]:
    """Each radio button or checkbox; a field's `choice_hints` (value → text) explain them."""
    hints = getattr(bound.field, "choice_hints", {})
    for option in bound.subwidgets:
        option.data["attrs"]["class"] = "choice-input"
        hint = hints.get(str(option.data["value"]), "")
        if hint:
            # The label holds both, to be pressed; what is read as its name is the name alone.
            option.data["attrs"]["aria-labelledby"] = f"{option.id_for_label}_name"
            option.data["attrs"]["aria-describedby"] = f"{option.id_for_label}_hint"
        yield {
            "tag": option.tag(),
            "id": option.id_for_label,
            "label": option.choice_label,
            "hint": hint,
        }


def _has_errors(form: AnyForm) -> bool:
    return any(True for _error in _errors(form))


def _errors(form: AnyForm) -> Iterator[dict[str, str]]:
    """Message and target of every error; a target "" has no field to go to."""
    if not form.is_bound:
        return
    if isinstance(form, BaseFormSet):
        yield from ({"text": str(text), "target": ""} for text in form.non_form_errors())
        for part in form.forms:
            yield from _errors(part)
        return
    yield from ({"text": str(text), "target": ""} for text in form.non_field_errors())
    for bound in form:
        target = "" if bound.is_hidden else _target(bound)
        yield from ({"text": _named(bound, str(text)), "target": target} for text in bound.errors)


def _named(bound: BoundField, text: str) -> str:
    """The message with the name of its field, unless it says the name itself."""
    label = str(bound.label).rstrip(".:؟?! ")
    return text if not label or label in text else f"{label}: {text}"


def _target(bound: BoundField) -> str:
    """The id of the control to go to: of a group the first one."""
    if bound.id_for_label:
        return bound.id_for_label
    return f"{bound.auto_id}_0" if bound.auto_id else ""
