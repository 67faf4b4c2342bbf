"""What a notice means for availability: when it impaired, and what of it was announced in time.

Pure. Moments come in aware and leave as whole minutes: what really was is rounded outwards, what
was announced inwards, so that no second of downtime is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notices.availability.engine import WHOLE, Impairment, Span, Window
from notices.enums import KINDS_WITH_IMPACT, Impact, Kind
from notices.state import Facts, over_at

MINUTE = timedelta(minutes=1)
#: Defaults of the settings: one place says them, docs and pages publish what holds.
WEIGHTS: dict[Impact, int] = {
    Impact.NONE: 0,
    Impact.DEGRADED: 0,
    Impact.PARTIAL: 500,
    Impact.MAJOR: WHOLE,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The chosen numbers: weights in thousandths, how long ahead, how much a month.

    `cap` is the most that is excused in a month, in minutes; None: no limit.
    """

    weights: Mapping[Impact, int] = field(default_factory=lambda: dict(WEIGHTS))
    lead: timedelta = timedelta(hours=48)
    cap: int | None = 480


@dataclass(frozen=True, slots=True)
class Announcement:
    """What one update announced: when it was said, and from when until when it then was."""

    at: datetime
    starts_at: datetime
    expected_end: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """One notice as it bears on one service.

    `impacts` says from when which impact held, in order; the first one holds from the start of the
    notice. `announcements` are its updates, oldest first.
    """

    source: str
    facts: Facts
    impacts: tuple[tuple[datetime, Impact], ...]
    announcements: tuple[Announcement, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """From when until when a notice says that a service felt something, and what."""

    begins: int
    ends: int
    impact: Impact
    kind: Kind
    source: str


def effects(told: Told, until: datetime) -> list[Effect]:
    """When and how it was felt, up to `until`; never news, warnings and what has not begun."""
    run = ran(told.facts, until)
    if run is None or told.facts.kind not in KINDS_WITH_IMPACT:
        return []
    begins, ends = run
    cuts = [begins, *(at for at, _impact in told.impacts[1:]), ends]
    found = []
    for number, (_at, impact) in enumerate(told.impacts):
        first, last = max(cuts[number], begins), min(cuts[number + 1], ends)
        if first < last and impact != Impact.NONE:
            span = floor_minute(first), ceil_minute(last)
            found.append(Effect(*span, impact, told.facts.kind, told.source))
    return found


def impairments(told: Told, rules: Rules, until: datetime) -> list[Impairment]:
    """When and how much it impaired, up to `until`: the effects that weigh something."""
    return [
        Impairment(each.begins, each.ends, rules.weights[each.impact], each.source)
        for each in effects(told, until)
        if rules.weights[each.impact]
    ]


def excuse(told: Told, rules: Rules, until: datetime) -> Window | None:
    """The part of a planned window that was announced in time, with the impact announced then.

    What stood announced the lead time before it really began is what holds: no later update makes
    the window longer or earlier, and nothing beyond its end is excused.
    """
    run = ran(told.facts, until)
    if run is None or told.facts.kind != Kind.MAINTENANCE:
        return None
    stood = standing(told.announcements, told.facts.starts_at - rules.lead)
    if stood is None or stood.expected_end is None:
        return None
    begins = max(floor_minute(run[0]), ceil_minute(stood.starts_at))
    ends = min(ceil_minute(run[1]), floor_minute(stood.expected_end))
    before = [impact for at, impact in told.impacts if at <= told.facts.starts_at - rules.lead]
    impact = before[-1] if before else told.impacts[0][1]
    if begins >= ends or not rules.weights[impact]:
        return None
    return Window(begins, ends, rules.weights[impact], told.source)


def in_time(told: Told, rules: Rules) -> bool:
    """Whether the window, as it really began, stood announced the lead time before."""
    stood = standing(told.announcements, told.facts.starts_at - rules.lead)
    return stood is not None and stood.starts_at == told.facts.starts_at


def standing(announcements: Sequence[Announcement], at: datetime) -> Announcement | None:
    """What was announced last, as far as anybody knew at a moment."""
    return next((each for each in reversed(announcements) if each.at <= at), None)


def ran(facts: Facts, until: datetime) -> tuple[datetime, datetime] | None:
    """From when until when it really was, as far as `until`; None where it has not been."""
    end = over_at(facts)
    ends = until if end is None else min(end, until)
    return (facts.starts_at, ends) if facts.starts_at < ends else None


def floor_minute(at: datetime) -> int:
    """The minute in which a moment lies, as a number since 1970 in UTC."""
    return int(at.timestamp()) // 60


def ceil_minute(at: datetime) -> int:
    """The first whole minute that is not before a moment."""
    return -int(-at.timestamp() // 60)


def span_of(starts: datetime, ends: datetime) -> Span:
    """Two moments on whole minutes as a span."""
    return floor_minute(starts), floor_minute(ends)
