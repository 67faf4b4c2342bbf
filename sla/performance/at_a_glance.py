"""How many promises are kept so far this month: one line for the home page (R13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sla.attainment import Verdict
from sla.counting import Counted
from sla.measures import is_of_people
from sla.performance.figures import Show, figure_of
from sla.targets import Target


@dataclass(frozen=True, slots=True)
class Glance:
    """Of the promises that can be judged by now, how many are kept.

    One with too few cases to be shown is in neither number, so that none gives it away.
    """

    kept: int
    judged: int


def glance_at(targets: Sequence[Target], counts: Mapping[str, Counted]) -> Glance | None:
    """What the counts of a month say of these targets; None where none of them is measured."""
    measured = [target for target in targets if target.measured]
    if not measured:
        return None
    found = [
        figure_of(
            target, counts.get(target.key), of_people=is_of_people(target.measure), day_minutes=0
        )
        for target in measured
    ]
    judged = [figure for figure in found if figure.show == Show.FIGURE]
    return Glance(sum(figure.verdict == Verdict.MET for figure in judged), len(judged))


def glance_of(version: Any, month: int) -> Glance | None:
    """What was kept of it when the running month was counted; no query for `sla.reading`'s rows."""
    if version.glance_month != month or version.glance_judged is None:
        return None
    return Glance(version.glance_kept, version.glance_judged)
