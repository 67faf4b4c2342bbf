"""One question to a third party through the API: the token of the link travels in the body."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import enquiries, limits
from service_requests.api import problems
from service_requests.api.schemas import FileOut
from service_requests.models import Attachment, Enquiry
from service_requests.serving import file_response

router = Router(tags=["question"])


class QuestionIn(Schema):
    """What follows # in the link, or the whole link."""

    token: str = Field(max_length=500)


class QuestionAnswerIn(QuestionIn):
    """The answer, given once."""

    name: str = Field(description="Name and post of whoever answers")
    text: str


class QuestionOut(Schema):
    """The question, and what staff chose to show with it."""

    question: str
    shown: str
    files: list[FileOut]
    until: str = Field(description="ISO 8601, UTC")


_ANSWERS: Any = {422: problems.Problem, 409: problems.Problem, 429: problems.Problem}


@router.post("/question", response={200: QuestionOut, **_ANSWERS}, summary="Open a question")
def read_question(request: HttpRequest, response: HttpResponse, body: QuestionIn) -> Any:
    """422 at `token`: there is no such link; 409: it was answered or withdrawn, or is over."""
    never_store(response)
    enquiry = _enquiry(request, body.token)
    if not isinstance(enquiry, Enquiry):
        return enquiry
    found = enquiries.shown_to_third(enquiry)
    return {
        "question": found.question,
        "shown": found.shown,
        "files": found.files,
        "until": enquiry.expires_at.isoformat().replace("+00:00", "Z"),
    }


@router.post(
    "/question/answer", response={204: None, **_ANSWERS}, summary="Answer a question, once"
)
def answer_question(request: HttpRequest, body: QuestionAnswerIn) -> Any:
    """The answer reaches the staff of the case and nobody else."""
    enquiry = _enquiry(request, body.token)
    if not isinstance(enquiry, Enquiry):
        return enquiry
    enquiries.answer(enquiry=enquiry, name=body.name, text=body.text)
    return Status(204, None)


@router.post(
    "/question/files/{attachment_id}",
    response={404: problems.Problem, **_ANSWERS},
    summary="Download a file of a question",
)
def read_question_file(
    request: HttpRequest, attachment_id: UUID, body: QuestionIn
) -> HttpResponseBase:
    """A file that staff chose for this question, always as an attachment."""
    enquiry = _enquiry(request, body.token)
    if not isinstance(enquiry, Enquiry):
        return enquiry
    try:
        return file_response(enquiries.file_for_third(enquiry, attachment_id))
    except (Attachment.DoesNotExist, FileNotFoundError):
        return problems.no_file()


def _enquiry(request: HttpRequest, token: str) -> Enquiry | HttpResponse:
    if hit(limits.QUESTIONS, client_address(request)).over:
        return problems.problem(
            "too-often", 429, _("This was asked too often. Please wait ten minutes.")
        )
    opened = enquiries.open_by_token(token)
    if opened is None:
        message = _("There is no such link. Copy it whole, as it was sent.")
        raise ValidationError({"token": [message]})
    return opened[0]
