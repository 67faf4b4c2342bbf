"""`{% load desk_face %}`: the small parts of the face. docs/design-system.md shows each in use.

Everything drawn is plain SVG with classes: the content security policy allows no style attribute.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page as PageOfList
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

TONES = ("ok", "waiting", "partial", "major", "info", "closed")

# How high a day stands, of 30: the shape says what the colour says. Less service, shorter bar.
DAY_HEIGHTS = {"ok": 30, "info": 24, "waiting": 21, "partial": 15, "major": 8, "closed": 3}


@cache
def _icon(name: str) -> SafeString:
    return mark_safe(get_template(f"cms_pages/icons/{name}.svg").render().strip())  # noqa: S308 – our own files


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing hidden from screen readers; the words stand beside it."""
    return _icon(name)


@register.simple_tag
def pill(tone: str, label: Any) -> SafeString:
    """A state as sign, word and shape. `tone` is one of `TONES`; any other shows as closed."""
    tone = tone if tone in TONES else "closed"
    return format_html(
        '<span class="pill pill-{}">{}<span>{}</span></span>', tone, _icon(tone), label
    )


@register.simple_tag
def bar(value: float | None, maximum: float = 100, tone: str = "info") -> SafeString:
    """A horizontal bar of `value` out of `maximum`; hidden from readers who get the words."""
    part = 0.0 if not value or not maximum else max(0.0, min(1.0, float(value) / float(maximum)))
    return format_html(
        '<svg class="bar bar-{}" viewBox="0 0 100 8" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false"><rect class="bar-ground" width="100" height="8"/>'
        '<rect class="bar-value" width="{}" height="8"/></svg>',
        tone,
        f"{part * 100:.1f}",
    )


@register.simple_tag
def validity(start: date, end: date | None, on: date | None = None, tone: str = "ok") -> SafeString:
    """The time between two dates with a mark at `on`, else today; open-ended is a full line."""
    if end is None:
        return bar(100, 100, tone)
    on = on or timezone.localdate()
    length = max((end - start).days, 1)
    done = max(0.0, min(1.0, (on - start).days / length)) * 100
    return format_html(
        '<svg class="validity validity-{}" viewBox="0 0 100 16" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false"><rect class="bar-ground" y="4" width="100" '
        'height="8"/><rect class="bar-value" y="4" width="{}" height="8"/>'
        '<rect class="validity-now" x="{}" width="0.8" height="16"/></svg>',
        tone,
        f"{done:.2f}",
        f"{min(max(done - 0.4, 0), 99.2):.2f}",
    )


def _day(day: Any) -> tuple[str, str]:
    if isinstance(day, Mapping):
        return str(day["tone"]), str(day["label"])
    return str(day.tone), str(day.label)


@register.simple_tag
def day_bars(days: Iterable[Any], label: str) -> SafeString:
    """Small bars, one a day, oldest first; each day has `tone` and `label`.

    Hovering shows the words of a day; with the keyboard the arrow keys walk through them
    (enhance.js). The same facts belong in a table beneath: this is the picture of it.
    """
    rows = [_day(day) for day in days]
    bars = format_html_join(
        "",
        '<rect class="day day-{}" x="{}" y="{}" width="5" height="{}"><title>{}</title></rect>',
        (
            (tone, n * 7, 30 - DAY_HEIGHTS.get(tone, 3), DAY_HEIGHTS.get(tone, 3), text)
            for n, (tone, text) in enumerate(rows)
        ),
    )
    return format_html(
        '<figure class="days" data-days><svg viewBox="0 0 {} 30" preserveAspectRatio="none" '
        'role="img" aria-label="{}">{}</svg><figcaption class="days-ends small muted">'
        '<span>{}</span><output class="days-words"></output><span>{}</span></figcaption></figure>',
        max(len(rows) * 7 - 2, 1),
        label,
        bars,
        rows[0][1] if rows else "",
        _("Today"),
    )


@register.inclusion_tag("cms_pages/parts/steps.html")
def steps(current: int, names: Sequence[Any]) -> dict[str, Any]:
    """Where one is in a task: «Step 2 of 4» and the names; `current` counts from 1."""
    return {
        "current": current,
        "total": len(names),
        "name": names[current - 1] if 0 < current <= len(names) else "",
        "steps": [
            {"number": n, "name": name, "done": n < current, "now": n == current}
            for n, name in enumerate(names, start=1)
        ],
    }


@register.inclusion_tag("cms_pages/parts/copy_button.html")
def copy_button(value: str, labelledby: str = "") -> dict[str, str]:
    """A button that copies `value` as plain text; copy.js shows it where it can work."""
    return {"value": str(value), "labelledby": labelledby}


@register.inclusion_tag("cms_pages/parts/pagination.html", takes_context=True)
def pagination(
    context: dict[str, Any], page_obj: PageOfList, parameter: str = "page"
) -> dict[str, Any]:
    """Previous, next and where one is; the rest of the query string stays."""
    return {"page_obj": page_obj, "parameter": parameter, "request": context.get("request")}


@register.simple_tag
def desk_url(name: str) -> str:
    """The address of a named view, or "" where that app is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag
def stylesheet() -> SafeString:
    """The stylesheet's link for pages that must always appear; nothing where it is lost."""
    try:
        return format_html('<link rel="stylesheet" href="{}">', static("cms_pages/desk.css"))
    except ValueError:  # a manifest without it: the page stays readable unstyled
        return SafeString("")
