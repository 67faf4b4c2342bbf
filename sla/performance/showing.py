"""What is shown of one version's performance: its promises, each with its figures. One query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import CharField, F, PositiveSmallIntegerField, Value

from desk_core import instants
from sla.enums import Measure
from sla.measures import is_of_people, source_of
from sla.models.reports import MonthReport, RunningMonth
from sla.months import earlier, month_of, months_between, twelve_before
from sla.performance.figures import (
    Figure,
    MonthFigure,
    Show,
    figure_of,
    month_figures,
    window_figure,
)
from sla.performance.names import Names, names_in_language
from sla.performance.words import sentence
from sla.report_figures import MonthFigures, from_json
from sla.reports import latest
from sla.targets import Target

_COLUMNS = ("month", "number", "at", "figures", "times", "why", "digest", "called")
_FIELDS = ("month", "revision", "at", "figures", "times", "reason", "inputs_sha256", "names")
_MEASURED = (Show.FIGURE, Show.FEW, Show.NONE)


@dataclass(frozen=True, slots=True)
class Line:
    """One promise and what was measured of it.

    `months` are the twelve before this one, as far as there are reports, oldest first; `year` is
    all of them together. A promise in words has no figures.
    """

    target: Target
    sentence: str
    this_month: Figure
    last_month: Figure
    year: Figure
    months: tuple[MonthFigure, ...]
    of_people: bool

    @property
    def has_history(self) -> bool:
        """Whether it was measured in a closed month."""
        return any(month.figure.show in _MEASURED for month in self.months)

    @property
    def unmeasured(self) -> bool:
        """Whether no floor measures it and no closed month holds a figure of it."""
        figures = (self.this_month, self.last_month, self.year)
        return self.this_month.show == Show.NOT_MEASURED and all(
            figure.show not in _MEASURED for figure in figures
        )

    @property
    def in_words(self) -> bool:
        """Whether it is a promise that cannot be measured."""
        return self.target.measure == Measure.WORDS


class Performance:
    """The promises of one signed version beside the facts, at one moment."""

    def __init__(
        self,
        version_id: int,
        targets: Sequence[Target],
        *,
        at: datetime | None = None,
    ) -> None:
        self.version_id = version_id
        self.targets = tuple(targets)
        self.month = month_of(at or instants.now())

    @property
    def last_month(self) -> int:
        """The month before the running one."""
        return earlier(self.month)

    @cached_property
    def _read(self) -> tuple[MonthFigures | None, dict[int, MonthFigures]]:
        """The running month, and the reports that hold of the twelve before it."""
        window = twelve_before(self.month)
        found = [_month_figures(row) for row in self._rows(window)]
        running = next((one for one in found if one.revision == 0), None)
        return running, {one.month: one for one in found if one.revision}

    def _rows(self, window: Sequence[int]) -> Any:
        running = RunningMonth.objects.filter(version_id=self.version_id, month=self.month)
        running = running.annotate(
            number=Value(0, PositiveSmallIntegerField()),
            at=F("counted_at"),
            why=Value("", CharField()),
            digest=Value("", CharField()),
            called=F("names"),
        )
        frozen = self._frozen(window[0], window[-1]).values_list(*_COLUMNS)
        return frozen.union(running.order_by().values_list(*_COLUMNS), all=True).order_by()

    def _frozen(self, first: int, last: int) -> Any:
        """Of these months the reports that hold."""
        reports = MonthReport.objects.filter(version_id=self.version_id, month__range=(first, last))
        return (
            latest(reports)
            .annotate(
                number=F("revision"),
                at=F("made_at"),
                why=F("reason"),
                digest=F("inputs_sha256"),
                called=F("names"),
            )
            .order_by()
        )

    @cached_property
    def names(self) -> Names:
        """What departments, services and kinds are called, by "department:key" and so on."""
        return names_in_language(self._stored_names)

    def names_in(self, month: MonthFigure) -> Names:
        """The same as it was when a closed month was counted; as it is now where none was kept."""
        if month.month not in self._names_of_months:
            sealed = month.report.names if month.report else {}
            names = names_in_language({**self._stored_names, **sealed})
            self._names_of_months[month.month] = names
        return self._names_of_months[month.month]

    @cached_property
    def _names_of_months(self) -> dict[int, Names]:
        return {}

    @property
    def _stored_names(self) -> Mapping[str, list[str]]:
        running = self._read[0]
        return running.names if running else {}

    @property
    def counted_at(self) -> datetime | None:
        """When the running month was counted last."""
        running = self._read[0]
        return running.at if running else None

    @property
    def reports(self) -> dict[int, MonthFigures]:
        """The frozen months of the last twelve."""
        return self._read[1]

    @cached_property
    def window(self) -> list[int]:
        """The months of the last twelve from the first one that has a report."""
        if not self.reports:
            return []
        return months_between(min(self.reports), self.last_month)

    @cached_property
    def lines(self) -> list[Line]:
        """The promises in the order of the agreement."""
        return [self._line(target) for target in self.targets]

    def lines_over(self, months: Sequence[int]) -> list[Line]:
        """The promises with other closed months than the usual ones; one more query.

        Months of the last twelve are shown exactly as the page shows them; an older one, which is
        in no total any more, is left out where it is too small by itself.
        """
        older = [month for month in months if month not in self.window]
        reports: dict[int, MonthFigures] = {}
        if older:
            rows = self._frozen(older[0], older[-1]).values_list(*_COLUMNS)
            reports = {one.month: one for one in map(_month_figures, rows)}
        return [replace(line, months=self._months_of(line, months, reports)) for line in self.lines]

    def _months_of(
        self, line: Line, months: Sequence[int], older: Mapping[int, MonthFigures]
    ) -> tuple[MonthFigure, ...]:
        usual = {month.month: month for month in line.months}
        found = []
        for month in months:
            if month in usual:
                found.append(usual[month])
            elif month in older:
                found += month_figures(line.target, [month], older, of_people=line.of_people)
        return tuple(found)

    @property
    def empty(self) -> bool:
        """Whether no promise has a case yet, in no month."""
        return all(
            figure.show not in (Show.FIGURE, Show.FEW)
            for line in self.lines
            for figure in (line.this_month, line.year)
        )

    def _line(self, target: Target) -> Line:
        source = source_of(target.measure)
        of_people = is_of_people(target.measure)
        running, reports = self._read
        months = month_figures(target, self.window, reports, of_people=of_people)
        last = months[-1].figure if months else Figure(Show.NO_REPORT, target)
        year = window_figure(target, self.window, reports, of_people=of_people)
        if source is None:
            now = Figure(Show.NOT_MEASURED, target)
            last = now if last.show == Show.NO_REPORT else last
            year = now if year.show == Show.NO_REPORT else year
        elif running is None:
            now = Figure(Show.NO_REPORT, target)
        else:
            one = running.targets.get(target.key)
            now = figure_of(target, one, of_people=of_people, day_minutes=running.day_minutes)
            now = replace(now, running=True)
        return Line(
            target=target,
            sentence=sentence(target, self.names),
            this_month=now,
            last_month=last,
            year=year,
            months=tuple(months),
            of_people=of_people,
        )


def _month_figures(row: Sequence[Any]) -> MonthFigures:
    return from_json(**dict(zip(_FIELDS, row, strict=True)))
