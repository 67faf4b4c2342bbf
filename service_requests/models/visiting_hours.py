"""When departments receive people: published hours, the days that differ, and the rules (R9)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from service_requests.querysets import VisitingHoursQuerySet
from sla.models.calendar import HOURS_HELP, HoursField, WeeklySchedule, refuse_backwards


def _between(least: int, most: int) -> list[Any]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class VisitRules(models.Model):
    """How a department handles visits; without a row the defaults hold."""

    department = models.OneToOneField(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="visit_rules",
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("hours of notice"),
        default=24,
        validators=_between(0, 720),
        help_text=_("A time can be chosen until so many hours before it."),
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("days ahead"),
        default=30,
        validators=_between(1, 90),
        help_text=_("So many days ahead of today times are offered."),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days to choose"),
        default=7,
        validators=_between(1, 60),
        help_text=_("Whoever has chosen no time after so many days is waited for no longer."),
    )
    second_try = models.BooleanField(
        _("a second try"),
        default=True,
        help_text=_("Whoever did not come may choose another time, once."),
    )

    class Meta:
        verbose_name = _("rules of visits")
        verbose_name_plural = _("rules of visits")
        ordering = ["department__sort_order", "department_id"]

    def __str__(self) -> str:
        """The department."""
        return str(self.department)


class VisitingHours(models.Model):
    """The hours in which people are received at one place, in visits of equal length.

    Times of day are those of Tehran. Only what lies within the department's working hours is ever
    offered (`slots`): holidays and closures need not be entered twice.
    """

    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="visiting_hours",
    )
    place = models.CharField(
        _("place"), max_length=200, help_text=_("Where people go: building, floor, room.")
    )
    place_en = models.CharField(_("place in English"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes a visit"), default=20, validators=_between(5, 480)
    )
    capacity = models.PositiveSmallIntegerField(
        _("visitors at a time"), default=1, validators=_between(1, 200)
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
    BY_WEEKDAY = WeeklySchedule.BY_WEEKDAY

    objects = VisitingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("visiting hours")
        verbose_name_plural = _("visiting hours")
        ordering = ["department__sort_order", "department_id", "first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="visiting_hours_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, capacity__gte=1), name="visiting_hours_hold_somebody"
            ),
        ]

    def __str__(self) -> str:
        """Department and place."""
        return f"{self.department} – {self.where}"

    @property
    def where(self) -> str:
        """The place in the reader's language, where it has one."""
        english = self.place_en if get_language() == "en" else ""
        return str(english or self.place)

    def clean(self) -> None:
        """Refuse an end before the beginning, and hours without a single one."""
        refuse_backwards(self.first_day, self.last_day)
        if not any(getattr(self, day) for day in self.BY_WEEKDAY):
            raise ValidationError({"saturday": _("Write the hours of one day at least.")})


class VisitException(models.Model):
    """Days on which other hours hold at one place, or none, or for another number of people."""

    visiting_hours = models.ForeignKey(
        VisitingHours,
        verbose_name=_("visiting hours"),
        on_delete=models.CASCADE,
        related_name="exceptions",
    )
    reason = models.CharField(
        _("reason"), max_length=160, help_text=_("For colleagues; applicants do not see it.")
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    hours = HoursField(_("hours of these days"), help_text=HOURS_HELP)
    capacity = models.PositiveSmallIntegerField(
        _("visitors at a time"),
        null=True,
        blank=True,
        validators=_between(1, 200),
        help_text=_("Empty: as always."),
    )

    objects = VisitingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception from visiting hours")
        verbose_name_plural = _("exceptions from visiting hours")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="visit_exception_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        """Its reason."""
        return self.reason

    @property
    def department_id(self) -> int:
        """Whose hours they are."""
        return self.visiting_hours.department_id

    def clean(self) -> None:
        """Refuse an end before the beginning."""
        refuse_backwards(self.first_day, self.last_day)
