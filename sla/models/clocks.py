"""The time that runs for each case under each timed target (R8), and what changed it.

A floor above starts and stops clocks through `sla.clocks`; `subject` names what a clock runs for
in that floor's words (a tracking code), never a person.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department, Service
from sla.enums import ClockEvent, Measure, Unit
from sla.models.agreements import AgreementVersion
from sla.models.calendar_changes import CalendarChange
from sla.querysets import ClockQuerySet


class Clock(models.Model):
    """One promised time, running for one subject.

    Moments are UTC. `due_at` is None where the calendar knows no working time to count in; `month`
    is the Jalali month of `due_at` in Tehran as a number (140509), by which attainment is counted:
    at the end of a month everything due in it is kept or missed. Midnight is the end of the day
    before. It is None without a due time, and for what was withdrawn before it was due: that was
    neither kept nor missed.
    `spent_minutes` is what passed from start to stop in the target's own time (working minutes or
    minutes), without pauses. `office` is whose working calendar counts, None the whole body's.
    `paused_at` is since when it stands still, for the applicant (`waiting_since`) or an outage.
    """

    subject = models.CharField(_("subject"), max_length=40)
    measure = models.CharField(_("measure"), max_length=16, choices=Measure)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    version = models.ForeignKey(
        AgreementVersion, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="+"
    )
    target_key = models.CharField(_("target"), max_length=40)
    amount = models.PositiveSmallIntegerField(_("promised time"))
    unit = models.CharField(_("unit"), max_length=14, choices=Unit)
    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.PROTECT, related_name="+"
    )
    office = models.ForeignKey(
        Department,
        verbose_name=_("working calendar of"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=12, blank=True)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"), null=True)
    month = models.PositiveIntegerField(_("month"), null=True)
    at_risk_at = models.DateTimeField(_("at risk from"), null=True)
    look_at = models.DateTimeField(null=True, editable=False)
    paused_at = models.DateTimeField(_("stands still since"), null=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    #: `[[from, to], …]` as ISO texts in UTC: when it waited for the applicant.
    pauses = models.JSONField(_("waited"), default=list)
    #: The same of outages that it stood still for; the end is None while one goes on.
    halts = models.JSONField(_("stood still in outages"), default=list)
    stopped_at = models.DateTimeField(_("ended"), null=True)
    spent_minutes = models.PositiveIntegerField(_("minutes spent"), null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(fields=["subject", "measure", "round"], name="clock_once"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")),
                name="clock_stops_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["month", "measure"], name="clock_month"),
            models.Index(
                fields=["department", "due_at"],
                condition=Q(stopped_at=None),
                name="clock_running",
            ),
            # The queues of what is late or soon will be, and what the worker looks at next.
            models.Index(
                fields=["due_at", "at_risk_at"],
                include=["subject", "paused_at"],
                condition=Q(stopped_at=None, due_at__isnull=False),
                name="clock_due",
            ),
            models.Index(
                fields=["look_at"],
                condition=Q(stopped_at=None, paused_at=None, look_at__isnull=False),
                name="clock_look_at",
            ),
        ]

    def __str__(self) -> str:
        """What it runs for."""
        return f"{self.subject} {self.measure}"

    @property
    def halted(self) -> bool:
        """Whether it stands still for an outage that goes on."""
        return any(end is None for _begin, end in self.halts)


class ClockChange(models.Model):
    """The trace: each thing that moved a clock, with the due time before and after."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(_("when"))
    event = models.CharField(_("what"), max_length=10, choices=ClockEvent)
    due_before = models.DateTimeField(_("due before"), null=True)
    due_after = models.DateTimeField(_("due after"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    change = models.ForeignKey(
        CalendarChange,
        verbose_name=_("change of the working calendar"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="moves",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("change of a clock")
        verbose_name_plural = _("changes of clocks")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """What happened."""
        return self.get_event_display()
