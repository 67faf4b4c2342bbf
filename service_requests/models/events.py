"""What happened to a case, in order."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from service_requests.enums import EventKind, State
from service_requests.models.cases import Case


class Event(AppendOnlyModel):
    """One step in the life of a case; never changed, never deleted alone.

    `number` is the version that the case reached by it: 1 for the registration, without gaps.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    kind = models.CharField(_("event"), max_length=24, choices=EventKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        # The row is written once: it keeps the number of an account that is gone.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty when the applicant did it."),
    )
    from_state = models.CharField(_("from"), max_length=16, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=16, choices=State, blank=True)
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The department that had the case after this step."),
    )
    message = models.ForeignKey(
        "service_requests.Message",
        on_delete=models.DO_NOTHING,
        related_name="+",
        null=True,
        blank=True,
    )
    public = models.BooleanField(_("shown to the applicant"), default=True)
    sealed_note = models.BinaryField(null=True, editable=False)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="event_number_once"),
        ]

    def __str__(self) -> str:
        """Code and number."""
        return f"{self.case_id}#{self.number}"

    @property
    def record(self) -> str:
        """The identity that the sealed note is bound to."""
        return f"event:{self.pk}:note"
