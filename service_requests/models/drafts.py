"""A submission that is still being written."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """Answers so far, sealed under a key that the case takes over; found by a token's digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    subject_key = models.OneToOneField(
        "desk_core.SubjectKey", on_delete=models.PROTECT, related_name="+", editable=False
    )
    # With these it can be taken up again from another browser, without a cookie.
    resume_code = models.CharField(max_length=12, blank=True, editable=False)
    resume_hash = models.CharField(max_length=255, blank=True, editable=False)
    sealed_data = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["resume_code"], condition=~Q(resume_code=""), name="draft_resume_code"
            )
        ]

    def __str__(self) -> str:
        """Nothing of its content."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed data is bound to."""
        return f"draft:{self.pk}:data"
