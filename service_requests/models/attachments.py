"""Files that come with a case or a message."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import RELEASED_SCANS, Scan, Side
from service_requests.models.cases import Case
from service_requests.models.drafts import Draft
from service_requests.models.messages import Message


class Attachment(models.Model):
    """A sealed file in the vault; its name is sealed too, its type was read from its content.

    While `scan` is "waiting" nobody is handed the file, and `scan_due_at` is when the scanner is
    asked next. Of an infected one `scanned_at` is set once its bytes are gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="attachments", null=True, blank=True
    )
    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, related_name="attachments", null=True, blank=True
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments", null=True, blank=True
    )
    # Of an editor's form: the key of the question that this file answers.
    question = models.CharField(max_length=40, blank=True, editable=False)
    side = models.CharField(max_length=10, choices=Side, default=Side.APPLICANT)
    sealed_name = models.BinaryField(editable=False)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    path = models.CharField(max_length=200, unique=True, editable=False)
    kept_as_sent = models.BooleanField(
        _("kept as it was sent"),
        default=False,
        help_text=_("A picture with its hidden data, by the choice of the applicant."),
    )
    scan = models.CharField(_("virus scan"), max_length=8, choices=Scan, default=Scan.UNASKED)
    scan_due_at = models.DateTimeField(null=True, editable=False)
    scanned_at = models.DateTimeField(null=True, editable=False)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["added_at", "id"]
        # Only what waits or is still to be destroyed.
        indexes = [
            models.Index(
                fields=["scan_due_at", "id"],
                condition=Q(scan_due_at__isnull=False),
                name="attachment_scan_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None, draft__isnull=False, message=None)
                | Q(case__isnull=False, draft=None),
                name="attachment_of_case_or_draft",
            )
        ]

    def __str__(self) -> str:
        """Nothing of its name."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed name is bound to."""
        return f"attachment:{self.pk}:name"

    @property
    def released(self) -> bool:
        """Whether it may be handed out."""
        return self.scan in RELEASED_SCANS
