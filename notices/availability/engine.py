"""The arithmetic of availability: pure; no database, no clock, no settings.

Time is counted in whole minutes, as integers on one line (minutes since 1970 in UTC); spans are
half open, [begins, ends). Weights are thousandths: 1000 is wholly unavailable, 0 is no effect. A
weighted amount is in thousandths of a minute, so that all sums are exact.

Rules (docs/availability.md, of reference "Availability: computing rules"):

* only agreed time counts, and of it only what is known; the unknown part is coverage, not uptime;
* where several impairments overlap the worst weight holds, never their sum;
* an impairment inside a window that was announced in time is excused up to the announced weight;
  what is excused leaves the downtime and the agreed time alike, up to a cap for the period;
* the result is a pair of whole minutes, rounded once and against the service.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

#: The weight of a service that is wholly unavailable.
WHOLE = 1000
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Impairment:
    """From when until when a source (a notice) says that the service was impaired, and how much."""

    begins: int
    ends: int
    weight: int
    source: str


@dataclass(frozen=True, slots=True)
class Window:
    """A planned window that was announced in time; it excuses impairments up to its weight."""

    begins: int
    ends: int
    weight: int
    source: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Agreed and known time in which one and the same thing held.

    `weight` is the worst of its sources, which stand worst first; `excused` and `counted` are
    weighted amounts in thousandths of a minute, together length × weight.
    """

    begins: int
    ends: int
    weight: int
    excused: int
    counted: int
    sources: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """Its length."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Amounts:
    """What of some time was agreed and known, in minutes, `known` a part of `agreed`.

    `excused` and `counted` are weighted thousandths of minutes.
    """

    agreed: int
    known: int
    excused: int
    counted: int

    @property
    def due(self) -> int:
        """The denominator in minutes: known agreed time without what is excused, rounded up."""
        return -(-(self.known * WHOLE - self.excused) // WHOLE)

    @property
    def available(self) -> int:
        """The numerator in minutes: the due time less the downtime, rounded down."""
        return (self.known * WHOLE - self.excused - self.counted) // WHOLE

    @property
    def lost(self) -> int:
        """The downtime that counts, in minutes: what is missing of the due time."""
        return self.due - self.available

    @property
    def share(self) -> Fraction | None:
        """The availability, 0 ≤ A ≤ 1; None where nothing is due: neither 0 % nor 100 %."""
        return Fraction(self.available, self.due) if self.due else None

    @property
    def coverage(self) -> Fraction | None:
        """The known part of the agreed time; None where none was agreed."""
        return Fraction(self.known, self.agreed) if self.agreed else None


@dataclass(frozen=True, slots=True)
class Reckoning(Amounts):
    """One service in one period.

    `over_cap` is what would have been excused but for the cap (a part of `counted`). `outages` are
    the lengths, in agreed minutes, of the uninterrupted outages that counted, in order.
    """

    over_cap: int
    stretches: tuple[Stretch, ...]
    outages: tuple[int, ...]


def together(parts: Iterable[Amounts]) -> Amounts:
    """The sum of parts of a time, to be rounded once and not part by part."""
    found = list(parts)
    return Amounts(
        agreed=sum(each.agreed for each in found),
        known=sum(each.known for each in found),
        excused=sum(each.excused for each in found),
        counted=sum(each.counted for each in found),
    )


def reckon(
    *,
    period: Span,
    agreed: Iterable[Span],
    known: Iterable[Span],
    impairments: Iterable[Impairment],
    windows: Iterable[Window],
    cap: int | None = None,
) -> Reckoning:
    """Reckon one service over a period; `cap` limits the excused minutes of it (None: no limit).

    The order of the arguments' members never matters, nor do overlaps and cuts within them.
    """
    promised = intersect(merge(agreed), [period])
    seen = intersect(promised, merge(known))
    felt = [each for each in impairments if each.weight > 0 and each.begins < each.ends]
    excuses = [each for each in windows if each.begins < each.ends]
    stretches, over_cap = _judged(_slices(seen, felt, excuses), cap)
    return Reckoning(
        agreed=length(promised),
        known=length(seen),
        excused=sum(each.excused for each in stretches),
        counted=sum(each.counted for each in stretches),
        over_cap=over_cap,
        stretches=tuple(stretches),
        outages=_outages(stretches, merge((each.begins, each.ends) for each in felt)),
    )


def _judged(slices: Iterable["_Slice"], cap: int | None) -> tuple[list[Stretch], int]:
    """Excuse what may be, the earliest first, until the cap is reached; and what it cut off.

    A slice is cut in the minute in which that happens, so that each minute says what it was.
    """
    found: list[Stretch] = []
    left, over_cap = (cap or 0) * WHOLE, 0
    for begins, ends, weight, allowed, sources in slices:
        whole = ends - begins if cap is None or not allowed else min(ends - begins, left // allowed)
        rest = 0 if cap is None or begins + whole == ends else left - whole * allowed
        parts = [(begins, begins + whole, whole * allowed)]
        if allowed and rest:
            parts.append((begins + whole, begins + whole + 1, rest))
        parts.append((parts[-1][1], ends, 0))
        for first, last, excused in parts:
            if first < last:
                amount = (last - first) * weight
                found.append(Stretch(first, last, weight, excused, amount - excused, sources))
                left -= excused
        over_cap += (ends - begins) * allowed - sum(excused for *_ends, excused in parts)
    return found, over_cap


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time in order, without overlaps, touching and empty spans."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if begins >= ends:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def intersect(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """The time that is in both; both merged, in order."""
    found: list[Span] = []
    one = other = 0
    while one < len(left) and other < len(right):
        begins = max(left[one][0], right[other][0])
        ends = min(left[one][1], right[other][1])
        if begins < ends:
            found.append((begins, ends))
        if left[one][1] < right[other][1]:
            one += 1
        else:
            other += 1
    return found


def length(spans: Iterable[Span]) -> int:
    """How many minutes merged spans are together."""
    return sum(ends - begins for begins, ends in spans)


def lengths_in(spans: Sequence[Span], cuts: Iterable[Span]) -> list[int]:
    """How many minutes of merged spans lie in each of some cuts; both in order."""
    found: list[int] = []
    place = 0
    for begins, ends in cuts:
        while place < len(spans) and spans[place][1] <= begins:
            place += 1
        found.append(length(_inside(spans, place, begins, ends)))
    return found


def cut(stretch: Stretch, span: Span) -> Stretch | None:
    """The part of a stretch inside a span; None where there is none.

    Exact: what is excused of a stretch and what counts is the same in each of its minutes.
    """
    begins, ends = max(stretch.begins, span[0]), min(stretch.ends, span[1])
    if begins >= ends:
        return None
    excused, counted = (
        amount // stretch.minutes * (ends - begins) for amount in (stretch.excused, stretch.counted)
    )
    return Stretch(begins, ends, stretch.weight, excused, counted, stretch.sources)


_Slice = tuple[int, int, int, int, tuple[str, ...]]


def _slices(
    seen: Sequence[Span], felt: Sequence[Impairment], excuses: Sequence[Window]
) -> list[_Slice]:
    """Impaired time cut where anything changes: begins, ends, worst weight, excuse, sources.

    Neighbours in which the same holds are one again, however the impairments were cut.
    """
    everything: list[Impairment | Window] = [*felt, *excuses]
    starting: dict[int, list[Impairment | Window]] = {}
    for each in everything:
        starting.setdefault(each.begins, []).append(each)
    edges = sorted({edge for each in everything for edge in (each.begins, each.ends)})
    found: list[_Slice] = []
    running: list[Impairment | Window] = []
    place = 0
    for begins, ends in pairwise(edges):
        running = [each for each in running if each.ends > begins] + starting.get(begins, [])
        held = _held(running)
        while place < len(seen) and seen[place][1] <= begins:
            place += 1
        if held is None:
            continue
        for first, last in _inside(seen, place, begins, ends):
            if found and found[-1][1] == first and found[-1][2:] == held:
                found[-1] = (found[-1][0], last, *held)
            else:
                found.append((first, last, *held))
    return found


def _held(running: Sequence[Impairment | Window]) -> tuple[int, int, tuple[str, ...]] | None:
    """Of what runs at once: worst weight, excused weight, sources; None without impairment."""
    weights: dict[str, int] = {}
    allowed = 0
    for each in running:
        if isinstance(each, Window):
            allowed = max(allowed, each.weight)
        else:
            weights[each.source] = max(weights.get(each.source, 0), each.weight)
    if not weights:
        return None
    worst = max(weights.values())
    sources = tuple(sorted(weights, key=lambda source: (-weights[source], source)))
    return worst, min(worst, allowed), sources


def _inside(seen: Sequence[Span], place: int, begins: int, ends: int) -> Iterator[Span]:
    """The parts of a span in merged spans, looked for from a place on."""
    while place < len(seen) and seen[place][0] < ends:
        first, last = max(seen[place][0], begins), min(seen[place][1], ends)
        if first < last:
            yield first, last
        place += 1


def _outages(stretches: Sequence[Stretch], runs: Sequence[Span]) -> tuple[int, ...]:
    """Of each uninterrupted run of impairment the agreed minutes that counted, where any did."""
    found: list[int] = []
    place = 0
    for _begins, ends in runs:
        minutes = 0
        while place < len(stretches) and stretches[place].begins < ends:
            if stretches[place].counted:
                minutes += stretches[place].minutes
            place += 1
        if minutes:
            found.append(minutes)
    return tuple(found)
