"""How two organisations ended their agreement together (R33): rows that never change."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from sla.models.agreements import AgreementVersion
from sla.models.signatures import private_storage


def consent_path(letter: "ConsentLetter", name: str) -> str:
    """A path that tells nothing but the letter's own identity."""
    return f"agreements/{letter.pk}{PurePath(name).suffix.lower()[:5]}"


class ConsentEnd(AppendOnlyModel):
    """The end of a version by mutual consent; each organisation's letter hangs on it.

    `ends_on` is the first day (Gregorian, in Tehran) on which the version no longer binds.
    """

    version = models.OneToOneField(
        AgreementVersion, on_delete=models.PROTECT, related_name="consent_end"
    )
    ends_on = models.DateField(_("ends on"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("end by mutual consent")
        verbose_name_plural = _("ends by mutual consent")

    def __str__(self) -> str:
        """The day."""
        return self.ends_on.isoformat()


class ConsentLetter(AppendOnlyModel):
    """One organisation's letter that says that it agrees to the end; its scan as of a signature."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    end = models.ForeignKey(ConsentEnd, on_delete=models.PROTECT, related_name="letters")
    party = models.CharField(_("party"), max_length=40)
    name = models.CharField(_("name of the signatory"), max_length=120)
    post = models.CharField(_("post of the signatory"), max_length=160)
    signed_on = models.DateField(_("date of the letter"))
    letter_number = models.CharField(_("letter number"), max_length=60)
    scan = models.FileField(_("scanned letter"), storage=private_storage, upload_to=consent_path)
    scan_digest = models.CharField(max_length=64)
    scan_type = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("letter of consent")
        verbose_name_plural = _("letters of consent")
        ordering = ["signed_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["end", "party"], name="consent_once_per_party")
        ]

    def __str__(self) -> str:
        """Who signed it, in which post."""
        return f"{self.name} – {self.post}"
