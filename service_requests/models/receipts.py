"""The receipt that a lost reply must not lose (R23, R24)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.models.credentials import Credential


class Receipt(models.Model):
    """Code and password, sealed under a key derived from the submission key and nowhere else.

    The server keeps a digest of the submission key only: without the key that the citizen's
    browser holds, nobody can open the receipt, not even with the whole database and its keys.
    `sealed` is wiped when the citizen kept it or the time is over; the row stays and still
    answers the same submission key with the same case.
    """

    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    credential = models.OneToOneField(Credential, on_delete=models.CASCADE, related_name="receipt")
    sealed = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("readable until"), db_index=True)
    kept_at = models.DateTimeField(_("kept at"), null=True, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self) -> str:
        """Nothing of its content."""
        return str(self.pk)
