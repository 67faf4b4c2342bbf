"""What monitors propose: one row for one episode of one alert."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from notices.enums import Impact, ProposalState
from notices.models.monitors import MonitorSource
from notices.models.notices import Notice
from notices.models.pages import NoticePage
from notices.querysets import ProposalQuerySet


class Proposal(models.Model):
    """An alert from its start to its end, and what people made of it.

    Written by `notices.monitors.intake`, decided by `notices.monitors.deciding`. Nothing of it is
    public but, where its source says so, the state of the service. Times are aware, in UTC.
    """

    source = models.ForeignKey(
        MonitorSource,
        verbose_name=_("monitor"),
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    # A digest of the fingerprint and the start as the monitor sent them: however often and in
    # whatever order an alert is posted, it is one row.
    key = models.CharField(max_length=64, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    title = models.CharField(_("title"), max_length=255)
    details = models.TextField(_("details"), blank=True)
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    impact = models.CharField(_("impact"), max_length=8, choices=Impact)
    started_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("recovered"), null=True)
    first_seen_at = models.DateTimeField(_("first heard of"))
    last_seen_at = models.DateTimeField(_("last heard of"))
    state = models.CharField(
        _("state"), max_length=9, choices=ProposalState, default=ProposalState.OPEN
    )
    # The announced maintenance during which it was first heard of: silent while that runs.
    silenced_by = models.ForeignKey(
        Notice,
        verbose_name=_("silenced by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    page = models.ForeignKey(
        NoticePage,
        verbose_name=_("notice"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="proposals",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of a monitor")
        verbose_name_plural = _("proposals of monitors")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["source", "fingerprint", "ended_at"], name="proposal_of_alert"),
            models.Index(fields=["-started_at", "-id"], name="proposal_newest"),
            models.Index(
                fields=["state"], condition=Q(ended_at=None), name="proposal_still_firing"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="proposal_once_by_key"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="proposal_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title
