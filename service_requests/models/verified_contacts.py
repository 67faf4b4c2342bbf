"""Which contacts of a case were shown to be the applicant's."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.enums import Channel
from service_requests.models.cases import Case


class VerifiedContact(models.Model):
    """A mobile number or an e-mail address whose holder typed a code that was sent there.

    Found again by its keyed digest alone; the row goes with the data key of its case.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="verified_contacts")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    digest = models.CharField(max_length=64, editable=False)
    verified_at = models.DateTimeField(_("verified at"), default=timezone.now)

    class Meta:
        verbose_name = _("verified contact")
        verbose_name_plural = _("verified contacts")
        indexes = [models.Index(fields=["digest", "case"], name="verified_contact_digest")]
        constraints = [
            models.UniqueConstraint(fields=["case", "channel"], name="verified_contact_once")
        ]

    def __str__(self) -> str:
        """Its channel."""
        return self.get_channel_display()
