"""Which rows of agreements not even raw SQL may change (R32)."""

from desk_core.triggers import protect
from sla.models import AgreementVersion, SealedPdf, Signature, SignedText
from sla.models.consent import ConsentEnd, ConsentLetter
from sla.querysets import AgreementVersionQuerySet


def protect_rows() -> None:
    """Seal what is signed, an end by consent, and the terms of a version with a signature."""
    for model in (SignedText, Signature, SealedPdf, ConsentEnd, ConsentLetter):
        protect(model)
    terms = sorted(AgreementVersionQuerySet.TERMS - {"agreement_id"})
    protect(AgreementVersion, columns=terms, sealed_by=SignedText._meta.get_field("version"))
