"""The working calendar as data: weekly hours, holidays, days that differ (R4)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from sla.hours import hours_text, parse_hours, validate_hours
from sla.hours_form import HoursFormField
from sla.querysets import ScheduleQuerySet


def refuse_backwards(first: Any, last: Any) -> None:
    """Say at its field that an end is before its beginning, before the database does in its way."""
    if first and last and last < first:
        raise ValidationError({"last_day": _("The end is before the beginning.")})


HOURS_HELP = _("For example 7:30-14:30, 16-18. Empty: closed.")


class HoursField(models.CharField):
    """The hours of one day, stored in their canonical form."""

    default_validators = [validate_hours]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        """Give the canonical form of what was typed."""
        return hours_text(parse_hours(super().clean(value, model_instance)))

    def formfield(self, **kwargs: Any) -> Any:
        """A field that shows the hours in words."""
        return super().formfield(**{"form_class": HoursFormField, **kwargs})


class WeeklySchedule(models.Model):
    """The hours of an ordinary week between two days, for the body or for one department.

    Where several hold on a day, a department's own goes before the body's, and the one that began
    last before the others: so Ramadan or winter hours are one more row, not an edit.
    """

    name = models.CharField(_("name"), max_length=120)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty for the whole body."),
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"), null=True, blank=True)
    saturday = HoursField(_("Saturday"), help_text=HOURS_HELP)
    sunday = HoursField(_("Sunday"), help_text=HOURS_HELP)
    monday = HoursField(_("Monday"), help_text=HOURS_HELP)
    tuesday = HoursField(_("Tuesday"), help_text=HOURS_HELP)
    wednesday = HoursField(_("Wednesday"), help_text=HOURS_HELP)
    thursday = HoursField(_("Thursday"), help_text=HOURS_HELP)
    friday = HoursField(_("Friday"), help_text=HOURS_HELP)

    #: The columns in the order of `date.weekday()`.
    BY_WEEKDAY = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "first_day"], name="schedule_once_per_department"
            ),
            models.UniqueConstraint(
                fields=["first_day"],
                condition=Q(department=None),
                name="schedule_once_for_the_body",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="schedule_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def clean(self) -> None:
        """Refuse an end before the beginning, and two weeks of one place from the same day on."""
        refuse_backwards(self.first_day, self.last_day)
        others = WeeklySchedule.objects.exclude(pk=self.pk)
        if others.filter(department=self.department_id, first_day=self.first_day).exists():
            raise ValidationError(
                {"first_day": _("Other weekly hours of the same place begin on this day.")}
            )


class Holiday(models.Model):
    """A public holiday; a lunar one stays provisional until it is confirmed."""

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=160)
    provisional = models.BooleanField(
        _("provisional"),
        default=False,
        help_text=_("Lunar dates may move by a day until they are confirmed."),
    )
    cancelled = models.BooleanField(
        _("not a holiday after all"),
        default=False,
        help_text=_("Keeps the row, so that filling the calendar again does not bring it back."),
    )
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(fields=["day", "name"], name="holiday_once_a_day")]

    def __str__(self) -> str:
        """Its name, marked where it is provisional."""
        mark = _("(provisional)")
        return f"{self.name} {mark}" if self.provisional else self.name


class CalendarException(models.Model):
    """Days that differ from week and holidays: a sudden closure, a late start, a duty day."""

    reason = models.CharField(_("reason"), max_length=160)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty for the whole body."),
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    hours = HoursField(_("hours"), help_text=HOURS_HELP)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure or special day")
        verbose_name_plural = _("closures and special days")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="exception_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        """Its reason."""
        return self.reason

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        refuse_backwards(self.first_day, self.last_day)
