"""Signing a version: sealing its text, and recording signatures, on paper or digital (R32).

The first signature seals the text that is on offer; every further one goes under the same text.
Both rows are append-only. A version is in force from the last signature that it needs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from desk_core import audit
from persian.identifiers import clean_letter_number, clean_person_name
from persian.jalali import format_date
from persian.text import control_characters, normalise
from sla import invitations, pdfs
from sla.document import (
    WITHOUT_DEPARTMENT,
    Document,
    Party,
    blanks_of,
    digest_of,
    read_canonical,
)
from sla.enums import SignatureKind
from sla.models.agreements import Agreement, AgreementVersion
from sla.models.signatures import Signature, SignedText
from sla.parties import unsigned_parties as unsigned_parties
from sla.readability import refuse_unreadable
from sla.sequence import refuse_overlap
from sla.signed_files import read_scan, read_signed_pdf
from sla.state import today

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from sla.models.invitations import SigningInvitation


def record_paper_signature(
    *,
    version: AgreementVersion,
    name: str,
    post: str,
    signed_on: date,
    letter_number: str,
    scan: "UploadedFile | ContentFile",
    party: str = "",
    digest: str = "",
    actor: "AbstractBaseUser | None" = None,
    invitation: "SigningInvitation | None" = None,
) -> Signature:
    """Record that a party signed the text on offer, on paper, with a letter that was scanned.

    `party` is its key in the document (the only unsigned one when left out); `digest` the SHA-256
    of the text the recorder saw: where given, another text is refused. An `invitation` is used up
    by it. Recording the same letter again gives the same row. Raises ValidationError, by field,
    with the reason.
    """
    row = _row(name=name, post=post, signed_on=signed_on, letter_number=letter_number, actor=actor)
    head, row.scan_digest = read_scan(scan)
    row.scan_type = head.mime
    return _store(
        row,
        scan,
        f"scan.{head.extension}",
        version=version,
        party=party,
        digest=digest,
        actor=actor,
        invitation=invitation,
    )


def record_digital_signature(
    *,
    version: AgreementVersion,
    name: str,
    post: str,
    signed_on: date,
    letter_number: str,
    scan: "UploadedFile | ContentFile",
    party: str = "",
    digest: str = "",
    actor: "AbstractBaseUser | None" = None,
    invitation: "SigningInvitation | None" = None,
) -> Signature:
    """Record that a party signed the offered PDF of the text digitally; `scan` is what it signed.

    The PDF must be the one that was offered with nothing but signatures after it, the last of them
    whole, intact, of that day, and by a certificate that leads to the trusted roots and holds
    today. Otherwise as `record_paper_signature`.
    """
    row = _row(name=name, post=post, signed_on=signed_on, letter_number=letter_number, actor=actor)
    version = AgreementVersion.objects.get(pk=version.pk)
    found, row.scan_digest = read_signed_pdf(scan, version=version, signed_on=signed_on)
    row.kind, row.scan_type, row.certificate = SignatureKind.DIGITAL, "application/pdf", found.name
    return _store(
        row,
        scan,
        "signed.pdf",
        version=version,
        party=party,
        digest=digest or version.offered_digest,
        actor=actor,
        invitation=invitation,
    )


def record_signature(*, kind: str = SignatureKind.PAPER, **values: Any) -> Signature:
    """Record a signature given either way; the values are those of the two verbs above."""
    if kind == SignatureKind.DIGITAL:
        return record_digital_signature(**values)
    return record_paper_signature(**values)


def _row(
    *,
    name: str,
    post: str,
    signed_on: date,
    letter_number: str,
    actor: "AbstractBaseUser | None",
) -> Signature:
    """The row to be, with clean values."""
    return Signature(
        post=clean_post(post),
        name=cleaned("name", clean_person_name, name),
        signed_on=signed_on,
        letter_number=cleaned("letter_number", clean_letter_number, letter_number),
        recorded_by_id=actor.pk if actor is not None else None,
    )


def _store(
    row: Signature, scan: "UploadedFile | ContentFile", file_name: str, **given: Any
) -> Signature:
    """Store the file first, outside of any transaction, then the row; no file stays without one."""
    scan.seek(0)
    row.scan.save(file_name, scan, save=False)
    with _discarded_on_failure(row):
        kept = _record(row, **given)
    if kept is not row:
        _discard(row)
    return kept


def _record(
    row: Signature,
    *,
    version: AgreementVersion,
    party: str,
    digest: str,
    actor: "AbstractBaseUser | None",
    invitation: "SigningInvitation | None",
) -> Signature:
    """Add the row under the text on offer, or find the same one; its file is stored already."""
    with transaction.atomic():
        _wait_for_its_pages(version)
        # Its other versions wait too: each signature is weighed against all that are signed.
        Agreement.objects.select_for_update(of=("self",)).get(versions=version.pk)
        locked = AgreementVersion.objects.select_for_update().get(pk=version.pk)
        if invitation is not None:
            party, digest = invitation.party, invitation.text_digest
        document = _document_to_sign(locked, digest)
        side = _side(locked, document, party)
        row.party = side.key
        before = _earlier(locked, row)
        if before is not None:
            return before
        if invitation is not None:
            invitations.refuse_void(invitations.lock(invitation), locked)
        refuse_unreadable(locked)
        _check_date(document, row.signed_on)
        refuse_overlap(locked, document, row.signed_on)
        row.text = _seal(locked, document)
        row.save()
        if invitation is not None:
            invitations.use_up(invitation, row)
        audit.record(
            action="agreement.signature",
            actor=actor,
            target=f"agreement-version:{locked.pk}",
            department_id=locked.agreement.department_id,
            detail={
                "party": side.key,
                "digest": row.text.digest,
                "kind": str(row.kind),
                "invitation": str(invitation.pk) if invitation is not None else "",
            },
        )
        if row.text.signatures.count() == row.text.signatures_needed:
            transaction.on_commit(partial(pdfs.make_after_signing, locked.pk), robust=True)
    return row


def _wait_for_its_pages(version: AgreementVersion) -> None:
    """Publishing locks the page, then the version: sealing writes on both and does likewise."""
    pages = Page.objects.filter(desk_agreementpage__version=version.pk).order_by("pk")
    list(pages.select_for_update(of=("self",), no_key=True).values_list("pk"))


@contextmanager
def _discarded_on_failure(row: Signature) -> Iterator[None]:
    """Remove the stored scan again when what should have kept it failed."""
    try:
        yield
    except BaseException:
        _discard(row)
        raise


def _discard(row: Signature) -> None:
    row.scan.storage.delete(str(row.scan.name))


def _document_to_sign(version: AgreementVersion, digest: str) -> Document:
    """The text on offer; refuses one that is not published, has blanks, or was not the one seen."""
    if not version.offered_text:
        raise ValidationError(
            _(
                "This version is a draft. "
                "Fill its blanks and publish its page, then record the signature."
            )
        )
    if digest and digest != version.offered_digest:
        raise ValidationError(
            _("The text has changed since you opened this form. Read it again before you record.")
        )
    document = read_canonical(version.offered_text)
    department = version.agreement.department
    covered = department.key if department is not None else ""
    if document.format != WITHOUT_DEPARTMENT and document.department != covered:
        raise ValidationError(
            _(
                "The department of this agreement has changed since its text was published. "
                "Publish its page again, then record the signature."
            )
        )
    if blanks_of(document):
        raise ValidationError(_("The text has unfilled blanks; it cannot be signed."))
    return document


def _side(version: AgreementVersion, document: Document, party: str) -> Party:
    """The party that signs."""
    sides = {side.key: side for side in document.signing_parties}
    if party in sides:
        return sides[party]
    waiting = unsigned_parties(version)
    if party or len(sides) == 0 or len(waiting) > 1:
        raise ValidationError({"party": _("Say for which party this signature was given.")})
    return waiting[0] if waiting else next(iter(sides.values()))


def _earlier(version: AgreementVersion, row: Signature) -> Signature | None:
    """The same signature, recorded before; another one of the same party is refused."""
    before = Signature.objects.filter(text__version=version, party=row.party).first()
    if before is None:
        return None
    same = ("name", "post", "signed_on", "letter_number", "scan_digest")
    if all(getattr(before, name) == getattr(row, name) for name in same):
        return before
    raise ValidationError({"party": _("The signature of this party is recorded already.")})


def _check_date(document: Document, signed_on: date) -> None:
    if signed_on > today():
        raise ValidationError({"signed_on": _("The date of the signature is in the future.")})
    if document.valid_to is not None and signed_on > document.valid_to:
        raise ValidationError(
            {
                "signed_on": _(
                    "The agreement ends on %(end)s; "
                    "a signature after its end cannot bring it in force."
                )
                % {"end": format_date(document.valid_to)}
            }
        )


def _seal(version: AgreementVersion, document: Document) -> SignedText:
    """The sealed text, made now when this is the first signature."""
    sealed = SignedText.objects.filter(version=version).first()
    if sealed is not None:
        return sealed
    return SignedText.objects.create(
        version=version,
        body=version.offered_text,
        digest=digest_of(version.offered_text),
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        signatures_needed=len(document.signing_parties),
    )


def cleaned(field: str, clean: Callable[[str], str], text: str) -> str:
    """The canonical form of a text; an error names its field."""
    try:
        return clean(text)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None


def clean_post(text: str) -> str:
    """The canonical form of a signatory's post; an error names its field."""
    post = normalise(text)
    if control_characters(text) or not 2 <= len(post) <= 160:
        raise ValidationError({"post": _("Write the post of the signatory, 2 to 160 characters.")})
    return post
