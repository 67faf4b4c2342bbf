"""The scanned letters of signatures: anybody may look at what was signed on paper."""

import hashlib
import io
import logging
import uuid

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render

from desk_core import audit
from desk_core.models import AuditEntry
from sla.models.agreements import AgreementVersion
from sla.models.consent import ConsentLetter
from sla.models.signatures import Signature

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

logger = logging.getLogger(__name__)


def letter_response(
    request: HttpRequest, version: AgreementVersion, identity: str
) -> HttpResponseBase | None:
    """The letter of one signature or consent under this version; None when there is none.

    A file that is not the one that was recorded is not shown: the answer says so, and the audit
    trail.
    """
    try:
        key = uuid.UUID(identity)
    except ValueError:
        return None
    letter: Signature | ConsentLetter | None = (
        Signature.objects.filter(pk=key, text__version=version).first()
        or ConsentLetter.objects.filter(pk=key, end__version=version).first()
    )
    if letter is None or letter.scan_type not in ENDINGS:
        return None
    if not letter.scan.storage.exists(str(letter.scan.name)):
        return None
    # At most 20 MB, and read once, so that what was compared is what is sent.
    with letter.scan.open("rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != letter.scan_digest:
        _report(letter, version)
        return render(request, "sla/letter_changed.html", {"letter": letter}, status=500)
    response = FileResponse(
        io.BytesIO(data),
        content_type=letter.scan_type,
        filename=f"letter-{key}.{ENDINGS[letter.scan_type]}",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _report(letter: Signature | ConsentLetter, version: AgreementVersion) -> None:
    """Log it each time; the audit trail says it once, however often it is asked for."""
    logger.error("The letter %s is not the file that was recorded.", letter.scan.name)
    action, target = "agreement.letter_changed", f"agreement-letter:{letter.pk}"
    if not AuditEntry.objects.filter(action=action, target=target).exists():
        audit.record(
            action=action,
            actor=None,
            target=target,
            department_id=version.agreement.department_id,
            detail={"version": version.pk, "recorded": letter.scan_digest},
        )
