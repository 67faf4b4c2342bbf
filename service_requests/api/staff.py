"""Staff read through the API: a bearer token shows what its person may see, as the screens do.

Every door begins at `visible_to` of the token's person; a case that they may not know of is a 404.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from desk_core import audit
from desk_core.responses import never_store
from service_requests import look_up, paging, reading, staff_reading
from service_requests.api import problems, staff_schemas
from service_requests.api.staff_doors import REFUSED, bare, case_of, read
from service_requests.enums import OPEN_STATES, Kind, State
from service_requests.models import Attachment, Case
from service_requests.serving import file_response
from service_requests.texts import clean_text

router = Router(tags=["staff"])
QUEUES = ("overdue", "at_risk")
ASSIGNED = ("me", "team", "absent", "nobody", "somebody")
MOST_FOUND = 50


class Narrowed(Schema):
    """By what the list is narrowed."""

    state: str = Field("", description="A state, or `open` for all open ones")
    kind: str = Field("", description="request, complaint or suggestion")
    department: str = Field("", max_length=60, description="Key of a department")
    assigned: str = Field("", description="me, team, absent, nobody or somebody")
    queue: str = Field("", description="overdue or at_risk, by what the agreement promised")
    unread: bool = False
    cursor: str = Field("", max_length=120, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=100)


@router.get(
    "/staff/cases",
    auth=read,
    response={200: staff_schemas.StaffCases, **REFUSED},
    summary="List cases",
)
def list_cases(
    request: HttpRequest, response: HttpResponse, narrowed: Query[Narrowed]
) -> dict[str, Any]:
    """The cases that you may know of, newest first; every page costs the same."""
    never_store(response)
    rows = _narrow(Case.objects.visible_to(request.user), narrowed, request.user)
    place = paging.clean_place(narrowed.cursor) if narrowed.cursor else None
    ordered: Any = paging.after(rows, place) if place else rows.order_by(*paging.NEWEST)
    found = list(ordered.for_list()[: narrowed.limit + 1])
    page = found[: narrowed.limit]
    more = len(found) > narrowed.limit
    return {
        "cases": [staff_reading.facts(case) for case in page],
        "next": str(paging.place_of(page[-1])) if more else None,
    }


@router.post(
    "/staff/cases/search",
    auth=read,
    response={200: staff_schemas.StaffCases, **REFUSED},
    summary="Search cases",
)
def search_cases(
    request: HttpRequest, response: HttpResponse, body: staff_schemas.SearchIn
) -> dict[str, Any]:
    """Posted, for a term may be personal; the newest 50. The term itself is recorded nowhere."""
    never_store(response)
    term = clean_text(body.term, field="term", limit=look_up.LONGEST_TERM, required=False)
    rows: Any = look_up.narrow(Case.objects.visible_to(request.user), term) if term else []
    audit.record(
        action="case.search",
        actor=request.user,  # type: ignore[arg-type]
        target="case:api",
        detail=look_up.describe(term),
    )
    found = list(rows.order_by(*paging.NEWEST).for_list()[:MOST_FOUND]) if term else []
    return {"cases": [staff_reading.facts(case) for case in found], "next": None}


@router.get(
    "/staff/cases/{code}",
    auth=read,
    response={200: staff_schemas.StaffCaseOut, **REFUSED},
    summary="Read a case",
)
def read_staff_case(
    request: HttpRequest, response: HttpResponse, code: str, reason: str = ""
) -> dict[str, Any]:
    """Recorded as on the screen. `reason` for those who must say why: `supervision`, `letter` …"""
    never_store(response)
    return staff_reading.whole(case_of(request, code), request.user, reason[:20])


@router.get(
    "/staff/cases/{code}/files/{attachment_id}",
    auth=read,
    response=REFUSED,
    summary="Download a file of a case",
)
def read_staff_file(
    request: HttpRequest, code: str, attachment_id: UUID, reason: str = ""
) -> HttpResponseBase:
    """The file as it was handed in, always as an attachment; recorded."""
    try:
        found = reading.file_for_staff(
            case=case_of(request, code),
            user=request.user,
            attachment_id=attachment_id,
            reason=reason[:20],
        )
    except (Attachment.DoesNotExist, FileNotFoundError):
        return problems.no_file()
    return file_response(found)


def _narrow(rows: Any, by: Narrowed, user: Any) -> Any:
    """Exact values only; one that is none is refused at its field."""
    _one_of("state", by.state, (*State.values, "open"))
    _one_of("kind", by.kind, Kind.values)
    _one_of("assigned", by.assigned, ASSIGNED)
    _one_of("queue", by.queue, QUEUES)
    if by.state:
        rows = rows.filter(state__in=OPEN_STATES if by.state == "open" else [by.state])
    if by.kind:
        rows = rows.filter(kind=by.kind)
    if by.department:
        rows = rows.filter(department__key=bare(by.department))
    if by.unread:
        rows = rows.filter(unread_by_staff=True)
    if by.queue:
        rows = getattr(rows, by.queue)(timezone.now())
    if by.assigned == "me":
        rows = rows.assigned_to(user)
    elif by.assigned == "team":
        rows = rows.of_teams_of(user)
    elif by.assigned == "absent":
        rows = rows.deputised_to(user)
    elif by.assigned:
        rows = rows.filter(assigned_to__isnull=by.assigned == "nobody")
    return rows


def _one_of(field: str, value: str, known: Any) -> None:
    if value and value not in known:
        raise ValidationError({field: [_("Choose one of these.")]})
