"""Which rows of agreements not even raw SQL may change (R32)."""

from desk_core.triggers import protect
from sla.models import Agreement, AgreementVersion, SealedPdf, Signature, SignedText
from sla.models.consent import ConsentEnd, ConsentLetter
from sla.querysets import AgreementQuerySet, AgreementVersionQuerySet


def protect_rows() -> None:
    """Seal what is signed, an end by consent, and the terms of a version with a signature.

    With the first signed version also what the agreement is called, and whom it covers.
    """
    for model in (SignedText, Signature, SealedPdf, ConsentEnd, ConsentLetter):
        protect(model)
    terms = sorted(AgreementVersionQuerySet.TERMS - {"agreement_id"})
    signed = SignedText._meta.get_field("version")
    protect(AgreementVersion, columns=terms, sealed_by=[signed])
    names = sorted(AgreementQuerySet.FIXED - {"department_id"})
    versions = AgreementVersion._meta.get_field("agreement")
    protect(Agreement, columns=names, sealed_by=[versions, signed])
