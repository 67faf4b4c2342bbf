"""The figures of one service in one month, from the facts; as plain JSON for reports, and back.

Pure over a `facts.Book`: no query, no clock.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from notices.availability import announced
from notices.availability.announced import MINUTE, Rules, Told, ceil_minute, floor_minute, ran
from notices.availability.engine import (
    WHOLE,
    Impairment,
    Reckoning,
    Span,
    Stretch,
    Window,
    intersect,
    merge,
    reckon,
)
from notices.availability.facts import Book, Watched
from notices.availability.periods import CalendarMonth
from notices.enums import Impact, Kind
from notices.state import over_at

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Care:
    """How well it was told of what began in the month.

    `windows` planned windows began, `windows_in_time` of them as announced in time. `outages` began
    of which the first notice came after `first_notice` minutes each; `longest_silence` is the
    longest time in minutes without an update while one of them ran, None without an outage.
    """

    windows: int = 0
    windows_in_time: int = 0
    first_notice: tuple[int, ...] = ()
    longest_silence: int | None = None

    @property
    def outages(self) -> int:
        """How many outages began."""
        return len(self.first_notice)

    @property
    def mean_first_notice(self) -> int | None:
        """The mean time to the first notice in minutes, rounded up."""
        return _mean_up(self.first_notice)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What a month says of one service."""

    reckoning: Reckoning
    care: Care
    rules: Rules

    @property
    def outages(self) -> int:
        """The number of uninterrupted outages that counted."""
        return len(self.reckoning.outages)

    @property
    def longest(self) -> int | None:
        """The longest of them in agreed minutes."""
        return max(self.reckoning.outages, default=None)

    @property
    def mean_repair(self) -> int | None:
        """MTTR: the mean length of an outage in agreed minutes, rounded up."""
        return _mean_up(self.reckoning.outages)

    @property
    def mean_between(self) -> int | None:
        """MTBF: agreed and known minutes without an outage by outage, rounded down."""
        found = self.reckoning.outages
        return (self.reckoning.known - sum(found)) // len(found) if found else None

    @property
    def excused(self) -> int:
        """Excused downtime in whole minutes, rounded down."""
        return self.reckoning.excused // WHOLE


@dataclass(frozen=True, slots=True)
class Total:
    """Several months or services together: whole minutes add up, shares never do."""

    available: int = 0
    due: int = 0
    known: int = 0
    agreed: int = 0

    @property
    def lost(self) -> int:
        """The downtime that counts."""
        return self.due - self.available

    @property
    def share(self) -> Fraction | None:
        """The availability of all of it; None where nothing is due."""
        return Fraction(self.available, self.due) if self.due else None

    @property
    def coverage(self) -> Fraction | None:
        """The known part of the agreed time."""
        return Fraction(self.known, self.agreed) if self.agreed else None


def total(figures: Iterable[MonthFigures]) -> Total:
    """The sum."""
    found = [each.reckoning for each in figures]
    return Total(
        available=sum(each.available for each in found),
        due=sum(each.due for each in found),
        known=sum(each.known for each in found),
        agreed=sum(each.agreed for each in found),
    )


def times(watched: Watched, period: CalendarMonth, book: Book) -> tuple[list[Span], list[Span]]:
    """The agreed time of a service in a month as far as `book.at`, and what of it is known."""
    begins, ends = _so_far(period, book)
    agreed = intersect(book.agreed(watched, period), merge([(begins, ends)]))
    if watched.since is None:
        return agreed, []
    return agreed, intersect(agreed, merge([(ceil_minute(watched.since), ends)]))


def figures_of(watched: Watched, period: CalendarMonth, book: Book) -> MonthFigures:
    """Count a service in a month, as far as `book.at`: of what lies ahead nothing is known."""
    begins, until = period.starts, min(period.ends, book.at)
    agreed, known = times(watched, period, book)
    touching = _touching(watched, begins, until)
    impairments: list[Impairment] = []
    windows: list[Window] = []
    for told in touching:
        impairments += announced.impairments(told, book.rules, until)
        if window := announced.excuse(told, book.rules, until):
            windows.append(window)
    return MonthFigures(
        reckoning=reckon(
            period=_so_far(period, book),
            agreed=agreed,
            known=known,
            impairments=impairments,
            windows=windows,
            cap=book.rules.cap,
        ),
        care=_care(touching, begins, book.rules, until),
        rules=book.rules,
    )


def _so_far(period: CalendarMonth, book: Book) -> Span:
    """A month as far as it has come."""
    starts = floor_minute(period.starts)
    return starts, max(floor_minute(min(period.ends, book.at)), starts)


