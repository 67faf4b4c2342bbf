"""The kept PDFs of a version: each is made once, and served byte for byte ever after (R32)."""

import hashlib
import logging

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from desk_core import pdf_signing
from sla.document import read_canonical
from sla.enums import PdfKind
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SealedPdf, SignedText
from sla.printing import render_agreement

logger = logging.getLogger(__name__)


def signed_pdf(version: AgreementVersion) -> SealedPdf | None:
    """The PDF of a version that everybody who has to has signed; None before that.

    With a certificate that holds it is the sealed one, made now if it was not yet; without, the
    plain one. The sealed one begins with the plain one's bytes.
    """
    text = SignedText.objects.filter(version=version).select_related("version").first()
    if text is None or text.signatures.count() < text.signatures_needed:
        return None
    sealed = _kept(text.digest, PdfKind.SEALED)
    if sealed is not None:
        return sealed
    plain = _kept(text.digest, PdfKind.PLAIN) or _keep(
        text.version,
        PdfKind.PLAIN,
        text.digest,
        render_agreement(
            document=read_canonical(text.body),
            digest=text.digest,
            signatures=text.signatures.all(),
            signed=True,
        ),
    )
    return _seal(text, plain) or plain


def offer_pdf(version: AgreementVersion) -> SealedPdf | None:
    """The PDF of the text that is on offer, to be signed digitally; None while none is on offer.

    A text that carries a first signature already is offered to the other party in the same bytes.
    """
    if not version.offered_text:
        return None
    return _kept(version.offered_digest, PdfKind.OFFER) or _keep(
        version,
        PdfKind.OFFER,
        version.offered_digest,
        pdf_signing.ready_for_signatures(
            render_agreement(
                document=read_canonical(version.offered_text),
                digest=version.offered_digest,
                signed=False,
            )
        ),
    )


def make_after_signing(version_id: int) -> None:
    """Make the PDF once the last signature is in; what fails is logged, and the next reader's."""
    try:
        signed_pdf(AgreementVersion.objects.get(pk=version_id))
    except Exception:
        logger.exception("The PDF of agreement version %s was not made yet.", version_id)


def seal_problem() -> str:
    """Why PDFs get no electronic seal at present, for staff; empty when they do."""
    return pdf_signing.problem()


def _kept(text_digest: str, kind: PdfKind) -> SealedPdf | None:
    return SealedPdf.objects.filter(text_digest=text_digest, kind=kind).first()


def _keep(
    version: AgreementVersion,
    kind: PdfKind,
    text_digest: str,
    data: bytes,
    *,
    certificate: str = "",
) -> SealedPdf:
    """Keep it; of two that were made at the same moment the first stays, and both get that one."""
    try:
        with transaction.atomic():
            return SealedPdf.objects.create(
                version=version,
                kind=kind,
                text_digest=text_digest,
                digest=hashlib.sha256(data).hexdigest(),
                certificate=certificate,
                data=data,
            )
    except IntegrityError:
        return SealedPdf.objects.get(text_digest=text_digest, kind=kind)


def _seal(text: SignedText, plain: SealedPdf) -> SealedPdf | None:
    """The plain PDF under the body's electronic seal; None where no certificate can seal it."""
    if pdf_signing.problem():
        return None
    with override(text.version.language):
        reason = _("Seal of the body under a signed agreement")
    data, certificate = pdf_signing.sign_pdf(bytes(plain.data), reason=reason)
    return _keep(text.version, PdfKind.SEALED, text.digest, data, certificate=certificate)
