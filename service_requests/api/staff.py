"""Staff through the API: a bearer token does what its person may, by the same verbs as the screens.

Every door begins at `visible_to` of the token's person; a case that they may not know of is a 404.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.security import HttpBearer
from pydantic import Field

from cms_pages.models import Department
from desk_core import audit
from desk_core.responses import never_store
from service_requests import (
    conversation,
    look_up,
    notes,
    paging,
    permissions,
    reading,
    staff_reading,
    tokens,
    workflow,
)
from service_requests.api import problems, staff_schemas
from service_requests.enums import OPEN_STATES, Kind, State, TokenScope
from service_requests.errors import NotAllowed
from service_requests.models import ApiToken, Attachment, Case, Team
from service_requests.serving import file_response
from service_requests.texts import clean_text
from service_requests.transitions import Step

QUEUES = ("overdue", "at_risk")
ASSIGNED = ("me", "team", "absent", "nobody", "somebody")
MOST_FOUND = 50


class StaffToken(HttpBearer):
    """`Authorization: Bearer desk_…` with a token of a member of staff."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token, while it opens anything. Raises NotAllowed where its scope is too small."""
        found = tokens.open_token(token)
        if found is None:
            return None
        if tokens.too_often(found):
            raise problems.TooOften
        if self.scope == TokenScope.WRITE and found.scope != TokenScope.WRITE:
            raise NotAllowed(_("This token may only read."))
        request.user = found.user
        return found


read, write = StaffToken(TokenScope.READ), StaffToken(TokenScope.WRITE)
router = Router(tags=["staff"])
_REFUSED: Any = dict.fromkeys((401, 403, 404, 409, 422, 429), problems.Problem)


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
    response={200: staff_schemas.StaffCases, **_REFUSED},
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
    response={200: staff_schemas.StaffCases, **_REFUSED},
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
    response={200: staff_schemas.StaffCaseOut, **_REFUSED},
    summary="Read a case",
)
def read_staff_case(
    request: HttpRequest, response: HttpResponse, code: str, reason: str = ""
) -> dict[str, Any]:
    """Recorded as on the screen. `reason` for those who must say why: `supervision`, `letter` …"""
    never_store(response)
    return staff_reading.whole(_case(request, code), request.user, reason[:20])


@router.get(
    "/staff/cases/{code}/files/{attachment_id}",
    auth=read,
    response=_REFUSED,
    summary="Download a file of a case",
)
def read_staff_file(
    request: HttpRequest, code: str, attachment_id: UUID, reason: str = ""
) -> HttpResponseBase:
    """The file as it was handed in, always as an attachment; recorded."""
    try:
        found = reading.file_for_staff(
            case=_case(request, code),
            user=request.user,
            attachment_id=attachment_id,
            reason=reason[:20],
        )
    except (Attachment.DoesNotExist, FileNotFoundError):
        return problems.no_file()
    return file_response(found)


@router.post(
    "/staff/cases/{code}/transitions",
    auth=write,
    response={200: staff_schemas.StaffCase, **_REFUSED},
    summary="Take a step",
)
def take_step(
    request: HttpRequest, response: HttpResponse, code: str, body: staff_schemas.StepIn
) -> dict[str, Any]:
    """409 `conflict`: somebody was faster, look again. 409 `not-possible`: not in this state."""
    verb = _STEPS.get(body.step)
    if verb is None:
        raise ValidationError({"step": [_("Choose one of these.")]})
    asked = _ASKED.get(body.step, ())
    for name in ("text", "reason", "reply_by", "into"):
        if getattr(body, name) and name not in asked:
            raise ValidationError({name: [_("This step does not ask for it.")]})
    return _done(response, verb(_common(request, code, body.expected), body))


@router.post(
    "/staff/cases/{code}/answer",
    auth=write,
    response={200: staff_schemas.StaffCase, **_REFUSED},
    summary="Answer",
)
def answer_case(
    request: HttpRequest, response: HttpResponse, code: str, body: staff_schemas.AnswerIn
) -> dict[str, Any]:
    """Give the answer, while `answer` is among the steps."""
    common = _common(request, code, body.expected)
    return _done(response, workflow.answer(**common, text=body.text))


