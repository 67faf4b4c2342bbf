"""The file that proves a signature: a scanned letter, or the offered PDF signed digitally."""

import hashlib
from datetime import date
from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from desk_core import content_type
from desk_core.certificates import trust_roots
from desk_core.pdf_checking import FoundSignature, check_signed_copy
from persian.jalali import TEHRAN, format_date
from sla.enums import PdfKind
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SealedPdf

if TYPE_CHECKING:
    from django.core.files.base import ContentFile
    from django.core.files.uploadedfile import UploadedFile

MAX_SCAN_BYTES = 20 * 1024 * 1024
SCAN_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})


def read_scan(scan: "UploadedFile | ContentFile") -> tuple[content_type.ContentType, str]:
    """The type of a scanned letter by its content, and its SHA-256. Raises ValidationError."""
    reason = _("Send the scanned letter as PDF, JPG or PNG.")
    kind = _verified(scan, otherwise=reason)
    if kind.mime not in SCAN_TYPES:
        raise ValidationError({"scan": reason})
    return kind, _digest(scan)


def read_signed_pdf(
    scan: "UploadedFile | ContentFile", *, version: AgreementVersion, signed_on: date
) -> tuple[FoundSignature, str]:
    """The signature in the signed copy of the PDF that was offered, and the copy's SHA-256.

    Raises ValidationError at the field, with the reason.
    """
    if not trust_roots():
        raise ValidationError(
            {"kind": _("This desk has no trusted authorities set up for digital signatures.")}
        )
    reason = _("A digital signature comes as the signed PDF.")
    if _verified(scan, otherwise=reason) is not content_type.PDF:
        raise ValidationError({"scan": reason})
    offer = SealedPdf.objects.filter(text_digest=version.offered_digest, kind=PdfKind.OFFER).first()
    if offer is None:
        raise ValidationError(
            {"scan": _("Download the PDF of the text that is on offer now, and sign that file.")}
        )
    try:
        found = check_signed_copy(cast(BinaryIO, scan), original=bytes(offer.data))
    except ValidationError as error:
        raise ValidationError({"scan": error.messages}) from None
    _check_day(found, signed_on)
    return found, _digest(scan)


def _check_day(found: FoundSignature, signed_on: date) -> None:
    if found.signed_at is None:
        return
    day = found.signed_at.astimezone(TEHRAN).date()
    if day != signed_on:
        raise ValidationError(
            {
                "signed_on": _("By its own clock the digital signature was made on %(day)s.")
                % {"day": format_date(day)}
            }
        )


def _verified(scan: "UploadedFile | ContentFile", *, otherwise: str) -> content_type.ContentType:
    """Its type; of a file that is none of ours, `otherwise` says which types this field takes."""
    if (scan.size or 0) > MAX_SCAN_BYTES:
        raise ValidationError({"scan": _("The file is larger than 20 MB.")})
    try:
        return content_type.verify(cast(BinaryIO, scan), scan.name or "")
    except ValidationError as error:
        code, told = getattr(error, "code", ""), error.messages
        if code == "unsupported":
            told = [otherwise]
        elif code == "mismatch":
            why = _("The content of this file does not match the ending of its name.")
            told = [f"{why} {otherwise}"]
        raise ValidationError({"scan": told}) from None


def _digest(scan: "UploadedFile | ContentFile") -> str:
    scan.seek(0)
    digest = hashlib.sha256()
    while chunk := scan.read(64 * 1024):
        digest.update(chunk)
    return digest.hexdigest()
