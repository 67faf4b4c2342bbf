"""What was measured: months that are over and frozen, and the month that runs (R8, R13)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from sla import months
from sla.models.agreements import AgreementVersion


class MonthReport(AppendOnlyModel):
    """One Jalali month of one version as it stood at the month's end; written once.

    What is corrected later makes the next `revision`, with its reason; the last one holds, the
    earlier ones stay. `figures` and `times` are read and written by `sla.reports` alone;
    `inputs_sha256` is the fingerprint of the facts, see `sla.counting.inputs_digest`.
    """

    version = models.ForeignKey(
        AgreementVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="month_reports",
        db_index=False,
    )
    month = models.PositiveIntegerField(_("month"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    inputs_sha256 = models.CharField(_("fingerprint of the facts (SHA-256)"), max_length=64)
    figures = models.JSONField(_("figures"))
    times = models.JSONField(_("times"))
    #: What the departments and services in it were called then, see `sla.performance.names`.
    names = models.JSONField(_("names"), default=dict)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    reason = models.CharField(_("reason for the revision"), max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("revised by"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("month report")
        verbose_name_plural = _("month reports")
        ordering = ["-month", "version", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "month", "revision"], name="report_revision_once"
            )
        ]

    def __str__(self) -> str:
        """The month."""
        return months.label(self.month)


class RunningMonth(models.Model):
    """The month that runs, as it was last counted; pages show it with the time of counting."""

    version = models.OneToOneField(
        AgreementVersion,
        verbose_name=_("version"),
        on_delete=models.CASCADE,
        related_name="running_month",
    )
    month = models.PositiveIntegerField(_("month"))
    figures = models.JSONField(_("figures"))
    times = models.JSONField(_("times"))
    #: What departments and services were called then, see `sla.performance.names`.
    names = models.JSONField(_("names"), default=dict)
    #: Of the promises that could be judged, how many were kept, see `sla.performance.at_a_glance`.
    kept = models.PositiveSmallIntegerField(_("promises kept"), null=True)
    judged = models.PositiveSmallIntegerField(_("promises judged"), null=True)
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("running month")
        verbose_name_plural = _("running months")

    def __str__(self) -> str:
        """The month."""
        return months.label(self.month)


class ReportDrift(models.Model):
    """The facts behind a frozen month are not what they were: somebody has to look, and revise."""

    report = models.OneToOneField(
        MonthReport, verbose_name=_("month report"), on_delete=models.PROTECT, related_name="drift"
    )
    inputs_sha256 = models.CharField(_("fingerprint of the facts (SHA-256)"), max_length=64)
    found_at = models.DateTimeField(_("found"), default=timezone.now)

    class Meta:
        verbose_name = _("changed facts of a frozen month")
        verbose_name_plural = _("changed facts of frozen months")

    def __str__(self) -> str:
        """The month."""
        return str(self.report)