@router.post(
    "/staff/cases/{code}/assignment",
    auth=write,
    response={200: staff_schemas.StaffCase, **_REFUSED},
    summary="Assign",
)
def assign_case(
    request: HttpRequest, response: HttpResponse, code: str, body: staff_schemas.AssignIn
) -> dict[str, Any]:
    """To a colleague, a team, or nobody; `me` takes what nobody has."""
    common = _common(request, code, body.expected)
    if body.to == "me":
        return _done(response, workflow.take(**common))
    if body.team is not None:
        # A team that may not have this case and one that is none get the same answer.
        team = Team.objects.filter(pk=body.team).first() or Team(pk=body.team)
        return _done(response, workflow.assign_team(**common, team=team))
    to = None
    if body.to:
        people = permissions.assignable(common["case"])
        to = people.filter(**{get_user_model().USERNAME_FIELD: _bare(body.to)}).first()
        if to is None:
            raise ValidationError({"to": [_("This person may not work on this case.")]})
    return _done(response, workflow.assign(**common, to=to))


@router.post(
    "/staff/cases/{code}/referral",
    auth=write,
    response={200: staff_schemas.StaffCase, **_REFUSED},
    summary="Refer to another department",
)
def refer_case(
    request: HttpRequest, response: HttpResponse, code: str, body: staff_schemas.ReferIn
) -> dict[str, Any]:
    """You may no longer know of the case afterwards; the answer is its facts once more."""
    common = _common(request, code, body.expected)
    department = Department.objects.filter(key=_bare(body.department)).first()
    if department is None:
        raise ValidationError({"department": [_("Choose one of these.")]})
    case = workflow.refer(**common, department=department, reason=body.reason)
    return _done(response, case)


@router.post(
    "/staff/cases/{code}/notes",
    auth=write,
    response={201: None, **_REFUSED},
    summary="Add an internal note",
)
def add_note(request: HttpRequest, code: str, body: staff_schemas.NoteIn) -> Status:
    """No applicant ever sees it."""
    case = _case(request, code)
    notes.add(case=case, actor=request.user, text=body.text, note_id=body.note_id)
    return Status(201, None)


@router.post(
    "/staff/cases/{code}/messages",
    auth=write,
    response={201: None, **_REFUSED},
    summary="Write to the applicant",
)
def write_message(request: HttpRequest, code: str, body: staff_schemas.StaffMessageIn) -> Status:
    """Without changing the state; the applicant is told."""
    case = _case(request, code)
    conversation.staff_writes(
        case=case, actor=request.user, text=body.text, message_id=body.message_id
    )
    return Status(201, None)


Verb = Callable[[dict[str, Any], staff_schemas.StepIn], Case]
_STEPS: dict[str, Verb] = {
    Step.START_REVIEW: lambda common, body: workflow.start_review(**common),
    Step.ASK_INFO: lambda common, body: workflow.ask_info(
        **common, text=body.text, reply_by=body.reply_by
    ),
    Step.REJECT: lambda common, body: workflow.reject(**common, reason=body.reason),
    Step.CLOSE: lambda common, body: workflow.close(**common),
    Step.REOPEN: lambda common, body: workflow.reopen(**common, reason=body.reason),
    Step.MARK_SPAM: lambda common, body: workflow.mark_spam(**common),
    Step.MERGE: lambda common, body: workflow.merge(**common, into=body.into),
    Step.RESTORE: lambda common, body: workflow.restore(**common),
}

_ASKED: dict[str, tuple[str, ...]] = {
    Step.ASK_INFO: ("text", "reply_by"),
    Step.REJECT: ("reason",),
    Step.REOPEN: ("reason",),
    Step.MERGE: ("into",),
}


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
        rows = rows.filter(department__key=_bare(by.department))
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


def _case(request: HttpRequest, code: str) -> Case:
    """A case of this code that the token's person may know of."""
    rows = Case.objects.visible_to(request.user).select_related(
        "department", "service", "assigned_to", "team", "subject_key", "complained_department"
    )
    found = rows.filter(code=code).first() if code.isascii() and code.isdigit() else None
    if found is None:
        raise Http404
    return found


def _common(request: HttpRequest, code: str, expected: int) -> dict[str, Any]:
    return {"case": _case(request, code), "actor": request.user, "expected": expected}


def _done(response: HttpResponse, case: Case) -> dict[str, Any]:
    """The facts of the case as it is now."""
    never_store(response)
    return staff_reading.facts(Case.objects.for_list().get(pk=case.pk))


def _bare(text: str) -> str:
    """Without what no name has, and PostgreSQL takes none of."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:150]
