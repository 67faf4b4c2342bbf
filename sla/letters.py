"""The scanned letters of signatures: anybody may look at what was signed on paper."""

import uuid

from django.http import FileResponse

from sla.models.agreements import AgreementVersion
from sla.models.consent import ConsentLetter
from sla.models.signatures import Signature

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def letter_response(version: AgreementVersion, identity: str) -> FileResponse | None:
    """The letter of one signature or consent under this version; None when there is none."""
    try:
        key = uuid.UUID(identity)
    except ValueError:
        return None
    signature: Signature | ConsentLetter | None = (
        Signature.objects.filter(pk=key, text__version=version).first()
        or ConsentLetter.objects.filter(pk=key, end__version=version).first()
    )
    if signature is None or signature.scan_type not in ENDINGS:
        return None
    if not signature.scan.storage.exists(str(signature.scan.name)):
        return None
    response = FileResponse(
        signature.scan.open("rb"),
        content_type=signature.scan_type,
        filename=f"letter-{key}.{ENDINGS[signature.scan_type]}",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
