"""The figures as rows for CSV and XLSX, in the reader's language with Jalali months (R8)."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from persian.jalali import format_date
from sla.attainment import Tally, Verdict, floored_percent
from sla.enums import Measure
from sla.measures import is_of_minutes
from sla.months import Period, iso, label
from sla.performance.figures import Cell, Figure, MonthFigure, Show
from sla.performance.showing import Line, Performance
from sla.performance.words import in_unit, unit_of


def headings() -> list[str]:
    """The columns' names."""
    return [
        *(_("Promise"), _("Measure"), _("Promised share (%)"), _("Period"), _("Month")),
        *(_("From"), _("Until"), _("Part"), _("Decided cases"), _("Kept in time"), _("Missed")),
        *(_("Of these still open"), _("Not yet due"), _("Share kept (%)"), _("Result")),
        *(_("Median"), _("90th percentile"), _("Unit"), _("Revision"), _("Note")),
    ]


def rows(performance: Performance) -> Iterator[list[Any]]:
    """One row a promise and period, each month followed by its evidence."""
    for line in performance.lines:
        if line.in_words:
            yield [line.sentence, str(line.target.measure.label), *[""] * 17, word_for(line)]
            continue
        now = performance.month
        yield _row(line, _("This month so far"), now, line.this_month)
        yield _row(line, _("Last twelve months"), None, line.year)
        for month in line.months:
            yield _row(line, _("Month"), month.month, month.figure, month)
            for cell in month.cells:
                yield _cell(line, month, cell, performance.names_in(month))


def word_for(line: Line) -> str:
    """Why a promise in words has no figures."""
    return _("A promise in words; it is not measured.")


def show_word(figure: Figure) -> str:
    """Why a figure is not shown; "" where it is."""
    return {
        Show.FIGURE: "",
        Show.NONE: _none_word(figure),
        Show.FEW: _("Fewer than 10 cases, here or in a part that could be computed from it."),
        Show.NOT_MEASURED: _("Not measured yet."),
        Show.NO_REPORT: _("There is no report of this time yet."),
    }[figure.show]


def _none_word(figure: Figure) -> str:
    if is_of_minutes(figure.target.measure):
        return _("Of this time nothing is known.")
    return _("No case was due.")


def verdict_word(figure: Figure) -> str:
    """Met, missed, or nothing; "so far" while the month runs."""
    if figure.verdict == Verdict.NONE:
        return ""
    met = figure.verdict == Verdict.MET
    if figure.running:
        return _("kept so far") if met else _("missed so far")
    return _("promise kept") if met else _("promise missed")


def part_word(cell: Cell, names: Mapping[str, Any]) -> str:
    """The name of a department or kind; cases without a kind are "other"."""
    return str(names.get(f"{cell.part}:{cell.key}") or cell.key or _("other"))


def _row(
    line: Line, period: str, month: int | None, figure: Figure, report: MonthFigure | None = None
) -> list[Any]:
    tally = figure.tally
    frozen = report.report if report else None
    return [
        *_head(line, period, month),
        "",
        *_counts(tally, figure.percent),
        verdict_word(figure),
        *_times(figure),
        frozen.revision if frozen else "",
        show_word(figure) or (frozen.reason if frozen else ""),
    ]


def _cell(line: Line, month: MonthFigure, cell: Cell, names: Mapping[str, Any]) -> list[Any]:
    tally = cell.tally
    share = tally.share if tally else None
    percent = floored_percent(share, line.target.share) if share is not None else None
    return [
        *_head(line, _("Month"), month.month),
        part_word(cell, names),
        *_counts(tally, percent),
        *[""] * 5,
        "" if tally else show_word(Figure(Show.FEW, line.target)),
    ]


def _head(line: Line, period: str, month: int | None) -> list[Any]:
    days = Period(month) if month else None
    return [
        line.sentence,
        str(Measure(line.target.measure).label),
        _number(line.target.share.normalize()),
        period,
        f"{iso(month)} ({label(month)})" if month else "",
        format_date(days.first, digits=False) if days else "",
        format_date(days.last, digits=False) if days else "",
    ]


def _counts(tally: Tally | None, percent: Decimal | None) -> list[Any]:
    if tally is None:
        return [""] * 6
    share = _number(percent) if percent is not None else ""
    return [tally.decided, tally.kept, tally.missed, tally.overdue, tally.not_due, share]


def _times(figure: Figure) -> list[Any]:
    if figure.tally is not None and is_of_minutes(figure.target.measure):
        return ["", "", _("minutes")]
    if figure.tally is None or not figure.target.timed:
        return ["", "", ""]
    unit, length = unit_of(figure.target, figure.day_minutes)
    return [*(_time(each, length) for each in (figure.median, figure.p90)), str(unit.label)]


def _time(minutes: float | None, length: int) -> Any:
    if minutes is None:
        return ""
    return _("not yet answered") if math.isinf(minutes) else _number(in_unit(minutes, length))


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
