"""Reports about cases that were asked for, with their private files (R22)."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import Kind, ReportState
from service_requests.querysets import CaseReportQuerySet


class CaseReport(models.Model):
    """One report: what was asked for, and the sealed file until its time is over.

    Without the person who asked for it the file is destroyed by the next round of housekeeping.
    `reach` is what that person answered for when it was made (`Standing.reach`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
    )
    requested_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, blank=True)
    file_format = models.CharField(_("format"), max_length=4)
    language = models.CharField(_("language"), max_length=8)
    state = models.CharField(
        _("state"), max_length=8, choices=ReportState, default=ReportState.WAITING
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    reach = models.CharField(max_length=64, blank=True, editable=False)
    path = models.CharField(max_length=200, blank=True, editable=False)
    subject_key = models.OneToOneField(
        "desk_core.SubjectKey", on_delete=models.PROTECT, related_name="+", null=True
    )

    objects = CaseReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report about cases")
        verbose_name_plural = _("reports about cases")
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["requested_by", "-requested_at"], name="case_report_mine"),
            models.Index(fields=["state", "expires_at"], name="case_report_over"),
        ]

    def __str__(self) -> str:
        """Its id."""
        return str(self.pk)

    @property
    def state_now(self) -> ReportState:
        """Its state; once its time is over no longer kept, though the file be still there."""
        over = self.expires_at is None or self.expires_at <= timezone.now()
        ready = self.state == ReportState.READY
        return ReportState.OVER if ready and over else ReportState(self.state)
