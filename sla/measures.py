"""Which floor counts what: the registry of measures (R8, R13).

An agreement promises; a floor above counts. It registers each of its measures in
`AppConfig.ready()`; a target whose measure nobody has registered stands as "not measured yet".

A timed measure is counted from `Clock` rows, which its floor starts and stops. A share measure is
counted by a function of its floor: so many of so many.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sla.enums import SHARE_MEASURES, TIMED_MEASURES, Measure
from sla.months import Period
from sla.targets import Target

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class TimedMeasure:
    """A time that runs for each case.

    `visible_subjects` gives the subjects (as a queryset of one column) that a member of staff may
    know of, `addresses` where staff find some of them, by subject; `kinds` are the kinds with their
    labels.
    """

    measure: Measure
    visible_subjects: "Callable[[Any], QuerySet[Any, Any]]"
    addresses: Callable[[Sequence[str]], dict[str, str]]
    kinds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareCount:
    """`numerator` of `denominator`; `by` is the evidence: (department, kind, of it, of how many).

    Departments and kinds are keys; "" is where none applies. `detail` is plain JSON that a report
    keeps beside the figure: how it came about, in the words of the floor that counts. `facts` is
    the fingerprint of what it was counted from; without one the figure itself stands for it.
    """

    numerator: int
    denominator: int
    by: tuple[tuple[str, str, int, int], ...] = ()
    detail: Mapping[str, Any] | None = None
    facts: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError("a share is a part of its whole")


@dataclass(frozen=True, slots=True)
class ShareMeasure:
    """A share of something in a month; `count` gives None where there is nothing to count in.

    `of_people` tells that the denominator counts people or their cases, so that few are hidden;
    `minutes` that it counts minutes. `kinds` are the kinds with their labels.
    """

    measure: Measure
    count: Callable[[Period, Target], ShareCount | None]
    of_people: bool = True
    minutes: bool = False
    kinds: Mapping[str, Any] = field(default_factory=dict)


Source = TimedMeasure | ShareMeasure

_sources: dict[Measure, Source] = {}


def register(source: Source) -> None:
    """Say how a measure is counted; the last one registered for a measure holds."""
    allowed = TIMED_MEASURES if isinstance(source, TimedMeasure) else SHARE_MEASURES
    if source.measure not in allowed:
        raise ValueError(f"{source.measure} cannot be counted like this.")
    _sources[source.measure] = source


def unregister(measure: Measure) -> None:
    """Take a measure out again (for tests)."""
    _sources.pop(measure, None)


def source_of(measure: Measure) -> Source | None:
    """How a measure is counted; None while nobody has said."""
    return _sources.get(measure)


def is_of_minutes(measure: Measure) -> bool:
    """Whether what is counted of it are minutes, not cases."""
    source = source_of(measure)
    return isinstance(source, ShareMeasure) and source.minutes


def is_of_people(measure: Measure) -> bool:
    """Whether small counts of it could point at a person; yes while nobody has said otherwise."""
    source = source_of(measure)
    return source.of_people if isinstance(source, ShareMeasure) else True
