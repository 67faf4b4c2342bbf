"""`{% load desk_performance %}`: figures of performance in words, marks and small charts."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms_pages.templatetags.desk_face import pill
from desk_core.suppression import FEWEST
from persian.digits import grouped
from sla import months
from sla.attainment import Verdict
from sla.measures import is_of_minutes
from sla.performance import tables, views
from sla.performance.figures import Cell, Figure, MonthFigure, Show
from sla.performance.showing import Line, Performance
from sla.performance.words import count_labels, percent_text, time_text

register = template.Library()

_TONES = {Verdict.MET: "ok", Verdict.MISSED: "major", Verdict.NONE: "closed"}
# The chart: a bar a month, as high as the share kept; what has no figure is a stump.
# There is room for a year, so that a bar is as wide with one month as with twelve.
_BAR, _STEP, _HEIGHT, _STUMP, _MONTHS = 14, 20, 60, 3, 12


@register.inclusion_tag("sla/parts/targets.html", takes_context=True)
def promise_list(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """On the agreement's page: each promise, once it is signed with the facts beside it."""
    shown = context["shown"]
    promises = shown.targets
    if not promises or not shown.signed:
        return {"promises": [(*each, None) for each in promises], "outages": shown.outages}
    version = page.version
    views.note_shown(context["request"])
    performance = Performance(version.pk, [target for target, _sentence in promises])
    return {
        "outages": shown.outages,
        "promises": [(*each, line) for each, line in zip(promises, performance.lines, strict=True)],
        "performance": performance,
        "url": views.address_of(version.agreement.key, version.number),
    }


@register.simple_tag
def promise_rule() -> str:
    """How it is counted, in plain words."""
    return _(
        "A case belongs to the month in which its time was due. At the end of the month each of "
        "its cases was answered in time, or it was not. A case that waits for its applicant is "
        "not due while it waits. A case that was opened again and due more than once in a month "
        "counts once, and as missed if one of its rounds was. An answer that comes after the end "
        "of the month is too late for that month. Shares are cut off, never rounded up; times "
        "are rounded up."
    )


@register.simple_tag
def few_rule() -> str:
    """Why some figures are missing, in plain words."""
    return _(
        "A figure on fewer than %(fewest)s cases could point at a person and is not shown. "
        "Another one is left out with it where it could be computed from the rest."
    ) % {"fewest": grouped(FEWEST)}


@register.simple_tag
def verdict_pill(figure: Figure) -> SafeString:
    """Met or missed as sign and word; why there is no figure where there is none."""
    if figure.show != Show.FIGURE:
        return format_html('<span class="muted">{}</span>', tables.show_word(figure))
    return pill(_TONES[figure.verdict], tables.verdict_word(figure))


@register.filter
def share_text(figure: Figure) -> str:
    """The share kept, «۹۷٫۴٪»; empty without a figure."""
    return percent_text(figure.percent) if figure.percent is not None else ""


@register.filter
def cell_share(cell: Cell, line: Line) -> str:
    """The share kept in a part of a month."""
    figure = Figure(Show.FIGURE, line.target, cell.tally)
    return share_text(figure)


@register.filter
def whole_label(line: Line) -> str:
    """What all that is counted of a promise is called: "Decided cases", "Agreed minutes"."""
    return count_labels(line.target)[0]


@register.filter
def kept_label(line: Line) -> str:
    """What the part of it that was kept is called."""
    return count_labels(line.target)[1]


@register.filter
def missed_label(line: Line) -> str:
    """What the part of it that was missed is called."""
    return count_labels(line.target)[2]


@register.filter
def whole_text(figure: Figure) -> str:
    """On how much a figure rests: "40 cases", "43,200 minutes"."""
    if figure.tally is None:
        return ""
    number = figure.tally.decided
    values = {"number": grouped(number)}
    if is_of_minutes(figure.target.measure):
        return ngettext("%(number)s minute", "%(number)s minutes", number) % values
    return ngettext("%(number)s case", "%(number)s cases", number) % values


@register.filter
def promised_text(line: Line) -> str:
    """The promised share."""
    return percent_text(line.target.share.normalize())


@register.filter
def median_text(figure: Figure) -> str:
    """The middle time in the promise's unit."""
    return time_text(figure.median, figure.target, figure.day_minutes)


@register.filter
def p90_text(figure: Figure) -> str:
    """The time of nine in ten cases in the promise's unit."""
    return time_text(figure.p90, figure.target, figure.day_minutes)


@register.filter
def month_label(month: int) -> str:
    """«آذر ۱۴۰۵»."""
    return months.label(month)


@register.filter
def month_iso(month: int) -> str:
    """1405-09."""
    return months.iso(month)


@register.simple_tag
def part_name(cell: Cell, month: MonthFigure, performance: Performance) -> str:
    """A department or a kind by the name that it had in the month."""
    return tables.part_word(cell, performance.names_in(month))


@register.simple_tag
def month_bars(line: Line) -> SafeString:
    """The share kept in each closed month, with the promise as a line; the table stands below.

    Drawn without style or script. A met month is a full bar, a missed one is cut at the top by a
    notch, a month without a figure a stump: the shape says what the colour says.
    """
    bars = [_bar(place, month) for place, month in enumerate(line.months)]
    promised = _HEIGHT - float(line.target.share) / 100 * _HEIGHT
    width = max(len(bars), _MONTHS) * _STEP - (_STEP - _BAR)
    return format_html(
        '<svg class="months" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<line class="months-promise" x1="0" x2="{}" y1="{}" y2="{}"/></svg>',
        width,
        _HEIGHT,
        _("Share kept by month; the line is the promise. The table says the same."),
        format_html_join("", "{}", ((each,) for each in bars)),
        width,
        f"{promised:.1f}",
        f"{promised:.1f}",
    )


def _bar(place: int, month: MonthFigure) -> SafeString:
    figure = month.figure
    share = figure.tally.share if figure.tally else None
    height = _STUMP if share is None else max(float(share) * _HEIGHT, _STUMP)
    words = share_text(figure) or tables.show_word(figure)
    verdict = tables.verdict_word(figure)
    label = f"{months.label(month.month)}: {words}" + (f" – {verdict}" if verdict else "")
    notch = SafeString("")
    if figure.verdict == Verdict.MISSED:
        top = _HEIGHT - height
        notch = format_html(
            '<path class="months-notch" d="M{} {}l{} {}l{} {}z"/>',
            place * _STEP,
            f"{top:.1f}",
            _BAR,
            0,
            -_BAR // 2,
            f"{min(height, _BAR / 2):.1f}",
        )
    return format_html(
        '<g><title>{}</title><rect class="day day-{}" x="{}" y="{}" width="{}" height="{}"/>{}</g>',
        label,
        _TONES[figure.verdict],
        place * _STEP,
        f"{_HEIGHT - height:.1f}",
        _BAR,
        f"{height:.1f}",
        notch,
    )
