"""The figures as plain values, for both APIs; docs/attainment.md says what each is."""

import math
from typing import Any

from sla.attainment import Tally, floored_percent
from sla.months import Period, iso
from sla.performance.figures import Cell, Figure, MonthFigure
from sla.performance.showing import Line
from sla.performance.words import in_unit, unit_of


def promise(line: Line) -> dict[str, Any]:
    """One promise with its figures: months Jalali and with their Gregorian days, moments ISO."""
    target = line.target
    return {
        "key": target.key,
        "measure": target.measure.value,
        "sentence": line.sentence,
        "share_percent": float(target.share),
        "amount": target.amount if target.timed else 0,
        "unit": target.unit.value if target.timed else None,
        "department": target.department,
        "service": target.service,
        "kind": target.kind,
        "this_month": _figure(line.this_month, running=True),
        "last_month": _figure(line.last_month),
        "last_twelve_months": _figure(line.year),
        "months": [_month(month) for month in line.months],
    }


def _figure(figure: Figure, *, running: bool = False) -> dict[str, Any]:
    tally = figure.tally
    not_due = None
    if running and tally is not None and not figure.open_few:
        not_due = tally.not_due
    return {
        "state": figure.show.value,
        "result": figure.verdict.value,
        **_counts(tally, figure.percent),
        "still_open": tally.overdue if tally else None,
        "not_due": not_due,
        **_times(figure),
    }


def _counts(tally: Tally | None, percent: Any) -> dict[str, Any]:
    return {
        "decided": tally.decided if tally else None,
        "kept": tally.kept if tally else None,
        "missed": tally.missed if tally else None,
        "share_percent": float(percent) if percent is not None else None,
    }


def _times(figure: Figure) -> dict[str, Any]:
    unit, length = None, 1
    if figure.tally is not None and figure.target.timed:
        chosen, length = unit_of(figure.target, figure.day_minutes)
        unit = chosen.value
    found: dict[str, Any] = {"unit": unit}
    for name, minutes in (("median", figure.median), ("p90", figure.p90)):
        answered = minutes is not None and not math.isinf(minutes)
        found[name] = float(in_unit(minutes, length)) if minutes is not None and answered else None
        found[f"{name}_answered"] = answered if minutes is not None else None
    return found


def _month(month: MonthFigure) -> dict[str, Any]:
    period, report = Period(month.month), month.report
    return {
        **_figure(month.figure),
        "month": iso(month.month),
        "first_day": period.first,
        "last_day": period.last,
        "revision": report.revision if report else None,
        "reason": report.reason if report else "",
        "made_at": report.at.isoformat() if report else None,
        "inputs_sha256": report.inputs_sha256 if report and month.figure.tally else None,
        "evidence": [_cell(cell, month.figure) for cell in month.cells],
    }


def _cell(cell: Cell, figure: Figure) -> dict[str, Any]:
    share = cell.tally.share if cell.tally else None
    percent = floored_percent(share, figure.target.share) if share is not None else None
    return {"part": cell.part, "key": cell.key, **_counts(cell.tally, percent)}
