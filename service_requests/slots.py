"""Which times are free: computed from hours, exceptions, working calendar and what is taken (R9).

Nothing is stored for a time that nobody has. Moments are UTC, hours are those of Tehran.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from cms_pages.models import Department
from persian.jalali import TEHRAN
from service_requests.models import VisitException, VisitingHours, VisitRules, VisitSlot
from sla import working_time
from sla.calendar import WorkingCalendar, moment_of
from sla.hours import Hours, parse_hours

#: More times than these are never shown at once; later ones follow as days pass.
MOST = 400
_KEY = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Offer:
    """A time at a place with room for `free` more people."""

    hours: VisitingHours = field(repr=False)
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int

    @property
    def key(self) -> str:
        """What a form or a program sends back to choose it."""
        return f"{self.hours.pk}-{int(self.starts_at.timestamp()) // 60}"

    @property
    def where(self) -> str:
        """The place in the reader's language."""
        return self.hours.where


def rules_of(department_id: int) -> VisitRules:
    """The rules of a department, stored or by default."""
    found = VisitRules.objects.filter(department_id=department_id).first()
    return found or VisitRules(department_id=department_id)


def offers(department: Department, *, now: datetime | None = None) -> list[Offer]:
    """The free times of a department in order, the first MOST of them. Four queries."""
    now = now or timezone.now()
    rules = rules_of(department.pk)
    first, last = now + timedelta(hours=rules.notice_hours), now + timedelta(days=rules.days_ahead)
    found = _between(department, first, last)
    return found[:MOST]


def find(department: Department, key: str, *, now: datetime | None = None) -> Offer | None:
    """The free time that a key names; None for one that is none, is taken or is over."""
    match = _KEY.fullmatch(key) if isinstance(key, str) and key.isascii() else None
    if match is None:
        return None
    now = now or timezone.now()
    try:
        at = datetime.fromtimestamp(int(match[2]) * 60, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    rules = rules_of(department.pk)
    if not now + timedelta(hours=rules.notice_hours) <= at < now + timedelta(days=rules.days_ahead):
        return None
    found = _between(department, at, at + timedelta(minutes=1))
    return next((offer for offer in found if offer.key == key), None)


def of_hours(row: VisitingHours, *, now: datetime | None = None) -> list[Offer]:
    """The free times of one place alone, as its department offers them."""
    return [offer for offer in offers(row.department, now=now) if offer.hours.pk == row.pk]


def are_published(department: Department, *, now: datetime | None = None) -> bool:
    """Whether a department has visiting hours now or later, free times or not. One query."""
    today = (now or timezone.now()).astimezone(TEHRAN).date()
    rows = VisitingHours.objects.filter(department=department)
    return rows.exclude(last_day__lt=today).exists()


def spans_on(
    row: VisitingHours, day: date, exceptions: Iterable[VisitException]
) -> tuple[tuple[Hours, ...], int]:
    """The visiting hours of one day and for how many people; of two exceptions the later begun."""
    if day < row.first_day or (row.last_day is not None and day > row.last_day):
        return (), row.capacity
    special = [each for each in exceptions if each.first_day <= day <= each.last_day]
    if special:
        last = ruling(special)
        return parse_hours(last.hours), last.capacity or row.capacity
    return parse_hours(getattr(row, row.BY_WEEKDAY[day.weekday()])), row.capacity


def ruling(exceptions: Iterable[VisitException]) -> VisitException:
    """The one of several that holds: the later begun."""
    return max(exceptions, key=lambda each: (each.first_day, each.pk))


def _between(department: Department, first: datetime, last: datetime) -> list[Offer]:
    """Free times that begin from `first` until before `last`."""
    days = first.astimezone(TEHRAN).date(), last.astimezone(TEHRAN).date()
    exceptions = Prefetch("exceptions", VisitException.objects.touching(*days))
    known = VisitingHours.objects.filter(department=department).touching(*days)
    rows = list(known.prefetch_related(exceptions))
    if not rows:
        return []
    for row in rows:
        row.department = department
    calendar = working_time.calendar_for(department, first, days=(days[1] - days[0]).days + 1)
    taken = _taken(rows, first, last)
    found = []
    for row in rows:
        for starts, ends, capacity in _times(row, calendar, *days):
            free = capacity - taken.get((row.pk, starts), 0)
            if first <= starts < last and free > 0:
                found.append(Offer(row, starts, ends, capacity, free))
    return sorted(found, key=lambda offer: (offer.starts_at, offer.hours.pk))


def _times(
    row: VisitingHours, calendar: WorkingCalendar, first: date, last: date
) -> Iterator[tuple[datetime, datetime, int]]:
    """Every time of a row that lies whole within hours in which the department works."""
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        spans, capacity = spans_on(row, day, row.exceptions.all())
        working = calendar.hours_on(day) if spans else ()
        for span in spans:
            for opens in range(span.opens, span.closes - row.minutes + 1, row.minutes):
                closes = opens + row.minutes
                if any(each.opens <= opens and closes <= each.closes for each in working):
                    yield moment_of(day, opens), moment_of(day, closes), capacity


def _taken(
    rows: list[VisitingHours], first: datetime, last: datetime
) -> dict[tuple[int, datetime], int]:
    slots = VisitSlot.objects.filter(
        visiting_hours__in=rows, starts_at__gte=first, starts_at__lt=last
    ).order_by()
    counted = slots.annotate(held=Count("visits", filter=Q(visits__seat__isnull=False)))
    return {
        (hours, starts): held
        for hours, starts, held in counted.values_list("visiting_hours_id", "starts_at", "held")
    }
