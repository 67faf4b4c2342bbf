"""Registering through the API."""

import json
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Status, UploadedFile

from desk_core import human_check
from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from service_requests import intake, receipt_pdf, receipts, submissions
from service_requests.api import schemas
from service_requests.api.problems import Problem, problem
from service_requests.attachments import IncomingFile
from service_requests.enums import Source
from service_requests.limits import SUBMISSIONS, submission_difficulty
from service_requests.receipts import OpenReceipt
from service_requests.request_forms import filling, versions
from service_requests.submissions import Submission

router = Router(tags=["submit"])
ANSWERS = {201: schemas.ReceiptOut, 200: schemas.ReceiptOut, 422: Problem}


@router.post("/requests", response=ANSWERS, summary="Register")
def submit(request: HttpRequest, response: HttpResponse, body: schemas.SubmissionIn) -> Status:
    """Register without files. 201 for a new one, 200 for one that this key registered before."""
    human = body.human.dict() if body.human else None
    return _submit(request, response, body.dict(exclude={"human"}), human, [])


@router.post("/requests/with-files", response=ANSWERS, summary="Register with files")
def submit_with_files(
    request: HttpRequest,
    response: HttpResponse,
    body: Form[schemas.SubmissionForm],
    files: File[list[UploadedFile]] = [],  # noqa: B006 – ninja reads the default
) -> Status:
    """The same as multipart/form-data with up to 5 files of up to 20 MB."""
    kept = body.keep_as_sent
    incoming = [IncomingFile.of(file, keep_as_sent=kept) for file in files]
    data = body.dict(exclude={"human", "keep_as_sent"})
    return _submit(request, response, data, body.human, incoming)


@router.post("/receipts/kept", response={204: None}, summary="Say that you kept the receipt")
def kept(request: HttpRequest, body: schemas.KeepIn) -> Status:
    """The password is gone from the server at once."""
    receipts.keep(submission_key=body.submission_key)
    return Status(204, None)


@router.post(
    "/receipts/pdf",
    response={404: Problem, 422: Problem},
    summary="The receipt as PDF",
)
def receipt_as_pdf(request: HttpRequest, body: schemas.KeepIn) -> HttpResponseBase:
    """Code and password to keep on paper, as long as the password is still here."""
    found = receipts.open_receipt(submission_key=body.submission_key)
    if found is None or found.password is None:
        return problem("not-found", 404, _("The password is no longer kept here."))
    pdf = receipt_pdf.render(request=request, receipt=found)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{found.code}.pdf"'
    return never_store(response)


def _submit(
    request: HttpRequest,
    response: HttpResponse,
    data: dict[str, Any],
    human: Any,
    files: list[IncomingFile],
) -> Status:
    never_store(response)
    key = data.pop("submission_key")
    known = receipts.open_receipt(submission_key=key)
    if known is not None:
        return Status(200, shown_receipt(known))
    submission, incoming = _checked(data, files)
    address = client_address(request)
    human_check.verify(
        human, difficulty=submission_difficulty(address), purpose="submit", binding=key
    )
    hit(SUBMISSIONS, address)
    receipt = intake.submit(
        submission=submission,
        submission_key=key,
        source=Source.API,
        language=get_language() or "",
        files=incoming,
    )
    return Status(201 if receipt.created else 200, shown_receipt(receipt))


def _checked(
    data: dict[str, Any], files: list[IncomingFile]
) -> tuple[Submission, list[IncomingFile]]:
    """The submission, by the gate of the desk's own form or of an editor's, and its files."""
    key, version_id, answers = (data.pop(name) for name in ("form", "form_version", "answers"))
    if not key:
        lone = {"form_version": version_id, "answers": answers}
        if wrong := [name for name, value in lone.items() if value]:
            raise ValidationError(dict.fromkeys(wrong, _("Name the form that this answers.")))
        return submissions.clean(data), files
    version = versions.asked_for(key, version_id)
    places = range(len(files))
    submission = filling.clean(version=version, data=data, raw=_read(answers), files=places)
    answered = submission.form.files if submission.form else {}
    if not len(answered) == len(set(answered.values())) == len(files):
        raise ValidationError({"attachments": [_("Each file answers one question of the form.")]})
    by_place = {place: question for question, place in answered.items()}
    return submission, [replace(files[place], question=by_place[place]) for place in places]


def _read(answers: Any) -> dict[str, Any]:
    """The answers, which are JSON text where they come as a form field."""
    if isinstance(answers, str):
        try:
            answers = json.loads(answers or "{}")
        except (ValueError, RecursionError):
            answers = None
    if not isinstance(answers, dict):
        raise ValidationError({"answers": [_("This has the wrong form.")]})
    return answers


def shown_receipt(receipt: OpenReceipt) -> dict[str, Any]:
    """A receipt as `schemas.ReceiptOut`."""
    return {
        "code": receipt.code,
        "password": receipt.password,
        "registered_at": receipt.case.registered_at,
        "readable_until": receipt.expires_at,
    }
