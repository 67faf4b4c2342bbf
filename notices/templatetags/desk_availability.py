"""`{% load desk_availability %}`: figures of availability in words and marks."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms_pages.templatetags.desk_face import pill
from notices.availability import showing, words
from notices.availability.showing import Entry, MonthLine, Picture
from sla.attainment import Verdict
from sla.performance.words import percent_text

register = template.Library()
_TONES = {Verdict.MET: "ok", Verdict.MISSED: "major", Verdict.NONE: "closed"}


@register.filter
def share_text(value: Decimal | Fraction | None) -> str:
    """A share in percent, «۹۹٫۳۰۲٪»; words where there is none."""
    if isinstance(value, Fraction):
        value = showing.percent(value)
    return _("not known") if value is None else percent_text(value)


@register.filter
def target_text(promised: showing.Promised | None) -> str:
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
