"""How a promised time is judged, and what a number of cases amounts to (R8, R13). Pure.

The rule: a case belongs to the Jalali month in which its time was due, so that at the end of the
month each of its cases is kept or missed. A case that waits for its applicant is not due while it
waits. A case counts once in a month, however often it was opened again: `sla.counting.judged`.
Months are judged as they stood at their end: an answer given later does not mend them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction


class Outcome(StrEnum):
    """What became of one case's promised time."""

    KEPT = "kept"
    LATE = "late"
    OVERDUE = "overdue"
    NOT_DUE = "not_due"
    WAITING = "waiting"


class Verdict(StrEnum):
    """What a period says about a target."""

    MET = "met"
    MISSED = "missed"
    NONE = "none"


def outcome(
    *,
    due_at: datetime,
    stopped_at: datetime | None,
    paused_at: datetime | None,
    as_of: datetime,
) -> Outcome:
    """Judge one case as it stood at `as_of`; what happened later is not known yet.

    `paused_at` is since when it has waited for the applicant: time that was not up when the wait
    began cannot run out in it, even if the case ends without going on.
    """
    stopped = stopped_at is not None and stopped_at <= as_of
    waits = paused_at is not None and paused_at <= as_of and paused_at <= due_at
    if stopped:
        in_time = waits or (stopped_at is not None and stopped_at <= due_at)
        return Outcome.KEPT if in_time else Outcome.LATE
    if waits:
        return Outcome.WAITING
    return Outcome.OVERDUE if due_at <= as_of else Outcome.NOT_DUE


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """How much may be missed before a promise is broken: of cases or of minutes, exactly.

    `allowed` is the whole × (1 − promised share), `spent` what was missed.
    """

    allowed: Fraction
    spent: int

    @property
    def remaining(self) -> Fraction:
        """What may still be missed; below nothing where the promise is broken."""
        return self.allowed - self.spent

    @property
    def beyond(self) -> Fraction:
        """What was missed beyond it; nothing while the promise holds."""
        return max(-self.remaining, Fraction(0))

    @property
    def burn(self) -> Fraction | None:
        """The part of it that is used up; None where nothing is allowed."""
        return self.spent / self.allowed if self.allowed else None


def error_budget(*, whole: int, missed: int, promised: Decimal) -> ErrorBudget:
    """The error budget of `whole` cases or minutes under a promised share in percent."""
    return ErrorBudget(whole * (1 - Fraction(promised) / 100), missed)


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of one target by outcome, and the times that the ended ones took.

    `times` maps minutes to the number of cases that took them; the overdue ones, and ended ones
    of unknown time, count as longer than any.
    """

    kept: int = 0
    late: int = 0
    overdue: int = 0
    not_due: int = 0
    waiting: int = 0
    times: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        times = dict(self.times)
        for minutes, count in other.times.items():
            times[minutes] = times.get(minutes, 0) + count
        names = [each.name for each in fields(self) if each.name != "times"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Tally(**sums, times=times)

    @property
    def missed(self) -> int:
        """Ended too late, or open and overdue."""
        return self.late + self.overdue

    @property
    def decided(self) -> int:
        """Cases that are kept or missed: what a share is a share of."""
        return self.kept + self.missed

    @property
    def share(self) -> Fraction | None:
        """The part that was kept, exactly; None where nothing is decided."""
        return Fraction(self.kept, self.decided) if self.decided else None

    def verdict(self, promised: Decimal) -> Verdict:
        """Met or missed against a promised share in percent; compared exactly, never rounded."""
        share = self.share
        if share is None:
            return Verdict.NONE
        return Verdict.MET if share * 100 >= Fraction(promised) else Verdict.MISSED

    def error_budget(self, promised: Decimal) -> ErrorBudget:
        """Of the decided ones, how many may be missed, and how many were."""
        return error_budget(whole=self.decided, missed=self.missed, promised=promised)

    def percentile(self, percent: int) -> float | None:
        """The time in minutes within which so many percent of the decided cases ended.

        By nearest rank: a time that one of them really took. `math.inf` where that case has not
        ended yet; None where nothing is decided.
        """
        if not self.decided:
            return None
        rank = -(-percent * self.decided // 100)
        for minutes in sorted(self.times):
            rank -= self.times[minutes]
            if rank <= 0:
                return minutes
        return math.inf


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum; of none an empty tally."""
    return sum(tallies, Tally())


def floored_percent(share: Fraction, promised: Decimal) -> Decimal:
    """A share in percent for the eye, cut off behind as many places as the promise has.

    At least one place. Cutting off never lifts a share to a promise that it does not keep.
    """
    exponent = promised.normalize().as_tuple().exponent
    places = max(1, -exponent) if isinstance(exponent, int) else 1
    scaled = share * 100 * 10**places
    number = Decimal(scaled.numerator // scaled.denominator).scaleb(-places)
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR)
