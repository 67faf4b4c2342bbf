"""What was measured of an agreement's promises, for programs. docs/attainment.md describes it."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from service_requests.api.problems import Problem, problem
from sla.agreements import choose_in_force, choose_latest_expired
from sla.document import read_canonical
from sla.models import AgreementVersion
from sla.months import iso, month_of, months_between
from sla.performance.plain import promise
from sla.performance.showing import Performance
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
        "promises": [promise(line) for line in lines],
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
