"""What was measured of an agreement's promises, for programs. docs/attainment.md describes it."""

import math
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from service_requests.api.problems import Problem, problem
from sla.agreements import choose_in_force, choose_latest_expired
from sla.attainment import Tally, floored_percent
from sla.document import read_canonical
from sla.models import AgreementVersion
from sla.months import Period, iso, month_of, months_between
from sla.performance.figures import Cell, Figure, MonthFigure
from sla.performance.showing import Line, Performance
from sla.performance.words import in_unit, unit_of
from sla.state import today

router = Router(tags=["agreements"])
MOST_MONTHS = 60


class AttainmentIn(Schema):
    """Which version, and the closed months of which days (Gregorian, both included)."""

    version: int | None = Field(None, ge=1, le=32_767)
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


class FigureOut(Schema):
    """What a period says. Numbers are null unless `state` is "figure".

    `state`: figure; none (no case was due); few (fewer than 10 cases, here or in a part that could
    be computed from it); not_measured; no_report (not closed yet).
    """

    state: str
    result: str = Field(description="met, missed or none")
    decided: int | None
    kept: int | None
    missed: int | None
    still_open: int | None = Field(description="Of the missed: not answered at that time")
    not_due: int | None = Field(description="Running month only; null where 1 to 9")
    share_percent: float | None = Field(description="Cut off, never rounded up")
    median: float | None = Field(description="In `unit`, rounded up to tenths")
    median_answered: bool | None = Field(description="False: that case is still open")
    p90: float | None
    p90_answered: bool | None
    unit: str | None


class EvidenceOut(Schema):
    """A part of a month: one department or one kind; numbers are null where they are too few."""

    part: str = Field(description="department or kind")
    key: str
    decided: int | None
    kept: int | None
    missed: int | None
    share_percent: float | None


class MonthOut(FigureOut):
    """A closed month, from its report; `from` and `to` are its first and last day (Gregorian)."""

    month: str = Field(description="Jalali, as 1405-09")
    first_day: date
    last_day: date
    revision: int | None
    reason: str = Field("", description="Why it was revised")
    made_at: str | None
    inputs_sha256: str | None = Field(description="Null where the figure is not shown")
    evidence: list[EvidenceOut]


class PromiseOut(Schema):
    """One promise and what was measured of it."""

    key: str
    measure: str
    sentence: str
    share_percent: float
    amount: int
    unit: str | None
    department: str
    service: str
    kind: str
    this_month: FigureOut
    last_month: FigureOut
    last_twelve_months: FigureOut
    months: list[MonthOut]


class AttainmentOut(Schema):
    """The promises of one version beside the facts."""

    agreement: str
    version: int
    month: str = Field(description="The running Jalali month")
    counted_at: str | None = Field(description="When the running month was counted last")
    promises: list[PromiseOut]


@router.get(
    "/agreements/{key}/attainment",
    response={200: AttainmentOut, 404: Problem, 422: Problem},
    summary="What was measured of an agreement's promises",
    url_name="attainment",
)
def attainment(request: HttpRequest, key: str, asked: Query[AttainmentIn]) -> Any:
    """Figures of one version: the one in force, else the last that was, unless `version` says.

    `months` are the closed months with a day between `from` and `to` (Gregorian, both included);
    without them the twelve months before the running one. At most 60 months.
    """
    chosen = _chosen(key, asked.version)
    if chosen is None:
        return problem("not-found", 404, _("There is nothing at this address."))
    shown = Performance(chosen.pk, read_canonical(chosen.signed_text.body).targets)
    months = _months(shown, asked.first, asked.last)
    if isinstance(months, HttpResponse):
        return months
    lines = shown.lines if months is None else shown.lines_over(months)
    return {
        "agreement": chosen.agreement.key,
        "version": chosen.number,
        "month": iso(shown.month),
        "counted_at": shown.counted_at.isoformat() if shown.counted_at else None,
        "promises": [_promise(line) for line in lines],
    }


def _chosen(key: str, number: int | None) -> AgreementVersion | None:
    rows: list[Any] = list(
        AgreementVersion.objects.filter(agreement__key=key.replace("\0", "")[:60]).with_facts()
    )
    known = [(row, row.facts(siblings=rows)) for row in rows]
    signed = [(row, facts) for row, facts in known if facts.starts is not None]
    if number is not None:
        return next((row for row, _facts in signed if row.number == number), None)
    day = today()
    return choose_in_force(signed, day) or choose_latest_expired(signed, day)


def _months(
    shown: Performance, first: date | None, last: date | None
) -> list[int] | HttpResponse | None:
    """The months asked for; None for the usual ones."""
    if first is None and last is None:
        return None
    try:
        end = min(month_of(last), shown.last_month) if last else shown.last_month
        begin = month_of(first) if first else months_between(end, end)[0]
    except (ValueError, OverflowError):
        return problem("invalid", 422, _("The calendar does not reach these days."))
    if first and last and first > last:
        return problem("invalid", 422, _("The first day comes after the last."))
    found = months_between(begin, end)
    if len(found) > MOST_MONTHS:
        return problem("invalid", 422, _("Please ask for at most 60 months."))
    return found


def _promise(line: Line) -> dict[str, Any]:
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
