"""What was signed, and by whom: rows that are written once and never change (R32, R33)."""

import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sla.models.agreements import AgreementVersion
from sla.querysets import AppendOnlyQuerySet, SealedError


def private_storage() -> Storage:
    """The storage that no URL serves; scans leave it only through the agreement's own page."""
    return storages["private"]


def scan_path(signature: "Signature", name: str) -> str:
    """A path that tells nothing but the signature's own identity."""
    return f"agreements/{signature.pk}{PurePath(name).suffix.lower()[:5]}"


class AppendOnly(models.Model):
    """A row that can be added and read, and nothing else."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to write over one."""
        if not self._state.adding:
            raise SealedError(gettext("What is signed cannot be changed. Make a new version."))
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise SealedError(gettext("What is signed cannot be deleted."))


class SignedText(AppendOnly):
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

    class Meta:
        verbose_name = _("signed text")
        verbose_name_plural = _("signed texts")

    def __str__(self) -> str:
        """The digest it is known by."""
        return self.digest


class Signature(AppendOnly):
    """One party's signature under the sealed text, with the letter that proves it.

    The scan is a copy of its own on the private storage, not a document of the media library:
    there an editor could replace or delete it. `scan_digest` is its SHA-256.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.ForeignKey(SignedText, on_delete=models.PROTECT, related_name="signatures")
    party = models.CharField(_("party"), max_length=40)
    name = models.CharField(_("name of the signatory"), max_length=120)
    post = models.CharField(_("post of the signatory"), max_length=160)
    signed_on = models.DateField(_("date of the signature"))
    letter_number = models.CharField(_("letter number"), max_length=60)
    scan = models.FileField(_("scanned letter"), storage=private_storage, upload_to=scan_path)
    scan_digest = models.CharField(max_length=64)
    scan_type = models.CharField(max_length=40)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["text", "party"], name="signature_once_per_party")
        ]

    def __str__(self) -> str:
        """Who signed, in which post."""
        return f"{self.name} – {self.post}"
