"""`{% load desk_availability %}`: figures of availability in words and marks."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms_pages.templatetags.desk_face import day_bars, pill
from notices.availability import words
from notices.availability.bars import Bars
from notices.availability.days import Day, DayState
from notices.availability.promised import Promised, percent
from notices.availability.showing import Entry, MonthLine, Picture
from notices.enums import Impact
from sla.attainment import Verdict
from sla.performance.words import percent_text

register = template.Library()
_TONES = {Verdict.MET: "ok", Verdict.MISSED: "major", Verdict.NONE: "closed"}
_TONES_OF_DAYS = {
    DayState.UNKNOWN: "unknown",
    DayState.CLOSED: "closed",
    DayState.IN_ORDER: "ok",
    DayState.PLANNED: "info",
}
#: What the bars of faults look like; the worst first.
_TONES_OF_FAULTS = {Impact.MAJOR: "major", Impact.PARTIAL: "partial", Impact.DEGRADED: "waiting"}


@register.filter
def share_text(value: Decimal | Fraction | None) -> str:
    """A share in percent, «۹۹٫۳۰۲٪»; words where there is none."""
    if isinstance(value, Fraction):
        value = percent(value)
    return _("not known") if value is None else percent_text(value)


@register.filter
def target_text(promised: Promised | None) -> str:
    """The promised share; words where none is promised."""
    if promised is None:
        return _("no target")
    return percent_text(promised.target.share.normalize())


@register.filter
def minutes_text(minutes: int | Fraction | None) -> str:
    """A time in minutes, from two hours on in hours and minutes; a dash where there is none."""
    return words.minutes_text(minutes)


@register.filter
def weighted(amount: int) -> str:
    """A weighted amount in thousandths of a minute, as minutes."""
    return words.amount_text(amount)


@register.filter
def moment(minute: int) -> datetime:
    """The moment of a minute of the engine."""
    return datetime.fromtimestamp(minute * 60, UTC)


@register.simple_tag
def target_pill(verdict: Verdict, running: Any = False) -> SafeString:
    """Target met or missed as sign and word; nothing without a target."""
    text = words.verdict_word(verdict, running=bool(running))
    return pill(_TONES[verdict], text) if text else SafeString("")


@register.simple_tag
def stretches_of(picture: Picture, line: MonthLine) -> list[Entry]:
    """The impaired stretches of a month, each with its notices."""
    return picture.entries(line)


@register.inclusion_tag("notices/parts/availability_rules.html")
def availability_rules(picture: Picture) -> dict[str, Any]:
    """How it is counted, in plain words, with the numbers that were chosen."""
    return {"sentences": words.rule_sentences(picture.rules)}


@register.simple_tag
def service_bars(bars: Bars, fold: Any = False) -> SafeString:
    """The days of a service as bars; folded, a phone shows the last thirty."""
    days = [{"tone": _tone(day), "label": words.day_label(day)} for day in bars.days]
    return day_bars(days, label=words.days_sentence(bars), ends=True, fold=bool(fold))


@register.filter
def bars_sentence(bars: Bars) -> str:
    """The same in words."""
    return words.days_sentence(bars)


@register.filter
def day_words(day: Day) -> str:
    """What a day was."""
    return words.day_words(day)


@register.inclusion_tag("notices/parts/day_legend.html")
def day_legend() -> dict[str, Any]:
    """What the bars of the days mean, each drawn beside its word."""
    faults = [(tone, impact.label) for impact, tone in reversed(_TONES_OF_FAULTS.items())]
    states = {tone: state.label for state, tone in _TONES_OF_DAYS.items()}
    order = [("ok", states["ok"]), ("info", states["info"]), *faults]
    return {"kinds": [*order, ("closed", states["closed"]), ("unknown", states["unknown"])]}


def _tone(day: Day) -> str:
    if day.state == DayState.IMPAIRED:
        return _TONES_OF_FAULTS[day.worst]
    return _TONES_OF_DAYS[day.state]
