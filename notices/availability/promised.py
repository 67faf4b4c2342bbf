"""What agreements promise of a service's availability, and whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from django.http import HttpRequest

from notices.availability import measure
from notices.availability.facts import Watched
from notices.availability.periods import JALALI, CalendarMonth
from sla.attainment import ErrorBudget, Tally, Verdict, floored_percent
from sla.enums import Measure
from sla.months import month_of
from sla.reading import versions_for
from sla.reports import Measured, measured
from sla.targets import Target

#: Shares are shown with three places: one failed minute of a month never looks like 100.
_PLACES = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Promised:
    """An availability that an agreement promises, and which of its versions does."""

    version_id: int
    target: Target


class Minutes(Protocol):
    """Whole minutes of some time: those that were due, and what is missing of them."""

    @property
    def due(self) -> int:
        """The denominator."""

    @property
    def available(self) -> int:
        """The numerator."""

    @property
    def lost(self) -> int:
        """The rest."""


def percent(share: Fraction | None) -> Decimal | None:
    """A share in percent for the eye, cut off behind three places, never rounded up."""
    return floored_percent(share, _PLACES) if share is not None else None


def verdict(minutes: Minutes, promised: Promised | None) -> Verdict:
    """Met or missed, as `sla` judges every promise."""
    if promised is None:
        return Verdict.NONE
    return _tally(minutes).verdict(promised.target.share)


def budget(minutes: Minutes, promised: Promised | None) -> ErrorBudget | None:
    """The error budget, as `sla` counts it for every promise."""
    if promised is None or not minutes.due:
        return None
    return _tally(minutes).error_budget(promised.target.share)


def promising(request: HttpRequest) -> list[Measured]:
    """The signed versions, which everybody may read, that promise an availability."""
    return [
        each
        for each in measured(versions_for(request, texts=True))
        if any(target.measure == Measure.AVAILABILITY for target in each.targets)
    ]


def promised_of(
    versions: Sequence[Measured], watched: Watched, month: CalendarMonth
) -> Promised | None:
    """What was promised of a service in a month: the narrowest, of equals by the newest version."""
    number = month.number if month.calendar == JALALI else month_of(month.last)
    found = [
        Promised(each.version.pk, target)
        for each in versions
        if each.first <= number and (each.last is None or number <= each.last)
        if (target := measure.narrowest(each.targets, watched)) is not None
    ]
    return max(found, key=lambda one: (one.target.specificity, one.version_id), default=None)


def _tally(minutes: Minutes) -> Tally:
    return Tally(kept=minutes.available, late=minutes.lost)
