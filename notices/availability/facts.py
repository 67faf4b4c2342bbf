"""Reading what availability is counted from: three queries for all services and any time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from cms_pages.enums import Delivery
from cms_pages.models import Service
from desk_core.rows import Rows, instances
from notices import conf, pages_beside
from notices.availability.announced import Announcement, Rules, Told
from notices.availability.engine import Span
from notices.availability.hours import ServiceHours, agreed
from notices.availability.periods import CalendarMonth
from notices.availability.weeks import OwnWeek
from notices.current import PublicNotice
from notices.enums import KINDS_WITH_IMPACT, Impact
from notices.models import (
    AffectedService,
    ImpactChange,
    Notice,
    NoticeIndexPage,
    NoticeUpdate,
)
from persian.jalali import TEHRAN
from sla.calendar import WorkingCalendar
from sla.working_time import Row, calendar_by_id, rows_around

_UPDATE = ("id", "at", "starts_at", "expected_end")
_CHANGE = ("update", "service", "impact")
#: When which impact on a service (None: on the whole desk) was said, oldest first.
_Said = Mapping[int | None, Sequence[tuple[datetime, Impact]]]


@dataclass(frozen=True, slots=True)
class Watched:
    """One service: in which hours it is promised, since when its faults are known, its notices.

    `calendar` is None where it is promised day and night, `since` where nothing is known yet,
    `week` where it has no week of its own.
    """

    service: Service
    hours: ServiceHours
    calendar: WorkingCalendar | None
    since: datetime | None
    told: tuple[Told, ...]
    week: OwnWeek | None = None

    @property
    def promised(self) -> str:
        """The agreed service time in words."""
        return str(self.week or self.hours.label)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is known of some time, as it stands at `at`.

    `watched` are the services by key, in the order of the catalogue. `public` are those of the
    notices that everybody may read, by their keys. `kept` is for `agreed` alone.
    """

    at: datetime
    rules: Rules
    watched: Mapping[str, Watched]
    public: Mapping[str, PublicNotice] = field(default_factory=dict)
    kept: dict[tuple[int, CalendarMonth], list[Span]] = field(default_factory=dict)

    def agreed(self, watched: Watched, period: CalendarMonth) -> list[Span]:
        """The agreed time of a service in a month; worked out once for each calendar."""
        key = (id(watched.calendar), period)
        if key not in self.kept:
            self.kept[key] = agreed(period, watched.calendar)
        return self.kept[key]


def read(
    first: datetime,
    last: datetime,
    *,
    at: datetime,
    services: "QuerySet[Service] | None" = None,
    hours: Sequence[Row] | None = None,
) -> Book:
    """Read the notices that touch [first, last), services, hours and calendars.

    Facts count whether or not a page still shows them: taking a page down takes no minute away.
    `services` are those offered now, unless others are asked for; `hours` are the rows of the
    working calendar where they are at hand.
    """
    chosen = Service.objects.active() if services is None else services
    rows = list(chosen.select_related("department").annotate(**_firsts()))
    found: list[Any] = list(_touching(first, last, at))
    if hours is None:
        days = last.astimezone(TEHRAN).date() - first.astimezone(TEHRAN).date()
        hours = rows_around(first, days=days.days + 1)
    notices = [(row, *_spoken(row)) for row in found]
    calendars: dict[int | None, WorkingCalendar] = {}
    watched = {}
    for service in rows:
        promised = conf.service_hours(
            service.key, electronic=service.delivery == Delivery.ELECTRONIC
        )
        calendar = None
        week = conf.service_week(service.key)
        if week is not None:
            calendar = week.calendar(calendar_by_id(None, hours).holidays)
        elif promised == ServiceHours.OFFICE:
            office = service.department_id
            calendar = calendars.get(office) or calendar_by_id(office, hours)
            calendars[office] = calendar
        watched[service.key] = Watched(
            service=service,
            hours=promised,
            calendar=calendar,
            since=_known_since(service),
            told=tuple(_told(service, notices)),
            week=week,
        )
    shown = (pages_beside.public_of(row, row.page_rows, at) for row in found)
    public = {str(each.id): each for each in shown if each is not None}
    return Book(at, conf.availability_rules(), watched, public)


def _touching(first: datetime, last: datetime, at: datetime) -> "QuerySet[Notice]":
    """Outages and windows that touch a time, begun or not, with all that hangs on them beside.

    That is services, updates and what these said of impact, and the pages that are public now.
    News and warnings have no bearing.
    """
    affected = AffectedService.objects.filter(notice=OuterRef("pk")).order_by()
    said = NoticeUpdate.objects.filter(notice=OuterRef("pk")).order_by()
    changed = ImpactChange.objects.filter(update__notice=OuterRef("pk")).order_by()
    return (
        Notice.objects.filter(kind__in=KINDS_WITH_IMPACT)
        .filter(Q(over_at=None) | Q(over_at__gt=first), starts_at__lt=last)
        .annotate(
            affected_rows=Rows(affected, "service"),
            update_rows=Rows(said, *_UPDATE),
            change_rows=Rows(changed, *_CHANGE),
            page_rows=pages_beside.rows(at),
        )
        .order_by("starts_at", "pk")
    )


def _spoken(notice: Any) -> tuple[_Said, tuple[Announcement, ...]]:
    """What its updates said of impact, and what they announced; oldest first."""
    updates: list[NoticeUpdate] = instances(NoticeUpdate, _UPDATE, notice.update_rows)
    updates.sort(key=lambda row: (row.at, row.pk))
    said: dict[int | None, list[tuple[datetime, Impact]]] = {}
    for update in updates:
        for key, service, impact in notice.change_rows or ():
            if key == update.pk:
                said.setdefault(service, []).append((update.at, Impact(impact)))
    return said, tuple(Announcement(row.at, row.starts_at, row.expected_end) for row in updates)


def _told(
    service: Service, notices: Sequence[tuple[Any, _Said, tuple[Announcement, ...]]]
) -> list[Told]:
    """The notices that bear on a service: those that name it, and those about the whole desk."""
    found = []
    for notice, said, announcements in notices:
        named = [row[0] for row in notice.affected_rows or ()]
        if named and service.pk not in named:
            continue
        steps = _steps(said[service.pk if named else None], notice.first_published_at)
        found.append(Told(str(notice.pk), notice.facts, steps, announcements))
    return found


def _steps(
    changes: Sequence[tuple[datetime, Impact]], first_at: datetime
) -> tuple[tuple[datetime, Impact], ...]:
    """What was said of the impact; a service that was named only later suffered nothing before."""
    late = changes[0][0] > first_at
    return ((first_at, Impact.NONE), *changes) if late else tuple(changes)


def _firsts() -> dict[str, Any]:
    """Annotations of services: when their own page, the place for notices and a notice were first
    published."""

    def first(model: Any) -> Subquery:
        rows = model.objects.exclude(first_published_at=None).order_by("first_published_at")
        return Subquery(rows.values("first_published_at")[:1])

    return {
        "shown": Min("pages__first_published_at"),
        "first_place": first(NoticeIndexPage),
        "first_notice": first(Notice),
    }


def _known_since(service: Any) -> datetime | None:
    """Since when faults of a service are told here."""
    chosen = conf.availability_since()
    if chosen is not None:
        return chosen
    told = [each for each in (service.first_place, service.first_notice) if each is not None]
    if not told or service.shown is None:
        return min(told, default=None)
    return max(min(told), service.shown)
