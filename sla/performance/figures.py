"""One figure as it may be shown: what was counted in a period, or why it is not shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desk_core.suppression import few, hidden_parts, least
from sla.attainment import Tally, Verdict, floored_percent, total
from sla.counting import Counted
from sla.report_figures import MonthFigures
from sla.targets import Target


class Show(StrEnum):
    """Whether a period has a figure, and if not, why."""

    FIGURE = "figure"
    NONE = "none"  # no case was due
    FEW = "few"  # too few cases to show, here or in a part that could be computed from it
    NOT_MEASURED = "not_measured"
    NO_REPORT = "no_report"  # the month is over, but not closed yet


@dataclass(frozen=True, slots=True)
class Figure:
    """What a period says about a target. Only where `show` is FIGURE does it hold a tally.

    `open_few` tells that the cases not yet due are too few to be counted out; `running` that the
    month is not over, so that the verdict is one for now.
    """

    show: Show
    target: Target
    tally: Tally | None = None
    day_minutes: int = 0
    open_few: bool = False
    running: bool = False

    @property
    def verdict(self) -> Verdict:
        """Met or missed; NONE where there is nothing to judge, or nothing shown."""
        return self.tally.verdict(self.target.share) if self.tally else Verdict.NONE

    @property
    def percent(self) -> Decimal | None:
        """The share kept, in percent, cut off and never rounded up."""
        share = self.tally.share if self.tally else None
        return floored_percent(share, self.target.share) if share is not None else None

    @property
    def median(self) -> float | None:
        """The middle time in minutes; infinite where that case is still open."""
        return self._time(50)

    @property
    def p90(self) -> float | None:
        """The time in minutes within which nine of ten cases ended."""
        return self._time(90)

    def _time(self, percent: int) -> float | None:
        if self.tally is None or not self.target.timed:
            return None
        return self.tally.percentile(percent)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a month's cases: one department, or one kind; the tally only where shown."""

    part: str
    key: str
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A figure of one Jalali month, with the report behind it and its evidence."""

    month: int
    figure: Figure
    report: MonthFigures | None = None
    cells: tuple[Cell, ...] = ()


def figure_of(
    target: Target, one: Counted | None, *, of_people: bool, day_minutes: int, hide: bool = False
) -> Figure:
    """The figure of one count; `hide` where a neighbour could be computed from it."""
    if one is None or not one.measured:
        return Figure(Show.NOT_MEASURED, target)
    tally = one.tally
    if not tally.decided:
        return Figure(Show.NONE, target, open_few=of_people and few(tally.not_due))
    if of_people and (hide or few(tally.decided)):
        return Figure(Show.FEW, target)
    return Figure(Show.FIGURE, target, tally, day_minutes, of_people and few(tally.not_due))


def month_figures(
    target: Target,
    months: Sequence[int],
    reports: Mapping[int, MonthFigures],
    *,
    of_people: bool,
) -> list[MonthFigure]:
    """The closed months of a window, judged together: what one hides no other gives away."""
    counts = [_count(reports.get(month), target.key) for month in months]
    hidden = hidden_parts(*_decided(counts)) if of_people else frozenset()
    found = []
    for index, (month, one) in enumerate(zip(months, counts, strict=True)):
        report = reports.get(month)
        if report is None:
            found.append(MonthFigure(month, Figure(Show.NO_REPORT, target)))
            continue
        figure = figure_of(
            target,
            one,
            of_people=of_people,
            day_minutes=report.day_minutes,
            hide=index in hidden,
        )
        shown = one is not None and figure.show == Show.FIGURE
        cells = evidence(one, of_people=of_people) if shown and one else ()
        found.append(MonthFigure(month, figure, report, cells))
    return found


def window_figure(
    target: Target,
    months: Sequence[int],
    reports: Mapping[int, MonthFigures],
    *,
    of_people: bool,
) -> Figure:
    """All months of a window as one figure, over the reports that there are.

    A case that was opened again may be due in several of them; it makes many of few only once.
    """
    known = [reports[month] for month in months if month in reports]
    if not known:
        return Figure(Show.NO_REPORT, target)
    counts = [one for report in known if (one := _count(report, target.key)) and one.measured]
    whole = Counted(True, total(one.tally for one in counts)) if counts else None
    lengths = [report.day_minutes for report in known if report.day_minutes]
    day_minutes = lengths[-1] if lengths else 0
    hide = few(least(*_decided(counts)))
    return figure_of(target, whole, of_people=of_people, day_minutes=day_minutes, hide=hide)


def evidence(one: Counted, *, of_people: bool) -> tuple[Cell, ...]:
    """The cases of a month by department, then by kind; parts that are too few stay empty."""
    found: list[Cell] = []
    for part, place in (("department", 0), ("kind", 1)):
        sums: dict[str, Tally] = {}
        for names, tally in one.by.items():
            sums[names[place]] = sums.get(names[place], Tally()) + tally
        keys = sorted(sums)
        hidden = hidden_parts([sums[key].decided for key in keys]) if of_people else frozenset()
        found += [
            Cell(part, key, None if index in hidden else sums[key])
            for index, key in enumerate(keys)
            if sums[key].decided
        ]
    return tuple(found)


def _decided(counts: Sequence[Counted | None]) -> tuple[list[int], list[int]]:
    """Month by month the decided cases, and how many of them an earlier month has too."""
    known = [one if one and one.measured else Counted(measured=False) for one in counts]
    return [one.tally.decided for one in known], [one.again for one in known]


def _count(report: MonthFigures | None, key: str) -> Counted | None:
    return report.targets.get(key) if report is not None else None
