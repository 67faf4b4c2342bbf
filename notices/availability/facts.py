"""Reading what availability is counted from: seven queries for all services and any time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet

from cms_pages.enums import Delivery
from cms_pages.models import Service
from notices import conf
from notices.availability.announced import Announcement, Rules, Told
from notices.availability.engine import Span
from notices.availability.hours import ServiceHours, agreed
from notices.availability.periods import CalendarMonth
from notices.enums import Impact, Kind
from notices.models import AffectedService, Notice, NoticeIndexPage, NoticeUpdate
from persian.jalali import TEHRAN
from sla.calendar import WorkingCalendar
from sla.working_time import calendar_by_id, rows_around


@dataclass(frozen=True, slots=True)
class Watched:
    """One service: in which hours it is promised, since when its faults are known, its notices.

    `calendar` is None where it is promised day and night, `since` where nothing is known yet.
    """

    service: Service
    hours: ServiceHours
    calendar: WorkingCalendar | None
    since: datetime | None
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is known of some time, as it stands at `at`.

    `watched` are the services by key, in the order of the catalogue; `notices` by their id.
    """

    at: datetime
    rules: Rules
    watched: Mapping[str, Watched]
    notices: Mapping[str, Notice]
    announcements: Mapping[str, tuple[Announcement, ...]]
    kept: dict[tuple[int, CalendarMonth], list[Span]] = field(default_factory=dict)

    def agreed(self, watched: Watched, period: CalendarMonth) -> list[Span]:
        """The agreed time of a service in a month; worked out once for each calendar."""
        key = (id(watched.calendar), period)
        if key not in self.kept:
            self.kept[key] = agreed(period, watched.calendar)
        return self.kept[key]


def read(
    first: datetime, last: datetime, *, at: datetime, services: "QuerySet[Service] | None" = None
) -> Book:
    """Read the notices that touch [first, last), services, hours and calendars.

    Facts count whether or not a page still shows them: taking a page down takes no minute away.
    `services` are those offered now, unless others are asked for.
    """
    chosen = Service.objects.active() if services is None else services
    rows = list(
        chosen.select_related("department").annotate(shown=Min("pages__first_published_at"))
    )
    notices = {str(row.pk): row for row in _touching(first, last)}
    impacts = _impacts(notices)
    announcements = _announcements(notices)
    since = _since()
    days = (last.astimezone(TEHRAN).date() - first.astimezone(TEHRAN).date()) + timedelta(days=1)
    calendar_rows = rows_around(first, days=days.days)
    calendars: dict[int | None, WorkingCalendar] = {}
    watched = {}
    for service in rows:
        hours = conf.service_hours(service.key, electronic=service.delivery == Delivery.ELECTRONIC)
        calendar = None
        if hours == ServiceHours.OFFICE:
            office = service.department_id
            calendar = calendars.get(office) or calendar_by_id(office, calendar_rows)
            calendars[office] = calendar
        watched[service.key] = Watched(
            service=service,
            hours=hours,
            calendar=calendar,
            since=_known_since(since, service),
            told=tuple(_told(service, notices, impacts, announcements)),
        )
    return Book(at, conf.availability_rules(), watched, notices, announcements)


def _touching(first: datetime, last: datetime) -> "QuerySet[Notice]":
    """Outages and windows that touch a time, begun or not; news has no bearing."""
    return (
        Notice.objects.exclude(kind=Kind.ANNOUNCEMENT)
        .filter(Q(over_at=None) | Q(over_at__gt=first), starts_at__lt=last)
        .order_by("starts_at", "pk")
    )


def _impacts(notices: Mapping[str, Notice]) -> dict[str, dict[int, Impact]]:
    """By notice the impact on each service that it names; none where it names none."""
    found: dict[str, dict[int, Impact]] = defaultdict(dict)
    rows = AffectedService.objects.filter(notice__in=list(notices)).order_by()
    for notice, service, impact in rows.values_list("notice", "service", "impact"):
        found[str(notice)][service] = Impact(impact)
    return found


def _announcements(notices: Mapping[str, Notice]) -> dict[str, tuple[Announcement, ...]]:
    found: dict[str, list[Announcement]] = defaultdict(list)
    rows = NoticeUpdate.objects.filter(notice__in=list(notices)).order_by("at", "id")
    for notice, said, starts, ends in rows.values_list("notice", "at", "starts_at", "expected_end"):
        found[str(notice)].append(Announcement(said, starts, ends))
    return {key: tuple(each) for key, each in found.items()}


def _told(
    service: Service,
    notices: Mapping[str, Notice],
    impacts: Mapping[str, Mapping[int, Impact]],
    announcements: Mapping[str, Sequence[Announcement]],
) -> list[Told]:
    """The notices that bear on a service: those that name it, and those about the whole desk."""
    found = []
    for key, notice in notices.items():
        named = impacts.get(key)
        if named and service.pk not in named:
            continue
        impact = named[service.pk] if named else Impact(notice.impact)
        steps = ((notice.starts_at, impact),)
        found.append(Told(key, notice.facts, steps, tuple(announcements.get(key, ()))))
    return found


def _since() -> datetime | None:
    """Since when faults have been told here: the place for it, or the first notice."""
    models = (NoticeIndexPage, Notice)
    found = [each.objects.aggregate(first=Min("first_published_at"))["first"] for each in models]
    return min((each for each in found if each is not None), default=None)


def _known_since(since: datetime | None, service: Any) -> datetime | None:
    chosen = conf.availability_since()
    if chosen is not None:
        return chosen
    if since is None or service.shown is None:
        return since
    return max(since, service.shown)
