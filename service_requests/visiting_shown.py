"""When departments receive people, shown to everybody: on their pages and in the API (R5, R9)."""

from datetime import date, timedelta

from django.db.models import OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from cms_pages import page_columns
from cms_pages import slots as page_slots
from cms_pages.models import DepartmentPage
from desk_core.rows import Rows, attach, instances
from persian.jalali import TEHRAN
from service_requests import visit_words
from service_requests.models import VisitException, VisitingHours

#: Days that differ are said so long before.
_AHEAD = timedelta(days=30)
_OF_HOURS = (
    *("id", "place", "place_en", "minutes", "first_day", "last_day"),
    *VisitingHours.BY_WEEKDAY,
)
_OF_AN_EXCEPTION = ("id", "visiting_hours", "first_day", "last_day", "hours", "capacity")
#: What is read with the page of a department.
HOURS, EXCEPTIONS = "desk_visiting_hours", "desk_visit_exceptions"


def published() -> list[VisitingHours]:
    """The hours of all departments that hold today or later; two queries.

    The days of the next weeks that differ come with them.
    """
    found = list(_hours().prefetch_related(Prefetch("exceptions", _exceptions())))
    return sorted(found, key=_in_order)


def register() -> None:
    """Read the hours of a department with its page, and show them below its working hours."""
    of_page = OuterRef("department_id")
    page_columns.register(
        DepartmentPage, HOURS, lambda: Rows(_hours().filter(department=of_page), *_OF_HOURS)
    )
    page_columns.register(
        DepartmentPage,
        EXCEPTIONS,
        lambda: Rows(_exceptions().filter(visiting_hours__department=of_page), *_OF_AN_EXCEPTION),
    )
    page_slots.register("department_visits", department_visits)


def department_visits(request: HttpRequest) -> str:
    """For the page of a department: its places with their hours; nothing where it has none."""
    page = getattr(request, "desk_page", None)
    if not isinstance(page, DepartmentPage):
        return ""
    places = [shown(row) for row in _of_page(page)]
    if not places:
        return ""
    return render_to_string("service_requests/slots/department_visits.html", {"places": places})


def _of_page(page: DepartmentPage) -> list[VisitingHours]:
    """The hours of a department, from what was read with its page; a preview reads them now."""
    if HOURS not in vars(page):
        return [row for row in published() if row.department_id == page.department_id]
    differing = instances(VisitException, _OF_AN_EXCEPTION, vars(page)[EXCEPTIONS])
    found: list[VisitingHours] = instances(VisitingHours, _OF_HOURS, vars(page)[HOURS])
    for row in found:
        attach(row, "exceptions", [each for each in differing if each.visiting_hours_id == row.pk])
    return sorted(found, key=_in_order)


def _hours() -> "QuerySet[VisitingHours]":
    return VisitingHours.objects.exclude(last_day__lt=_today()).order_by()


def _exceptions() -> "QuerySet[VisitException]":
    return VisitException.objects.touching(_today(), _today() + _AHEAD).order_by()


def _today() -> date:
    return timezone.now().astimezone(TEHRAN).date()


def _in_order(row: VisitingHours | VisitException) -> tuple[date, int]:
    return row.first_day, row.pk


def shown(row: VisitingHours) -> dict[str, object]:
    """One place for people and programs: where, when, and which days differ; no query."""
    exceptions = sorted(row.exceptions.all(), key=_in_order)
    return {
        "place": row.where,
        "week": visit_words.week_words(row),
        "from_day": row.first_day,
        "until_day": row.last_day,
        "minutes": row.minutes,
        "exceptions": [visit_words.exception_sentence(each) for each in exceptions],
    }
