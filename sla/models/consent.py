"""How two organisations ended their agreement together (R33): rows that never change."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from sla.models.agreements import AgreementVersion
from sla.models.signatures import SignedLetter, scan_path

# The name that an earlier migration knows.
consent_path = scan_path


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

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("end by mutual consent")
        verbose_name_plural = _("ends by mutual consent")

    def __str__(self) -> str:
        """The day."""
        return self.ends_on.isoformat()


class ConsentLetter(SignedLetter):
    """One organisation's letter that says that it agrees to the end."""

    end = models.ForeignKey(ConsentEnd, on_delete=models.PROTECT, related_name="letters")
    signed_on = models.DateField(_("date of the letter"))

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("letter of consent")
        verbose_name_plural = _("letters of consent")
        ordering = ["signed_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["end", "party"], name="consent_once_per_party")
        ]
