"""A form of an editor, filled in little by little: begun, saved, left, resumed, sent, erased.

A draft is the same as on the pages, so it can be begun here and gone on with there. Its token comes
in the header `Authorization: Bearer …`, never in an address.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status, UploadedFile
from ninja.security import HttpBearer

from desk_core import human_check
from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import (
    attachments,
    codes,
    drafts,
    intake,
    receipts,
    resuming,
)
from service_requests.api import draft_schemas, problems, schemas
from service_requests.api.attempts import check_passed
from service_requests.api.submitting import shown_receipt
from service_requests.attachments import IncomingFile
from service_requests.enums import QuestionType, Source
from service_requests.errors import DraftGone, by_field
from service_requests.form_drafts import FormDraft, is_of_a_form
from service_requests.limits import DRAFTS, SUBMISSIONS, UPLOADS, submission_difficulty
from service_requests.models import Draft, FormVersion
from service_requests.question_forms import as_typed, is_text
from service_requests.request_forms import filling, versions

#: What is asked of everybody, beside the questions.
FIELDS = tuple(draft_schemas.DraftFields.model_fields)
_GONE: Any = {401: problems.Problem, 404: problems.Problem}
_REFUSED: Any = {**_GONE, 409: problems.Problem, 422: problems.Problem, 429: problems.Problem}


@dataclass(frozen=True)
class Held:
    """What a token opens: a draft, or nothing but the receipt of what it became."""

    token: str = field(repr=False)
    draft: Draft | None


class DraftToken(HttpBearer):
    """`Authorization: Bearer …` with the token of a draft."""

    def authenticate(self, request: HttpRequest, token: str) -> Held | None:
        """The draft while it lives, or what was sent with it."""
        if not drafts.is_token(token):
            return None
        draft = drafts.find(token)
        if draft is None and receipts.open_receipt(submission_key=drafts.submission_key(token)):
            return Held(token, None)
        return Held(token, draft) if draft is not None else None


router = Router(tags=["forms"])
held = DraftToken()


@router.post(
    "/drafts",
    response={201: draft_schemas.BegunOut, 422: problems.Problem, 429: problems.Problem},
    summary="Begin a draft of a form",
)
def begin(request: HttpRequest, response: HttpResponse, body: draft_schemas.BeginIn) -> Status:
    """The token is shown once. A draft lives for two hours after the last writing."""
    never_store(response)
    version = _offered(body.form, body.form_version)
    typed = as_typed(version.questions, body.answers)
    if hit(DRAFTS, client_address(request)).over:
        raise problems.TooOften
    token = drafts.new_token()
    filled = FormDraft.anew(None, {}, version)
    draft = filled.keep(token, {**_fields(body.fields), **typed}).draft
    return Status(201, {"token": token, **_shown(FormDraft(draft, drafts.read(draft), version))})


@router.post(
    "/drafts/resume",
    response={
        200: draft_schemas.BegunOut,
        401: problems.Problem,
        404: problems.Problem,
        422: problems.Problem,
        428: problems.Problem,
    },
    summary="Take a draft up again",
)
def resume(request: HttpRequest, response: HttpResponse, body: schemas.SessionIn) -> dict[str, Any]:
    """A new token for code and password; the one before ends. Counts as attempts at tracking do."""
    never_store(response)
    code, password = codes.clean_pair(code=body.code, password=body.password)
    address = client_address(request)
    token = resuming.resume(
        code=code,
        password=password,
        address=address,
        human_check_passed=check_passed(code=code, address=address, human=body.human),
        look=lambda draft: _opened(Held("", draft)),
    )
    return {"token": token, **_shown(_opened(Held(token, drafts.find(token))))}


@router.get(
    "/draft", auth=held, response={200: draft_schemas.DraftOut, **_GONE}, summary="Read a draft"
)
def read(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Everything so far, and what would be refused if it were sent now."""
    never_store(response)
    return _shown(_opened(request.auth))  # type: ignore[attr-defined]


@router.post(
    "/draft", auth=held, response={200: draft_schemas.DraftOut, **_REFUSED}, summary="Save a draft"
)
def save(
    request: HttpRequest, response: HttpResponse, body: draft_schemas.SaveIn
) -> dict[str, Any]:
    """What is sent takes the place of what was there, the rest stays; null takes an answer away."""
    never_store(response)
    filled = _opened(request.auth)  # type: ignore[attr-defined]
    typed = as_typed(filled.definition, body.answers)
    onward = filled.keep("", {**_fields(body.fields), **typed})
    gone = {key for key, value in body.answers.items() if value is None}
    for found in onward.kept:
        if found.question in gone:
            attachments.remove_from_draft(draft=onward.draft, attachment_id=found.id)
    return _shown(FormDraft(onward.draft, onward.answers, onward.version))


