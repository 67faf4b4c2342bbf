"""The NinjaAPI of the desk and its lists: departments, services, kinds."""

from csp.decorators import csp_update
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from ninja import NinjaAPI, Router

from cms_pages import service_rules
from cms_pages.models import Department, Service
from desk_core import human_check
from desk_core.throttles import client_address
from notices import asking
from service_requests import submissions, visiting_shown
from service_requests.api import problems, schemas
from service_requests.api.agreements import router as agreements
from service_requests.api.asking import before_asking
from service_requests.api.attainment import router as attainment
from service_requests.api.availability import router as availability
from service_requests.api.cases import router as cases
from service_requests.api.contacts import router as contacts
from service_requests.api.desk_itself import hours
from service_requests.api.desk_itself import router as desk_itself
from service_requests.api.drafts import router as drafts
from service_requests.api.forms import router as forms
from service_requests.api.language import by_accept_language
from service_requests.api.notices import router as notices
from service_requests.api.questions import router as questions
from service_requests.api.recovering import router as recovering
from service_requests.api.staff import router as staff
from service_requests.api.staff_letters import router as staff_letters
from service_requests.api.staff_notices import router as staff_notices
from service_requests.api.staff_steps import router as staff_steps
from service_requests.api.submitting import router as submitting
from service_requests.api.surveys import router as surveys
from service_requests.api.verifying import router as verifying
from service_requests.enums import Kind, PersonType
from service_requests.limits import submission_difficulty
from service_requests.models import VisitingHours
from sla import working_time

lists = Router(tags=["lists"])


class DeskAPI(NinjaAPI):
    """An API whose every answer is in the reader's language, and every error a problem.

    Ninja's own decorators run inside of an operation; a method without one never gets there.
    """

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses, each with its view wrapped."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            assert isinstance(pattern, URLPattern)  # noqa: S101 – for the type only
            view = problems.explained(problems.caught(pattern.callback))
            pattern.callback = by_accept_language(view)
        return patterns, app_name, namespace


desk_api = DeskAPI(
    title="Service desk API",
    version="1",
    urls_namespace="desk_v1",
    description="Register requests and complaints, follow them up, read notices and agreements. "
    "Errors are problem details (RFC 9457). Texts follow Accept-Language (fa, en).",
    docs_decorator=csp_update({"style-src": ["'unsafe-inline'"], "img-src": ["data:"]}),
)


@lists.get("/departments", response=list[schemas.DepartmentOut], summary="Departments")
def departments(request: HttpRequest) -> list[dict[str, object]]:
    """The departments that citizens can choose, with their own working and visiting hours."""
    now = timezone.now()
    calendars = working_time.rows_around(now)
    places: dict[int, list[VisitingHours]] = {}
    for place in visiting_shown.published():
        places.setdefault(place.department_id, []).append(place)
    return [
        {
            "key": row.key,
            "name": str(row),
            "part_of": row.parent.key if row.parent else None,
            "phone": row.phone,
            "email": row.email,
            "address": row.postal_address,
            "hours": hours(working_time.calendar_of(row, calendars), now),
            "visiting_hours": [visiting_shown.shown(place) for place in places.get(row.pk, ())],
        }
        for row in Department.objects.active().select_related("parent")
    ]


@lists.get("/services", response=list[schemas.ServiceOut], summary="Services")
def services(request: HttpRequest, department: str = "") -> list[dict[str, object]]:
    """The catalogue of services, all or of one department (by key)."""
    rows = Service.objects.active().select_related("department", "parent")
    if department:
        rows = rows.filter(department__key=department.replace("\0", "")[:60])
    free = service_rules.free_among(rows)
    known = asking.worth_knowing(timezone.now())
    return [
        {
            "key": row.key,
            "code": row.code,
            "name": str(row),
            "department": row.department.key,
            "part_of": row.parent.key if row.parent else None,
            "delivery": row.delivery,
            "free": row in free,
            "fee": 0 if row in free else row.fee,
            "notices": before_asking(request, asking.about(known, row)),
        }
        for row in rows
    ]


@lists.get("/kinds", response=list[schemas.KindOut], summary="Kinds of submission")
def kinds(request: HttpRequest) -> list[dict[str, object]]:
    """What can be handed in, and which fields each needs from each type of person."""
    return [
        {
            "value": kind.value,
            "label": str(kind.label),
            "required": {
                person.value: sorted(submissions.required_fields(kind, person))
                for person in PersonType
            },
        }
        for kind in Kind
    ]


@lists.post("/human-check", summary="A puzzle that shows you are no flood", tags=["submit"])
def check(request: HttpRequest, body: schemas.HumanCheckIn) -> dict[str, object]:
    """A proof of work: find `number` below `maxnumber` with SHA-256(salt.number) = challenge."""
    needed = submission_difficulty(client_address(request)) if body.purpose == "submit" else None
    return human_check.challenge(difficulty=needed, purpose=body.purpose)


desk_api.add_router("", desk_itself)
desk_api.add_router("", lists)
desk_api.add_router("", forms)
desk_api.add_router("", notices)
desk_api.add_router("", availability)
# Before what takes any key for an agreement.
desk_api.add_router("", verifying)
desk_api.add_router("", agreements)
desk_api.add_router("", submitting)
desk_api.add_router("", drafts)
desk_api.add_router("", cases)
desk_api.add_router("", contacts)
desk_api.add_router("", recovering)
desk_api.add_router("", questions)
desk_api.add_router("", attainment)
desk_api.add_router("", surveys)
desk_api.add_router("", staff)
desk_api.add_router("", staff_steps)
desk_api.add_router("", staff_letters)
desk_api.add_router("", staff_notices)
problems.install(desk_api)
