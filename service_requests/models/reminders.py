"""The ladder of reminders: who is told, and when, that a promised time runs out (part of R8)."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service_requests.enums import ReminderUnit, ReminderWhen, ReminderWhom
from service_requests.querysets import LadderQuerySet
from sla.enums import Measure

PERCENT_MAX, HOURS_MAX = 300, 400


class ReminderStep(models.Model):
    """One step: so long before or after a due time somebody is told, once for each promise."""

    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        help_text=_(
            "Empty: for the whole body. A department with steps of its own goes by those alone."
        ),
    )
    measure = models.CharField(
        _("promise"),
        max_length=16,
        choices=[(m.value, m.label) for m in (Measure.FIRST_RESPONSE, Measure.RESOLUTION)],
        blank=True,
        help_text=_("Empty: for each promise."),
    )
    when = models.CharField(_("before or after"), max_length=6, choices=ReminderWhen)
    amount = models.PositiveSmallIntegerField(
        _("how long"), validators=[MaxValueValidator(HOURS_MAX)]
    )
    unit = models.CharField(_("counted in"), max_length=13, choices=ReminderUnit)
    whom = models.CharField(_("who is told"), max_length=13, choices=ReminderWhom)

    objects = LadderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of due times")
        verbose_name_plural = _("reminders of due times")
        ordering = ["department", "measure", "-when", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "measure", "when", "amount", "unit", "whom"],
                name="reminder_step_once",
                violation_error_message=_("There is such a step already."),
            ),
            models.UniqueConstraint(
                fields=["measure", "when", "amount", "unit", "whom"],
                condition=Q(department=None),
                name="reminder_step_once_for_all",
                violation_error_message=_("There is such a step already."),
            ),
            models.CheckConstraint(
                condition=~Q(when="before", unit="percent") | Q(amount__lte=100),
                name="reminder_before_within_the_time",
            ),
        ]

    def __str__(self) -> str:
        """What it says: "25 percent of the time before – head"."""
        return f"{self.amount} {self.get_unit_display()} {self.get_when_display()}"

    def clean(self) -> None:
        """Refuse a share that is none."""
        limit = 100 if self.when == ReminderWhen.BEFORE else PERCENT_MAX
        if self.unit == ReminderUnit.PERCENT and (self.amount or 0) > limit:
            message = _("At most %(limit)s percent here.")
            raise ValidationError({"amount": ValidationError(message, params={"limit": limit})})


class ReminderTold(models.Model):
    """That one step was told of one promised time of a case; written once."""

    clock = models.ForeignKey("sla.Clock", on_delete=models.CASCADE, related_name="+")
    # `ladder.Step.key`
    step = models.CharField(_("step"), max_length=60)
    whom = models.CharField(_("who was told"), max_length=13, choices=ReminderWhom)
    told_at = models.DateTimeField(_("told at"))
    people = models.PositiveSmallIntegerField(_("people told"), default=0)

    class Meta:
        verbose_name = _("reminder that was sent")
        verbose_name_plural = _("reminders that were sent")
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="reminder_told_once")]

    def __str__(self) -> str:
        """Which step."""
        return self.step