def fingerprint(watched: Iterable[Watched], period: CalendarMonth, book: Book) -> str:
    """The SHA-256 of the facts of these services in a month, in any order.

    What is beyond the month's end is no fact of it: an outage that goes on beyond it ends there.
    """
    begins, until = period.starts, min(period.ends, book.at)
    lines = [_digest(["rules", rules_json(book.rules)])]
    for each in watched:
        touching = _touching(each, begins, until)
        agreed = book.agreed(each, period)
        known = floor_minute(max(each.since, begins)) if each.since else None
        care = asdict(_care(touching, begins, book.rules, until))
        lines.append(_digest(["service", each.service.key, agreed, known, care]))
        for told in touching:
            felt = _facts(each.service.key, told, book.rules, begins, until)
            lines += [_digest(line) for line in felt]
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def to_json(figures: MonthFigures) -> dict[str, Any]:
    """The figures as a report keeps them; moments are minutes since 1970 in UTC."""
    reckoning, care = figures.reckoning, figures.care
    return {
        "format": FORMAT,
        "rules": rules_json(figures.rules),
        **{name: getattr(reckoning, name) for name in _NUMBERS},
        "stretches": [
            [each.begins, each.ends, each.weight, each.excused, each.counted, list(each.sources)]
            for each in reckoning.stretches
        ],
        "outages": list(reckoning.outages),
        "care": {**asdict(care), "first_notice": list(care.first_notice)},
    }


def from_json(plain: Mapping[str, Any]) -> MonthFigures:
    """What a report keeps, as values again."""
    care = plain["care"]
    rules = plain["rules"]
    return MonthFigures(
        reckoning=Reckoning(
            **{name: plain[name] for name in _NUMBERS},
            stretches=tuple(_stretch(*each) for each in plain["stretches"]),
            outages=tuple(plain["outages"]),
        ),
        care=Care(**{**care, "first_notice": tuple(care["first_notice"])}),
        rules=Rules(
            weights={Impact(name): weight for name, weight in rules["weights"].items()},
            lead=rules["lead_minutes"] * MINUTE,
            cap=rules["cap"],
        ),
    )


def _stretch(
    begins: int, ends: int, weight: int, excused: int, counted: int, sources: list[str]
) -> Stretch:
    return Stretch(begins, ends, weight, excused, counted, tuple(sources))


def rules_json(rules: Rules) -> dict[str, Any]:
    """The chosen numbers, as a report keeps them."""
    return {
        "weights": {impact.value: rules.weights[impact] for impact in Impact},
        "lead_minutes": rules.lead // MINUTE,
        "cap": rules.cap,
    }


_NUMBERS = ("agreed", "known", "excused", "counted", "over_cap")


def _care(notices: Iterable[Told], begins: datetime, rules: Rules, until: datetime) -> Care:
    """How well it was told of those of the notices that began from `begins` on."""
    windows = in_time = 0
    first_notice: list[int] = []
    silences: list[int] = []
    for told in notices:
        run = ran(told.facts, until)
        if run is None or run[0] < begins:
            continue
        if told.facts.kind == Kind.MAINTENANCE:
            windows += 1
            in_time += announced.in_time(told, rules)
        elif told.announcements:
            said = [each.at for each in told.announcements]
            late = ceil_minute(said[0]) - floor_minute(run[0])
            first_notice.append(max(late, 0))
            heard = [run[0], *(each for each in said if run[0] < each < run[1]), run[1]]
            gaps = (
                ceil_minute(later) - floor_minute(earlier) for earlier, later in pairwise(heard)
            )
            silences.append(max(gaps))
    return Care(windows, in_time, tuple(sorted(first_notice)), max(silences, default=None))


def _touching(watched: Watched, begins: datetime, until: datetime) -> list[Told]:
    """The notices that bear on a service in [begins, until)."""
    found = []
    for told in watched.told:
        end = over_at(told.facts)
        if told.facts.starts_at < until and (end is None or end > begins):
            found.append(told)
    return found


def _facts(
    key: str, told: Told, rules: Rules, begins: datetime, until: datetime
) -> list[list[Any]]:
    """What of a notice bears on a service in [begins, until), as canonical lines."""
    first, last = floor_minute(begins), floor_minute(until)
    felt: list[Impairment | Window] = [*announced.impairments(told, rules, until)]
    window = announced.excuse(told, rules, until)
    felt += [window] if window else []
    return [
        [
            *(type(each).__name__, key, told.source, each.weight),
            *(max(each.begins, first), min(each.ends, last)),
        ]
        for each in felt
    ]


def _mean_up(numbers: Iterable[int]) -> int | None:
    found = list(numbers)
    return -(-sum(found) // len(found)) if found else None


def _digest(line: list[Any]) -> bytes:
    text = json.dumps(line, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).digest()