@router.post(
    "/draft/files",
    auth=held,
    response={200: draft_schemas.DraftOut, **_REFUSED},
    summary="Answer a question with a file",
)
def add_file(
    request: HttpRequest,
    response: HttpResponse,
    question: Form[str],
    file: File[UploadedFile],
    keep_as_sent: Form[bool] = False,
) -> dict[str, Any]:
    """multipart/form-data; another file takes the place of the one before.

    `keep_as_sent`: a picture is kept with its hidden data (place, time, device), because those are
    evidence.
    """
    never_store(response)
    filled = _opened(request.auth)  # type: ignore[attr-defined]
    asked = {q.key for q in filled.definition.questions() if q.type == QuestionType.FILE}
    if question not in asked:
        raise ValidationError({"question": [_("No question of this form asks for this file.")]})
    if hit(UPLOADS, client_address(request)).over:
        raise problems.TooOften
    onward = filled.keep("", {})
    incoming = IncomingFile.of(file, question, keep_as_sent=keep_as_sent)
    attachments.add_to_draft(draft=onward.draft, file=incoming)
    return _shown(FormDraft(onward.draft, drafts.read(onward.draft), onward.version))


@router.post(
    "/draft/leave",
    auth=held,
    response={200: draft_schemas.LeftOut, **_GONE, 429: problems.Problem},
    summary="Get a code to go on later",
)
def leave(request: HttpRequest, response: HttpResponse) -> resuming.Leave:
    """Code and password for seven days after the last writing; asked again, a new password."""
    never_store(response)
    return resuming.leave(draft=_opened(request.auth).draft)  # type: ignore[attr-defined]


@router.delete("/draft", auth=held, response={204: None, **_GONE}, summary="Erase a draft")
def erase(request: HttpRequest) -> Status:
    """Answers, files and the code to go on are gone; what was sent stays."""
    draft = request.auth.draft  # type: ignore[attr-defined]
    if draft is not None:
        drafts.give_up(draft)
    return Status(204, None)


@router.post(
    "/draft/submission",
    auth=held,
    response={201: schemas.ReceiptOut, 200: schemas.ReceiptOut, **_REFUSED},
    summary="Send a draft",
)
def submit(request: HttpRequest, response: HttpResponse, body: draft_schemas.SendIn) -> Status:
    """201 for a new case, 200 when this draft was sent before; then the receipt is the same."""
    never_store(response)
    token = request.auth.token  # type: ignore[attr-defined]
    key = drafts.submission_key(token)
    if (known := receipts.open_receipt(submission_key=key)) is not None:
        return Status(200, shown_receipt(known))
    filled = _opened(request.auth)  # type: ignore[attr-defined]
    submission = filled.submission(consent=body.consent)
    address = client_address(request)
    human_check.verify(
        body.human.dict() if body.human else None,
        difficulty=submission_difficulty(address),
        purpose="submit",
        binding=key,
    )
    hit(SUBMISSIONS, address)
    receipt = intake.submit(
        submission=submission,
        submission_key=key,
        source=Source.API,
        language=get_language() or "",
        draft=filled.draft,
        left_out=filled.left_out(submission),
    )
    return Status(201 if receipt.created else 200, shown_receipt(receipt))


def _offered(key: str, version_id: str) -> FormVersion:
    """The version that is begun. Raises ValidationError as POST /requests does."""
    version = versions.asked_for(key, version_id)
    if not filling.can_be_sent(version.questions):
        raise ValidationError({"form": [_("The department of this form takes no new requests.")]})
    return version


def _opened(found: Held) -> FormDraft:
    """The way of a draft, with the version of today where its own is too old. Raises DraftGone."""
    draft = found.draft
    answers = drafts.read(draft)
    if draft is None or not is_of_a_form(answers):
        raise DraftGone
    key = str(answers["form"])
    if known := FormDraft.of(key, draft, answers):
        return known
    version = versions.current(key)
    if version is None:
        raise DraftGone
    return FormDraft.anew(draft, answers, version)


def _fields(sent: draft_schemas.DraftFields) -> dict[str, str]:
    """What was sent, and nothing beside it. Raises ValidationError for what is no text."""
    given: dict[str, str] = sent.model_dump(exclude_unset=True)
    if wrong := [name for name, text in given.items() if not is_text(text)]:
        raise ValidationError(dict.fromkeys(wrong, _("This has the wrong form.")))
    return {name: text[:20_000] for name, text in given.items()}


def _shown(filled: FormDraft) -> dict[str, Any]:
    """A draft as `draft_schemas.DraftOut`."""
    draft = filled.draft
    return {
        "form": filled.key,
        "form_version": filled.version.pk,
        "moved": filled.moved,
        "dropped": list(filled.dropped),
        "fields": {name: filled.answers.get(name, "") for name in FIELDS},
        "answers": _given(filled),
        "files": [
            {"id": row.id, "question": row.question, "name": row.name, "size": row.size}
            for row in filled.kept
        ],
        "errors": _errors(filled),
        "expires_at": draft.expires_at,
    }


def _given(filled: FormDraft) -> dict[str, Any]:
    """The answers that were given, without files."""
    files = {found.question for found in filled.kept}
    given: dict[str, Any] = {}
    for key, value in filled.raw().items():
        if isinstance(value, dict):
            value = {part: text for part, text in value.items() if text}
        if value and key not in files:
            given[key] = value
    return given


def _errors(filled: FormDraft) -> dict[str, list[str]]:
    try:
        filled.submission()
    except ValidationError as error:
        return by_field(error)
    return {}
