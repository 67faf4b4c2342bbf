"""Following a case through the API: a bearer token, got with code and password."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status, UploadedFile
from ninja.security import HttpBearer

from desk_core.responses import never_store
from desk_core.throttles import client_address
from service_requests import (
    agreement,
    codes,
    conversation,
    credentials,
    limits,
    promises,
    reading,
    tracking,
    visit_reading,
    visits,
    wording,
    workflow,
)
from service_requests.about_notices import shown
from service_requests.api import problems, schemas
from service_requests.api.attempts import check_passed
from service_requests.api.surveys import PermitOut
from service_requests.attachments import IncomingFile
from service_requests.enums import Direction, Side, SurveyPurpose
from service_requests.models import Attachment, Case, Letter, TrackingSession
from service_requests.serving import (
    calendar_response,
    export_response,
    file_response,
    letter_response,
)
from service_requests.subject_export import handing_out
from service_requests.surveys import answering, composing, links
from service_requests.surveys.questions import CSAT, SCALE
from sla import agreements
from sla.models import AgreementVersion


class TrackingToken(HttpBearer):
    """`Authorization: Bearer …` with the token of a tracking session."""

    def authenticate(self, request: HttpRequest, token: str) -> TrackingSession | None:
        """The session, kept alive by this use; None when it is over."""
        return tracking.get_session(token)


router = Router(tags=["track"])
_OF_A_MESSAGE = ("id", "side", "purpose", "written_at", "text", "visit", "files")
_OF_A_LETTER = (
    *("id", "direction", "number", "indicator", "year", "letter_date", "registered_on"),
    *("enclosures", "enclosed", "in_reply_to", "following", "message_id", "voided_at"),
)
session = TrackingToken()


def _case(request: HttpRequest) -> Case:
    return request.auth.credential.case  # type: ignore[attr-defined]


@router.post(
    "/sessions",
    response={
        201: schemas.SessionOut,
        401: problems.Problem,
        422: problems.Problem,
        428: problems.Problem,
    },
    summary="Open a tracking session",
)
def open_session(request: HttpRequest, response: HttpResponse, body: schemas.SessionIn) -> Status:
    """422 at `code` for a mistyped digit, which counts as no attempt.

    After many attempts 428 asks for a human check and brings its puzzle along.
    """
    never_store(response)
    code, password = codes.clean_pair(code=body.code, password=body.password)
    address = client_address(request)
    credential = credentials.verify(
        code=code,
        password=password,
        address=address,
        human_check_passed=check_passed(code=code, address=address, human=body.human),
    )
    token, opened = tracking.open_session(credential=credential)
    return Status(
        201,
        {
            "token": token,
            "idle_seconds": int(tracking.IDLE.total_seconds()),
            "absolute_seconds": int(tracking.ABSOLUTE.total_seconds()),
            "opened_before": opened.opened_before,
        },
    )


@router.delete("/session", auth=session, response={204: None}, summary="Close the session")
def close_session(request: HttpRequest) -> Status:
    """The token is worth nothing afterwards."""
    tracking.close(session=request.auth)  # type: ignore[attr-defined]
    return Status(204, None)


@router.get("/session/case", auth=session, response=schemas.CaseOut, summary="Read the case")
def read_case(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Everything that the tracking page shows."""
    never_store(response)
    return _shown(request)


