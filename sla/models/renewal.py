"""Which reminders of an agreement's end were given to whom (R36)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sla.models.agreements import AgreementVersion


class RenewalReminder(models.Model):
    """One message to one person: that a version ends in about `step` days.

    Written in the transaction that puts the message into the outbox; its uniqueness is why nobody
    is told twice.
    """

    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="reminders"
    )
    step = models.PositiveSmallIntegerField(_("days before the end"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    queued_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder of an agreement's end")
        verbose_name_plural = _("reminders of agreements' ends")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "step", "recipient"], name="renewal_reminder_once"
            )
        ]

    def __str__(self) -> str:
        """Which step."""
        return f"{self.version_id} {self.step}"
