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
from django.utils.translation import ngettext

from desk_core import instants
from persian.digits import localised

register = template.Library()

TONES = ("ok", "waiting", "partial", "major", "info", "closed")

# How high a day stands, of 30: the shape says what the colour says. Less service, shorter bar;
# what was planned hangs from above, and of what is unknown there is a ghost.
DAY_HEIGHTS = {
    **{"ok": 30, "info": 14, "waiting": 21, "partial": 15, "major": 8, "closed": 3},
    "unknown": 30,
}
_HANGING = "info"
# On a phone a folded row shows so many.
FEW_DAYS = 30


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
    on = on or timezone.localdate(instants.now())
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
def day_bars(days: Iterable[Any], label: str, ends: bool = False, fold: bool = False) -> SafeString:
    """Small bars, one a day, oldest first; each day has `tone` and `label`.

    Hovering shows the words of a day; with the keyboard the arrow keys walk through them
    (enhance.js). The same facts belong in a table beneath: this is the picture of it. `ends` says
    how long ago the first day was instead of its words; `fold` shows the last thirty on a phone.
    """
    rows = [_day(day) for day in days]
    bars = format_html_join(
        "",
        "{}",
        ((_rect(tone, n * 7, text),) for n, (tone, text) in enumerate(rows)),
    )
    folds = fold and len(rows) > FEW_DAYS
    return format_html(
        '<figure class="days{}" data-days><div class="days-window"><svg viewBox="0 0 {} 30" '
        'preserveAspectRatio="none" role="img" aria-label="{}">{}</svg></div>'
        '<figcaption class="days-ends small muted">{}'
        '<output class="days-words"></output><span>{}</span></figcaption></figure>',
        " days-fold" if folds else "",
        max(len(rows) * 7 - 2, 1),
        label,
        bars,
        _oldest(rows, ends, folds),
        _("Today"),
    )


@register.simple_tag
def day_mark(tone: str) -> SafeString:
    """One such bar, for a legend; the word stands beside it."""
    return format_html(
        '<svg class="day-mark" viewBox="0 0 5 30" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false">{}</svg>',
        _rect(tone, 0, ""),
    )


def _rect(tone: str, x: int, text: str) -> SafeString:
    height = DAY_HEIGHTS.get(tone, 3)
    title = format_html("<title>{}</title>", text) if text else SafeString("")
    return format_html(
        '<rect class="day day-{}" x="{}" y="{}" width="5" height="{}">{}</rect>',
        *(tone, x, 0 if tone == _HANGING else 30 - height, height, title),
    )


def _oldest(rows: Sequence[tuple[str, str]], ends: bool, folds: bool) -> SafeString:
    """What stands under the first bar."""
    if not ends:
        return format_html("<span>{}</span>", rows[0][1] if rows else "")
    first = format_html('<span class="days-all">{}</span>', _days_ago(len(rows)))
    if not folds:
        return first
    return first + format_html('<span class="days-few">{}</span>', _days_ago(FEW_DAYS))


def _days_ago(days: int) -> str:
    """Of so many days that end today the first."""
    text = ngettext("%(days)s day ago", "%(days)s days ago", days - 1)
    return text % {"days": localised(days - 1)}


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
