"""What staff write for staff."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from service_requests.models.cases import Case


class InternalNote(AppendOnlyModel):
    """A note that no citizen's page, API, export or search can reach: a table of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="internal_notes", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    sealed_text = models.BinaryField(editable=False)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["written_at", "id"]
        indexes = [models.Index(fields=["case", "written_at", "id"], name="note_of_case")]

    def __str__(self) -> str:
        """Nothing of its text."""
        return str(self.pk)

    @property
    def record(self) -> str:
        """The identity that the sealed text is bound to."""
        return f"note:{self.pk}:text"
