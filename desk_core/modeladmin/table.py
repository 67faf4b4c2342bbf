"""The rows of a list, made in Python: a template for each cell would cost more than the query."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk_core.modeladmin.presenting import heading, raw_value, shown

if TYPE_CHECKING:
    from desk_core.modeladmin.lists import DeskIndexView


@dataclass(frozen=True)
class Header:
    """The head of a column: where its link leads, and how the list is sorted by it now."""

    label: str
    url: str
    direction: str


def headers(view: "DeskIndexView") -> list[Header]:
    """Return the heads; a column without an order of its own has no link."""
    sorted_by = view.get_ordering_field_columns()
    return [
        _header(view, index, name, sorted_by.get(index, ""))
        for index, name in enumerate(view.list_display)
    ]


def _header(view: "DeskIndexView", index: int, name: str, direction: str) -> Header:
    label = heading(view.model_admin, name)
    if not view.get_ordering_field(name):
        return Header(label, "", "")
    following = f"-{index}" if direction == "asc" else str(index)
    url = view.get_query_string({view.ORDER_VAR: following}, remove=[view.PAGE_VAR])
    return Header(label, url, direction)


def rows(view: "DeskIndexView", objects: Iterable[Model], context: dict[str, Any]) -> SafeString:
    """Return the `<tr>` elements of the page."""
    return format_html_join("\n", "{}", ((_row(view, obj, context),) for obj in objects))


def _row(view: "DeskIndexView", obj: Model, context: dict[str, Any]) -> SafeString:
    attributes = dict(view.model_admin.get_extra_attrs_for_row(obj, context))
    attributes.setdefault("data-object-pk", obj.pk)
    cells = format_html_join("", "{}", ((cell,) for cell in _cells(view, obj)))
    return format_html("<tr{}>{}</tr>", flatatt(attributes), cells)


def _cells(view: "DeskIndexView", obj: Model) -> Iterator[SafeString]:
    admin = view.model_admin
    with_buttons = admin.get_list_display_add_buttons(view.request)
    for name in view.list_display:
        value = shown(raw_value(admin, name, obj))
        if value == "":
            value = admin.get_empty_value_display(name)
        attributes = dict(admin.get_extra_attrs_for_field_col(obj, name))
        classes = [f"field-{name}", *admin.get_extra_class_names_for_field_col(obj, name)]
        if name == with_buttons:
            classes.append("title")
            value = _title(view, obj, value)
        attributes["class"] = " ".join(classes)
        yield format_html("<td{}>{}</td>", flatatt(attributes), value)


def _title(view: "DeskIndexView", obj: Model, value: Any) -> SafeString:
    """The cell that leads to the object, with the row's buttons beneath."""
    main = view.button_helper.get_primary_button(obj)
    name = (
        format_html('<a href="{}">{}</a>', main["url"], value) if main else format_html("{}", value)
    )
    buttons = view.get_buttons_for_obj(obj)
    if not buttons:
        return format_html('<div class="title-wrapper">{}</div>', name)
    listed = format_html_join(
        "",
        '<li><a href="{}" class="{}" title="{}">{}</a></li>',
        ((b["url"], b["classname"], b.get("title", ""), b["label"]) for b in buttons),
    )
    return format_html(
        '<div class="title-wrapper">{}</div><ul class="actions" aria-label="{}">{}</ul>',
        name,
        _("Actions"),
        listed,
    )
