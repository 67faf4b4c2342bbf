"""The figures of a month as the plain JSON that reports keep, and back. Pure.

`figures` holds for each target whether it is measured, its cases by outcome, how many of the
decided ones were due in an earlier month too, the same cases by department and kind, and of a share
the detail that the floor which counts it wants kept; `times`
the minutes that ended cases took, with the number of cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla.attainment import Outcome, Tally
from sla.counting import Counted

FORMAT = 1
_OUTCOMES = tuple(outcome.value for outcome in Outcome)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of one version: frozen where `revision` is not 0, running where it is.

    `at` is when it was made or counted; `day_minutes` the length of an ordinary working day then,
    0 where the calendar knew none.
    """

    month: int
    revision: int
    at: datetime
    targets: Mapping[str, Counted] = field(default_factory=dict)
    day_minutes: int = 0
    reason: str = ""
    inputs_sha256: str = ""
    names: Mapping[str, list[str]] = field(default_factory=dict)


def to_json(counts: Mapping[str, Counted], day_minutes: int) -> tuple[dict[str, Any], Any]:
    """The two JSON values that a row keeps: figures and times."""
    targets = {key: _plain(one) for key, one in counts.items()}
    times = {key: sorted(one.tally.times.items()) for key, one in counts.items() if one.measured}
    return {"format": FORMAT, "day_minutes": day_minutes, "targets": targets}, times


def from_json(
    *,
    month: int,
    revision: int,
    at: datetime,
    figures: Mapping[str, Any],
    times: Mapping[str, Any],
    reason: str = "",
    inputs_sha256: str = "",
    names: Mapping[str, list[str]] | None = None,
) -> MonthFigures:
    """What a row keeps, as values again."""
    return MonthFigures(
        month=month,
        revision=revision,
        at=at,
        targets={
            key: _counted(plain, times.get(key, ())) for key, plain in figures["targets"].items()
        },
        day_minutes=figures["day_minutes"],
        reason=reason,
        inputs_sha256=inputs_sha256,
        names=names or {},
    )


def _plain(one: Counted) -> dict[str, Any]:
    if not one.measured:
        return {"measured": False}
    cells = [
        [department, kind, *_numbers(cell)] for (department, kind), cell in sorted(one.by.items())
    ]
    numbers = dict(zip(_OUTCOMES, _numbers(one.tally), strict=True))
    detail = {} if one.detail is None else {"detail": one.detail}
    return {"measured": True, **numbers, "again": one.again, "by": cells, **detail}


def _numbers(tally: Tally) -> list[int]:
    return [getattr(tally, name) for name in _OUTCOMES]


def _counted(plain: Mapping[str, Any], times: Any) -> Counted:
    if not plain["measured"]:
        return Counted(measured=False)
    return Counted(
        measured=True,
        tally=Tally(**{name: plain[name] for name in _OUTCOMES}, times=dict(map(tuple, times))),
        by={
            (department, kind): Tally(**dict(zip(_OUTCOMES, numbers, strict=True)))
            for department, kind, *numbers in plain["by"]
        },
        again=plain.get("again", 0),
        detail=plain.get("detail"),
    )
