"""What applicant and staff write to each other."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import Purpose, Side
from service_requests.models.cases import Case


class Message(models.Model):
    """One message of the conversation; both sides see it. Its text (and visit) is sealed JSON."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    side = models.CharField(_("written by"), max_length=10, choices=Side)
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=Purpose, default=Purpose.MESSAGE
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    read_at = models.DateTimeField(_("read by the other side at"), null=True, blank=True)
    sealed_body = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["written_at", "id"]
        indexes = [models.Index(fields=["case", "written_at", "id"], name="message_of_case")]

    def __str__(self) -> str:
        """Nothing of its text."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed body is bound to."""
        return f"message:{self.pk}:body"
