"""Looking at the digital signatures of a PDF: whole, unchanged, by whom, trusted? Knows no domain.

Nothing is fetched from anywhere: chains are followed to `DESK_TRUST_ROOTS` with the certificates
that the signature itself brings. Revocation is therefore not looked up.

The library is imported where a PDF is looked at: see `pdf_library`.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from asn1crypto import x509 as asn1_x509
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from desk_core.certificates import name_of, own_certificate, trust_roots, validity_problem
from desk_core.file_inspection import DAMAGED
from desk_core.loops import outside_of_loops

if TYPE_CHECKING:
    from desk_core.pdf_library import PdfFileReader

#: No PDF of ours carries more; each costs time.
MAX_SIGNATURES = 8


class UnreadablePdf(Exception):
    """The file is no PDF that can be looked into."""


@dataclass(frozen=True)
class FoundSignature:
    """One digital signature in a PDF.

    `intact`: what it covers is as it was signed. `whole`: it covers the whole file, so that nothing
    was added afterwards. `trusted`: its certificate leads to a root of the settings, or is the
    body's own. `problem`: a sentence for what is wrong with the certificate, else empty.
    """

    name: str
    signed_at: datetime | None
    intact: bool
    whole: bool
    trusted: bool
    problem: str = ""


def find_signatures(file: BinaryIO) -> list[FoundSignature]:
    """Every signature of a seekable PDF, first to last. Raises UnreadablePdf."""
    from desk_core.pdf_library import PdfFileReader

    file.seek(0)
    try:
        embedded = _embedded(PdfFileReader(file, strict=False))
        return [_look_at(each) for each in embedded]
    except Exception as error:
        # A hostile file fails in many ways, and none of them is worth an error page.
        raise UnreadablePdf(type(error).__name__) from None


def check_signed_copy(file: BinaryIO, *, original: bytes) -> FoundSignature:
    """The last signature of a PDF that must be `original` with nothing but signatures after it.

    `original` came from `pdf_signing.ready_for_signatures`.

    Raises ValidationError with the reason: rewritten, unsigned, changed, not whole, certificate
    expired, not yet valid or not trusted, or something drawn over the text.
    """
    from desk_core.pdf_library import (
        DEFAULT_DIFF_POLICY,
        MDPPerm,
        PdfFileReader,
        SuspiciousModification,
    )

    file.seek(0)
    data = file.read()
    if not data.startswith(original):
        raise ValidationError(
            _(
                "This is not the PDF that was offered for signature. Download it here, sign that "
                "very file with a program that adds a signature (PAdES), and send what it saved."
            ),
            code="rewritten",
        )
    if len(data) == len(original):
        raise ValidationError(_("This PDF carries no digital signature."), code="unsigned")
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        embedded = _embedded(reader)
        found = [_look_at(each) for each in embedded]
        before = PdfFileReader(io.BytesIO(original)).total_revisions
        drawn_over = isinstance(
            DEFAULT_DIFF_POLICY.review_file(reader, before - 1, doc_mdp=MDPPerm.FILL_FORMS),
            SuspiciousModification,
        )
    except Exception:
        raise ValidationError(DAMAGED, code="damaged") from None
    if not found:
        raise ValidationError(_("This PDF carries no digital signature."), code="unsigned")
    if not all(each.intact for each in found) or not found[-1].whole or drawn_over:
        raise ValidationError(
            _("The PDF was changed besides being signed. Sign the downloaded file itself."),
            code="changed",
        )
    last = found[-1]
    if last.problem or not last.trusted:
        raise ValidationError(last.problem or _untrusted(), code="untrusted")
    return last


def _untrusted() -> str:
    return _("The certificate does not lead to an authority that this desk trusts.")


def _embedded(reader: "PdfFileReader") -> list[Any]:
    found = list(reader.embedded_regular_signatures)
    if len(found) > MAX_SIGNATURES:
        raise ValueError("too many signatures")
    return found


def _look_at(embedded: Any) -> FoundSignature:
    from desk_core.pdf_library import (
        KeyUsageConstraints,
        SignatureCoverageLevel,
        SuspiciousModification,
        ValidationContext,
        validate_pdf_signature,
    )

    now = timezone.now()
    own = own_certificate()
    roots: list[asn1_x509.Certificate] = list(trust_roots())
    # With no root at all the library would take the system's.
    context = ValidationContext(
        trust_roots=roots or [], allow_fetching=False, moment=now, revocation_mode="soft-fail"
    )
    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    status = outside_of_loops(
        lambda: validate_pdf_signature(embedded, context, key_usage_settings=usage)
    )
    certificate = status.signing_cert
    mine = own is not None and own.certificate.dump() == certificate.dump()
    trusted = bool(status.trusted) or mine
    problem = validity_problem(certificate, now)
    intact = bool(status.intact and status.valid)
    if not problem and not trusted and intact:
        problem = _untrusted()
    changed = isinstance(status.diff_result, SuspiciousModification)
    return FoundSignature(
        name=name_of(certificate),
        signed_at=embedded.self_reported_timestamp,
        intact=intact,
        whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE and not changed,
        trusted=trusted,
        problem=problem,
    )
