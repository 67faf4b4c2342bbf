"""What was signed, and by whom: rows that are written once and never change (R32, R33)."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from sla.enums import PdfKind, SignatureKind
from sla.models.agreements import AgreementVersion


def private_storage() -> Storage:
    """The storage that no URL serves; scans leave it only through the agreement's own page."""
    return storages["private"]


def scan_path(letter: "SignedLetter", name: str) -> str:
    """A path that tells nothing but the letter's own identity."""
    return f"agreements/{letter.pk}{PurePath(name).suffix.lower()[:5]}"


class SignedLetter(AppendOnlyModel):
    """One party's signed letter: who signed it, its number and date, and the file that proves it.

    `scan` is a copy of its own on the private storage, not a document of the media library, where
    an editor could replace or delete it. `scan_digest` is its SHA-256.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.CharField(_("party"), max_length=40)
    name = models.CharField(_("name of the signatory"), max_length=120)
    post = models.CharField(_("post of the signatory"), max_length=160)
    signed_on = models.DateField(_("date of the signature"))
    letter_number = models.CharField(_("letter number"), max_length=60)
    scan = models.FileField(_("scanned letter"), storage=private_storage, upload_to=scan_path)
    scan_digest = models.CharField(max_length=64)
    scan_type = models.CharField(max_length=40)

    class Meta(AppendOnlyModel.Meta):
        abstract = True

    def __str__(self) -> str:
        """Who signed, in which post."""
        return f"{self.name} – {self.post}"


class SignedText(AppendOnlyModel):
    """The canonical text of a version as it was when it was first signed.

    `body` is the JSON of `sla.canonical`, `digest` its SHA-256 in hexadecimal. The page, its API
    and every later document of a signed version are rendered from it.
    """

    version = models.OneToOneField(
        AgreementVersion, on_delete=models.PROTECT, related_name="signed_text"
    )
    body = models.TextField(_("sealed text"))
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    valid_from = models.DateField(_("valid from"), null=True)
    valid_to = models.DateField(_("valid until"), null=True)
    signatures_needed = models.PositiveSmallIntegerField(_("signatures needed"))
    sealed_at = models.DateTimeField(_("sealed"), auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("signed text")
        verbose_name_plural = _("signed texts")

    def __str__(self) -> str:
        """The digest it is known by."""
        return self.digest


class Signature(SignedLetter):
    """One party's signature under the sealed text.

    Its file is the scanned letter of a signature on paper, or the signed PDF of a digital one.
    `certificate` says whose certificate a digital signature was made with. `recorded_by` is empty
    where the party signed by a link.
    """

    text = models.ForeignKey(SignedText, on_delete=models.PROTECT, related_name="signatures")
    kind = models.CharField(
        _("given"), max_length=8, choices=SignatureKind, default=SignatureKind.PAPER
    )
    certificate = models.CharField(_("certificate"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["text", "party"], name="signature_once_per_party")
        ]


class SealedPdf(AppendOnlyModel):
    """A PDF as it was first made, byte for byte; it is served as it stands here ever after.

    `text_digest` is the SHA-256 of the canonical text that it shows, `digest` its own. A signed
    version has one PLAIN PDF, and where a certificate is configured one SEALED one, which is the
    plain PDF with a PAdES signature after it. OFFER is the text without signatures, made for those
    who sign it digitally.
    """

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="pdfs")
    kind = models.CharField(_("form"), max_length=8, choices=PdfKind)
    text_digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    certificate = models.CharField(_("certificate"), max_length=300, blank=True)
    data = models.BinaryField()
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("kept PDF")
        verbose_name_plural = _("kept PDFs")
        constraints = [
            models.UniqueConstraint(fields=["text_digest", "kind"], name="sealed_pdf_once_per_kind")
        ]

    def __str__(self) -> str:
        """The digest it is known by."""
        return self.digest
