"""Verification of agreements through the API: by SHA-256, or with the file itself."""

import json
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from desk_core.throttles import Limit, client_address, hit
from service_requests.api.problems import Problem, problem
from sla.limits import FILES, LOOK_UPS
from sla.verification import MAX_FILE_BYTES, Finding, clean_digest, verify_digest, verify_file
from sla.views.verify import page_url

router = Router(tags=["agreements"])


class SignatoryOut(Schema):
    """Who signed for a party, when, by which letter."""

    party: str
    name: str
    post: str
    signed_on: str
    letter_number: str
    kind: str = Field(description='"paper" or "digital"')


class FileSignatureOut(Schema):
    """A digital signature in the file that was sent."""

    name: str
    signed_at: str | None = Field(description="By the signer's own clock")
    intact: bool
    covers_whole_file: bool
    trusted: bool
    problem: str = ""


class VerificationOut(Schema):
    """The answer. `authentic`: this is the signed text or its true PDF, unchanged."""

    verdict: str = Field(
        description="text, pdf: the signed text or its PDF. offer: the text as it was offered for "
        "signature. letter: the letter of a signature. added, changed: ours, and altered "
        "afterwards. unknown: not one of ours."
    )
    authentic: bool
    message: str
    sha256: str
    text_sha256: str | None = None
    agreement: str | None = None
    number: int | None = None
    state: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    url: str | None = None
    text_url: str | None = None
    pdf_url: str | None = None
    signatures: list[SignatoryOut] = []
    file_signatures: list[FileSignatureOut] = []


ANSWERS = {200: VerificationOut, 404: Problem, 413: Problem, 422: Problem, 429: Problem}
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["sha256"],
                "properties": {"sha256": {"type": "string", "maxLength": 200}},
            }
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
    },
}


@router.get("/agreements/verify/{sha256}", response=ANSWERS, summary="Verify by SHA-256")
def verify_by_digest(request: HttpRequest, sha256: str) -> Any:
    """Whether this is the SHA-256 of a signed text, of its PDF, or of a letter."""
    try:
        clean_digest(sha256[:200])
    except ValidationError as error:
        return problem("not-found", 404, error.messages[0])
    return _by_digest(request, sha256)


@router.post(
    "/agreements/verify",
    response=ANSWERS,
    summary="Verify a PDF or a SHA-256",
    openapi_extra={"requestBody": _BODY},
)
def verify(request: HttpRequest) -> Any:
    """JSON with `sha256`, or multipart/form-data with `file` (20 MB). Nothing is stored."""
    if request.content_type != "multipart/form-data":
        return _by_digest(request, _sent_digest(request))
    file = request.FILES.get("file")
    if file is None:
        raise ValidationError({"file": _("Choose a file, or write a SHA-256.")})
    if (file.size or 0) > MAX_FILE_BYTES:
        return problem("too-big", 413, _("The file is larger than 20 MB."))
    refused = _too_often(request, FILES)
    return refused or _shown(request, verify_file(cast(BinaryIO, file)))


def _by_digest(request: HttpRequest, text: str) -> Any:
    try:
        digest = clean_digest(text[:200])
    except ValidationError as error:
        raise ValidationError({"sha256": error.messages}) from None
    return _too_often(request, LOOK_UPS) or _shown(request, verify_digest(digest))


def _sent_digest(request: HttpRequest) -> str:
    try:
        found = json.loads(request.body)["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, str):
        raise ValidationError({"sha256": _("This has the wrong form.")})
    return found


def _too_often(request: HttpRequest, limit: Limit) -> HttpResponseBase | None:
    if not hit(limit, client_address(request)).over:
        return None
    answer = problem("too-often", 429, _("This was asked too often. Please wait ten minutes."))
    answer["Retry-After"] = str(limit.seconds)
    return answer


def _shown(request: HttpRequest, finding: Finding) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "verdict": finding.verdict.value,
        "authentic": finding.authentic,
        "message": finding.sentence,
        "sha256": finding.digest,
        "file_signatures": [
            {
                "name": each.name,
                "signed_at": each.signed_at.isoformat() if each.signed_at else None,
                "intact": each.intact,
                "covers_whole_file": each.whole,
                "trusted": each.trusted,
                "problem": each.problem,
            }
            for each in finding.file_signatures
        ],
    }
    version, facts = finding.version, finding.facts
    if version is None or facts is None:
        return shown
    place = {"key": version.agreement.key, "number": version.number}
    signed = bool(finding.signatures)
    return shown | {
        "text_sha256": finding.text_digest,
        "agreement": version.agreement.key,
        "number": version.number,
        "state": finding.state,
        "valid_from": _day(facts.starts),
        "valid_to": _day(facts.valid_to),
        "url": page_url(request, finding) or None,
        "text_url": reverse("sla:text", kwargs=place) if signed else None,
        "pdf_url": reverse("sla:pdf", kwargs=place) if facts.signed_on else None,
        "signatures": [
            {
                "party": row.party,
                "name": row.name,
                "post": row.post,
                "signed_on": row.signed_on.isoformat(),
                "letter_number": row.letter_number,
                "kind": row.kind,
            }
            for row in finding.signatures
        ],
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
