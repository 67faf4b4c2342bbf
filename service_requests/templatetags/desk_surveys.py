"""`{% load desk_surveys %}`: figures of surveys in words and as pictures, for pages and admin."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk_core.suppression import FEWEST
from persian.digits import localised
from service_requests.surveys.figures import Figure
from service_requests.surveys.questions import CSAT, NPS, SATISFIED_FROM
from service_requests.surveys.showing import Part, Table

register = template.Library()

_BAR, _STEP, _HEIGHT, _STUMP, _WIDEST = 14, 20, 60, 3, 240


@register.filter
def score_text(figure: Figure | None) -> str:
    """«۸۷٪», «+۴۰», or that it is not shown: one that is large enough may be left out as well."""
    if figure is None:
        return _("not shown")
    if figure.score is None:
        return ""
    if figure.question.type == NPS:
        return localised(f"{figure.score:+.0f}")
    return _percent(figure.score)


@register.simple_tag
def left_out_rule() -> str:
    """Why some figures are missing, in plain words."""
    return _(
        "A figure is shown where it rests on %(number)s answers or more and where it cannot be "
        "used to compute one that rests on fewer; so one that is large enough may be left out "
        "too. A month is counted once it is over."
    ) % {"number": localised(FEWEST)}


@register.filter
def shares(figure: Figure) -> list[tuple[str, str]]:
    """What was answered by anybody: label, and its share in words."""
    return [
        (localised(figure.question.label_of(value)), _percent(100 * count / figure.count))
        for value, count in figure.counts.items()
        if count
    ]


@register.simple_tag
def score_chart(table: Table, number: Any) -> SafeString:
    """One bar a row of the table, in its order; the table beside it says the same in words.

    Drawn without style or script. What has no figure is a stump, what is below the middle is cut:
    the shape says what the colour says.
    """
    bars = format_html_join(
        "", "{}", ((_bar(place, part),) for place, part in enumerate(table.parts))
    )
    width = max(len(table.parts) * _STEP - (_STEP - _BAR), _WIDEST)
    return format_html(
        '<svg class="months" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-t {2}-d">'
        '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}'
        '<line class="months-promise" x1="0" x2="{0}" y1="{6}" y2="{6}"/></svg>',
        width,
        _HEIGHT,
        f"chart-{number}-{table.name}",
        table.heading,
        _("Bars from nothing to the best; the dashed line is the middle. The table says the same."),
        bars,
        _HEIGHT // 2,
    )


def _percent(value: float) -> str:
    return _("%(number)s%%") % {"number": localised(f"{value:.0f}")}


def _bar(place: int, part: Part) -> SafeString:
    height = _height(part.figure)
    label = f"{part.label}: {score_text(part.figure)}"
    tone = "closed"
    if part.figure is not None:
        tone = "ok" if height >= _HEIGHT / 2 else "major"
    return format_html(
        '<g><title>{}</title><rect class="day day-{}" x="{}" y="{}" width="{}" height="{}"/></g>',
        label,
        tone,
        place * _STEP,
        f"{_HEIGHT - height:.1f}",
        _BAR,
        f"{height:.1f}",
    )


def _height(figure: Figure | None) -> float:
    if figure is None or figure.score is None:
        return _STUMP
    part = figure.score / 100 if figure.question.type == CSAT else (figure.score + 100) / 200
    return max(part * _HEIGHT, _STUMP)


@register.filter
def is_satisfaction(figure: Figure) -> bool:
    """Whether the figure is one of satisfaction."""
    return figure.question.type == CSAT


@register.simple_tag
def satisfied_means() -> str:
    """What the share counts."""
    return _("The share of those who are satisfied or very satisfied (%(grade)s or 5 of 5).") % {
        "grade": localised(SATISFIED_FROM)
    }
