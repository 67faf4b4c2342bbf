"""How much of the agreed time services were there, for programs: docs/availability.md."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema

from cms_pages.models import Service
from notices.availability import plain
from notices.availability.days import DayState
from notices.availability.hours import ServiceHours
from notices.availability.periods import GREGORIAN, JALALI
from notices.availability.showing import picture
from notices.enums import Impact
from service_requests.api.problems import Problem
from sla.attainment import Verdict

router = Router(tags=["notices"])

_CUT_OFF = "Cut off, never rounded up; null where nothing is due"


class Calendar(StrEnum):
    """By which months it is counted."""

    JALALI = JALALI
    GREGORIAN = GREGORIAN


class AvailabilityIn(Schema):
    """By the months of which calendar."""

    calendar: Calendar = Calendar.JALALI


class RulesOut(Schema):
    """The chosen numbers that everything is counted with."""

    weights: dict[str, float] = Field(description="Impact to the share of a minute that it costs")
    lead_hours: float = Field(description="So long ahead planned downtime has to be announced")
    cap_minutes: int | None = Field(description="The most that is excused in a month")


class BudgetOut(Schema):
    """The downtime that the target allows."""

    allowed_minutes: float
    remaining_minutes: float
    used_percent: float | None


class MinutesOut(Schema):
    """Some time in whole minutes, against what was promised."""

    availability_percent: float | None = Field(description=_CUT_OFF)
    target_percent: float | None
    result: Verdict
    agreed_minutes: int
    known_minutes: int
    coverage_percent: float | None
    due_minutes: int
    downtime_minutes: int
    available_minutes: int
    budget: BudgetOut | None


class OutagesOut(Schema):
    """Uninterrupted outages that counted."""

    count: int
    mean_repair_minutes: int | None
    mean_between_minutes: int | None
    longest_minutes: int | None


class CareOut(Schema):
    """How it was told of what began in the month."""

    windows: int
    windows_in_time: int
    outages: int
    mean_first_notice_minutes: int | None
    longest_silence_minutes: int | None


class FrozenOut(Schema):
    """The report that froze a month."""

    revision: int
    made_at: datetime
    reason: str
    inputs_sha256: str


class NoticeBehindOut(Schema):
    """A public notice behind a stretch."""

    id: str
    title: str
    url: str | None


class StretchOut(Schema):
    """Impaired time in which one and the same thing held."""

    begins: datetime = Field(alias="from")
    ends: datetime = Field(alias="to")
    weight: float
    minutes: int
    excused_minutes: float
    downtime_minutes: float
    notices: list[NoticeBehindOut]
    withdrawn: bool = Field(description="A notice behind it is not published any more")


class MonthOut(MinutesOut):
    """One month of one service."""

    month: str = Field(description="1405-09 or 2026-11")
    first_day: date
    last_day: date
    excused_minutes: float
    outages: OutagesOut
    notices: CareOut
    frozen: FrozenOut | None
    stretches: list[StretchOut]


class DayOut(Schema):
    """One day of one service, by the clock of Tehran; today as far as it has come."""

    day: date
    state: DayState
    worst_impact: Impact
    agreed_minutes: int
    known_minutes: int
    excused_minutes: float
    downtime_minutes: int = Field(description="Rounded up")
    notices: list[str] = Field(description="Ids of the public notices behind it")
    withdrawn: bool


class DaysOut(MinutesOut):
    """The last 90 days, oldest first, as they are known now."""

    days: list[DayOut]


class ServiceAvailabilityOut(Schema):
    """One service with this month, the twelve before it and the last 90 days."""

    key: str
    name: str
    hours: ServiceHours
    known_since: datetime | None
    target_percent: float | None
    this_month: MonthOut
    last_twelve_months: MinutesOut
    last_90_days: DaysOut
    months: list[MonthOut] = Field(description="Oldest first")


class AvailabilityOut(Schema):
    """The same as `figures.json` of the pages of availability."""

    at: datetime
    calendar: Calendar
    rules: RulesOut
    services: list[ServiceAvailabilityOut]


@router.get(
    "/availability",
    response={200: AvailabilityOut, 422: Problem},
    by_alias=True,
    summary="Availability of the services",
)
def availability(request: HttpRequest, asked: Query[AvailabilityIn]) -> dict[str, Any]:
    """Every service month by month and day by day, each minute of downtime with its notice."""
    return _figures(request, asked.calendar)


@router.get(
    "/availability/{key}",
    response={200: AvailabilityOut, 404: Problem, 422: Problem},
    by_alias=True,
    summary="Availability of one service",
)
def availability_of(request: HttpRequest, key: str, asked: Query[AvailabilityIn]) -> dict[str, Any]:
    """The same of one service."""
    found = _figures(request, asked.calendar, key=key.replace("\0", ""))
    if not found["services"]:
        raise Http404
    return found


def _figures(request: HttpRequest, calendar: Calendar, key: str = "") -> dict[str, Any]:
    services = Service.objects.active()
    shown = picture(
        request, services=services.filter(key=key) if key else services, calendar=calendar.value
    )
    return plain.picture_json(request, shown, get_language() or "fa")
