"""Signing PDFs with the body's certificate: PAdES, invisible, over the whole file. Knows no domain.

No time stamp is asked for: no foreign host learns of it. The time of a signature is this machine's.

pyHanko is imported where it is used: it takes half a second, which no other command has to wait.
"""

import io

from django.utils.translation import gettext as _

from desk_core.certificates import name_of, own_certificate
from desk_core.loops import outside_of_loops


class CannotSign(Exception):
    """There is no certificate, or it does not hold today; the words say which."""


def problem() -> str:
    """Why nothing can be signed now, in a sentence; empty when it can."""
    own = own_certificate()
    if own is None:
        return _("No certificate is set up (DESK_SIGNING_PKCS12).")
    return own.problem()


def ready_for_signatures(data: bytes) -> bytes:
    """The PDF with an empty form, which the signatures of others will be fields of.

    Only so can it be told afterwards that nothing but signatures was added.
    """
    from desk_core.pdf_library import (
        ArrayObject,
        DictionaryObject,
        IncrementalPdfFileWriter,
        NumberObject,
        pdf_name,
    )

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    form = {pdf_name("/Fields"): ArrayObject(), pdf_name("/SigFlags"): NumberObject(3)}
    writer.root[pdf_name("/AcroForm")] = writer.add_object(DictionaryObject(form))
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sign_pdf(data: bytes, *, reason: str = "") -> tuple[bytes, str]:
    """The PDF with a signature after it, and whose certificate made it. Raises CannotSign.

    The given bytes stay as they are at its beginning. It is certified: any later change breaks it.
    """
    from desk_core.pdf_library import (
        IncrementalPdfFileWriter,
        MDPPerm,
        PdfSignatureMetadata,
        PdfSigner,
        SigFieldSpec,
        SigSeedSubFilter,
    )

    own = own_certificate()
    reason_against = problem()
    if own is None or reason_against:
        raise CannotSign(reason_against)
    metadata = PdfSignatureMetadata(
        field_name="Seal",
        reason=reason or None,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = PdfSigner(metadata, own.signer, new_field_spec=SigFieldSpec("Seal"))
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    outside_of_loops(lambda: signer.sign_pdf(writer, output=out))
    return out.getvalue(), name_of(own.certificate)
