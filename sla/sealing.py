"""Which rows of agreements not even raw SQL may change, and which it may not store (R32, R35)."""

from wagtail.models import Page, PageViewRestriction

from desk_core.triggers import protect, refuse
from sla.models import (
    Agreement,
    AgreementPage,
    AgreementVersion,
    SealedPdf,
    Signature,
    SignedText,
    Termination,
)
from sla.models.consent import ConsentEnd, ConsentLetter
from sla.querysets import AgreementQuerySet, AgreementVersionQuerySet

STAYS_OPEN = "what is signed stays readable for everybody"
#: The pages that a new row of PageViewRestriction would hide.
_BELOW = """
    FROM wagtailcore_page above
    JOIN wagtailcore_page below ON substr(below.path, 1, length(above.path)) = above.path
    JOIN sla_agreementpage shown ON shown.page_ptr_id = below.id AND below.alias_of_id IS NULL
    JOIN {table} found ON found.{key} = shown.version_id
    WHERE above.id = NEW.page_id
"""
_HIDDEN = "EXISTS (SELECT 1 " + _BELOW.format(table="sla_signedtext", key="version_id") + ")"
#: Whoever is signing one of them now holds the row of its agreement.
_BEING_SIGNED = (
    "1 FROM sla_agreement WHERE id IN (SELECT found.agreement_id "
    + _BELOW.format(table="sla_agreementversion", key="id")
    + ") ORDER BY id FOR UPDATE"
)
_MOVED_WHILE_SIGNED = """
    1 FROM sla_agreement WHERE NEW.path <> OLD.path AND id IN (
        SELECT found.agreement_id FROM sla_agreementpage shown
        JOIN sla_agreementversion found ON found.id = shown.version_id
        WHERE shown.page_ptr_id = NEW.id
    ) FOR UPDATE
"""
#: A page on its way below one that is behind a log-in.
_MOVED = """
    NEW.path <> OLD.path AND NEW.alias_of_id IS NULL AND EXISTS (
        SELECT 1 FROM sla_agreementpage shown
        JOIN sla_signedtext signed ON signed.version_id = shown.version_id
        WHERE shown.page_ptr_id = NEW.id
    ) AND EXISTS (
        SELECT 1 FROM wagtailcore_pageviewrestriction shut
        JOIN wagtailcore_page above ON above.id = shut.page_id
        WHERE above.path = substr(NEW.path, 1, length(above.path))
    )
"""


def protect_rows() -> None:
    """Seal what is signed, an end by consent, and the terms of a version with a signature.

    With the first signed version also what the agreement is called, and whom it covers; and a
    termination that is finished.
    """
    for model in (SignedText, Signature, SealedPdf, ConsentEnd, ConsentLetter):
        protect(model)
    terms = sorted(AgreementVersionQuerySet.TERMS - {"agreement_id"})
    signed = SignedText._meta.get_field("version")
    protect(AgreementVersion, columns=terms, sealed_by=[signed])
    names = sorted(AgreementQuerySet.FIXED - {"department_id"})
    versions = AgreementVersion._meta.get_field("agreement")
    protect(Agreement, columns=names, sealed_by=[versions, signed])
    protect(Termination, once="finished_at")


def keep_open() -> None:
    """Let nothing put the page of a signed version, or one above it, behind a log-in."""
    needs = [Page, AgreementPage, AgreementVersion, SignedText, Agreement, PageViewRestriction]
    refuse(
        PageViewRestriction,
        "INSERT OR UPDATE",
        when=_HIDDEN,
        said=STAYS_OPEN,
        needs=needs,
        after=_BEING_SIGNED,
    )
    refuse(
        Page,
        "UPDATE OF path",
        when=_MOVED,
        said=STAYS_OPEN,
        needs=needs,
        after=_MOVED_WHILE_SIGNED,
    )