@router.get("/session/files/{attachment_id}", auth=session, summary="Download a file")
def read_file(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """The file, always as an attachment; 404 for one whose `state` is not `ready`."""
    try:
        found = reading.file_for_applicant(
            session=request.auth,  # type: ignore[attr-defined]
            attachment_id=attachment_id,
        )
    except (Attachment.DoesNotExist, FileNotFoundError):
        return problems.no_file()
    return file_response(found)


@router.get("/session/letters/{letter_id}", auth=session, summary="Download a letter")
def read_letter(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """A valid outgoing letter as PDF, signed where the body has a certificate."""
    try:
        paper = reading.letter_for_applicant(
            session=request.auth,  # type: ignore[attr-defined]
            letter_id=letter_id,
        )
    except Letter.DoesNotExist:
        return problems.no_file()
    return letter_response(request, paper)


@router.get(
    "/session/export",
    auth=session,
    response={429: problems.Problem},
    summary="Take the case along",
)
def export_case(request: HttpRequest) -> HttpResponseBase:
    """Everything the applicant may read, with all files, as one ZIP (docs/data-export.md)."""
    if not limits.may_take_along(_case(request)):
        return problems.problem("too-often", 429, str(limits.TOO_OFTEN))
    export = handing_out.for_applicant(
        session=request.auth,  # type: ignore[attr-defined]
        language=get_language() or settings.LANGUAGE_CODE,
    )
    return export_response(export)


@router.post(
    "/session/messages", auth=session, response={201: schemas.CaseOut}, summary="Add a message"
)
def add_message(request: HttpRequest, response: HttpResponse, body: schemas.TextIn) -> Status:
    """Answers with the case as it stands now."""
    never_store(response)
    conversation.citizen_adds(case=_case(request), text=body.text, message_id=body.message_id)
    return Status(201, _shown(request))


@router.post(
    "/session/messages/with-files",
    auth=session,
    response={201: schemas.CaseOut},
    summary="Add a message with files",
)
def add_message_with_files(
    request: HttpRequest,
    response: HttpResponse,
    body: Form[schemas.MessageForm],
    files: File[list[UploadedFile]] = [],  # noqa: B006 – ninja reads the default
) -> Status:
    """The same as multipart/form-data."""
    never_store(response)
    conversation.citizen_adds(
        case=_case(request),
        text=body.text,
        files=[IncomingFile.of(file, keep_as_sent=body.keep_as_sent) for file in files],
        message_id=body.message_id,
    )
    return Status(201, _shown(request))


@router.post("/session/objection", auth=session, response=schemas.CaseOut, summary="Object")
def object_to_answer(
    request: HttpRequest, response: HttpResponse, body: schemas.TextIn
) -> dict[str, Any]:
    """Object to the answer, while `object` is among the steps."""
    never_store(response)
    workflow.object_to_answer(case=_case(request), text=body.text, message_id=body.message_id)
    return _shown(request)


@router.post("/session/reopening", auth=session, response=schemas.CaseOut, summary="Reopen")
def reopen(request: HttpRequest, response: HttpResponse, body: schemas.TextIn) -> dict[str, Any]:
    """Have a closed case opened again, and say why, while `reopen` is among the steps."""
    never_store(response)
    workflow.reopen_for_applicant(case=_case(request), text=body.text, message_id=body.message_id)
    return _shown(request)


@router.post("/session/withdrawal", auth=session, response=schemas.CaseOut, summary="Withdraw")
def withdraw(request: HttpRequest, response: HttpResponse, body: schemas.TextIn) -> dict[str, Any]:
    """Withdraw the case; the text may be empty."""
    never_store(response)
    workflow.withdraw(case=_case(request), text=body.text, message_id=body.message_id)
    return _shown(request)


@router.get(
    "/session/visit/times",
    auth=session,
    response=list[schemas.TimeOut],
    summary="Free times for the visit",
)
def visit_times(request: HttpRequest, response: HttpResponse) -> list[dict[str, Any]]:
    """The nearest free times of the department; none where the case waits for no visit."""
    never_store(response)
    return [
        {
            "slot": offer.key,
            "starts_at": offer.starts_at,
            "ends_at": offer.ends_at,
            "place": offer.where,
        }
        for offer in visits.free_times(_case(request))
    ]


@router.post(
    "/session/visit", auth=session, response=schemas.CaseOut, summary="Choose or move the visit"
)
def choose_visit(
    request: HttpRequest, response: HttpResponse, body: schemas.SlotIn
) -> dict[str, Any]:
    """Take a free time, while `book_visit` or `move_visit` is among the steps.

    422 at `slot` when it went to somebody else meanwhile.
    """
    never_store(response)
    visits.choose(case=_case(request), slot=body.slot, message_id=body.message_id)
    return _shown(request)


@router.post(
    "/session/visit/decline",
    auth=session,
    response=schemas.CaseOut,
    summary="Decline the visit",
)
def decline_visit(
    request: HttpRequest, response: HttpResponse, body: schemas.TextIn
) -> dict[str, Any]:
    """Not coming, while `decline_visit` is among the steps; the text may be empty."""
    never_store(response)
    visits.decline(case=_case(request), text=body.text, message_id=body.message_id)
    return _shown(request)


@router.get("/session/visit/calendar", auth=session, summary="The visit as a calendar file")
def visit_calendar(request: HttpRequest) -> HttpResponseBase:
    """RFC 5545 (`text/calendar`), once a time is set; the same UID after every move."""
    found = calendar_response(_case(request), request)
    if found is None:
        return problems.problem("not-found", 404, _("No time is set for a visit."))
    return found


@router.get("/survey", response=schemas.SurveyQuestions, tags=["lists"], summary="Survey")
def questions(request: HttpRequest) -> dict[str, Any]:
    """The questions of satisfaction that are asked after a case, and their scale.

    `/surveys/closing` has every question.
    """
    asked = composing.current(SurveyPurpose.CLOSING)
    listed = asked.definition.questions if asked else ()
    return {
        "questions": [
            {"value": each.key, "label": str(each.text)} for each in listed if each.type == CSAT
        ],
        "scale": [{"value": str(grade), "label": str(label)} for grade, label in SCALE],
    }


@router.post("/session/survey/permit", auth=session, response=PermitOut, summary="Begin the survey")
def begin_survey(request: HttpRequest, response: HttpResponse) -> dict[str, str]:
    """The right to answer once, at `/surveys/answers`, without this session. 409: rated already."""
    never_store(response)
    return {"permit": links.begin(case=_case(request))}


@router.post("/session/survey", auth=session, response={204: None}, summary="Rate it")
def rate(request: HttpRequest, body: schemas.SurveyIn) -> Status:
    """Begin and answer in one go. One answer for each case, kept apart from it."""
    answering.answer_case(
        case=_case(request),
        given={**body.answers, "comment": body.comment},
        message_id=body.message_id,
    )
    return Status(204, None)


def _agreement(request: HttpRequest, version: AgreementVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    url, text = agreement.url_of(version, request), agreement.api_url_of(version)
    return {
        "agreement": version.agreement.key,
        "number": version.number,
        "url": url if url != text else None,
        "text": text,
    }


def _visit(view: reading.ApplicantView) -> dict[str, Any] | None:
    shown = visit_reading.for_applicant(view)
    if shown is None:
        return None
    visit = shown.visit
    times = {"starts_at": visit.starts_at, "ends_at": visit.ends_at, "answer_by": shown.answer_by}
    words = {"place": shown.place, "bring": shown.bring}
    return {"state": visit.state, **times, **words, "can_choose": shown.can_choose}


def _shown(request: HttpRequest) -> dict[str, Any]:
    opened: TrackingSession = request.auth  # type: ignore[attr-defined]
    opened.credential.case.refresh_from_db()
    view = reading.for_applicant(opened)
    case = view.case
    return {
        "code": case.code,
        "kind": case.kind,
        "state": case.state,
        "state_label": case.get_state_display(),
        "sentence": wording.sentence(case),
        "department": wording.holder(case),
        "service": str(case.service) if case.service else None,
        "reply_by": case.reply_by,
        "set_aside": case.set_aside or None,
        "dealt_with_in": other.code if (other := wording.dealt_with_in(case)) else None,
        "registered_at": case.registered_at,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "agreement": case.agreement_note or agreements.label_for_case(case.agreement_version),
        "due": [
            {
                **{name: getattr(due, name) for name in ("measure", "label", "state", "why")},
                "due_at": due.at,
            }
            for due in promises.explained_dues(case, to_applicant=True)
        ],
        "agreement_version": _agreement(request, case.agreement_version),
        "person": view.masked_person,
        "subject": view.content["subject"],
        "body": view.content["body"],
        "form": view.form.plain() if view.form else None,
        "files": view.files,
        "messages": [
            {
                **{name: getattr(message, name) for name in _OF_A_MESSAGE},
                "department": wording.holder(case, message.department)
                if message.side == Side.STAFF
                else None,
            }
            for message in view.messages
        ],
        "timeline": [
            {
                "number": event.number,
                "at": event.at,
                "kind": event.kind,
                "label": event.label,
                "state": event.to_state,
                "department": wording.holder(case, event.department) if event.department else None,
                "note": event.note,
            }
            for event in view.timeline
        ],
        "letters": [
            {
                **{name: getattr(letter, name) for name in _OF_A_LETTER},
                "secretariat": str(letter.secretariat),
                "pdf": reverse("desk_v1:read_letter", kwargs={"letter_id": letter.id})
                if letter.direction == Direction.OUTGOING and letter.voided_at is None
                else None,
            }
            for letter in view.letters
        ],
        "visit": _visit(view),
        "steps": [step.value for step in view.steps],
        "survey_open": view.survey_open,
        "notices": [shown.plain(each) for each in view.notices],
    }
