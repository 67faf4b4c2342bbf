"""Maintenance that comes again and again: the rule, and the pages that were made of it."""

from datetime import timedelta
from itertools import pairwise

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from notices import recurrence, rules
from notices.enums import Impact, Repeats
from notices.models.pages import NoticePage
from notices.models.templates import NoticeWords
from notices.recurrence import Pattern
from notices.rule_forms import RuleForm
from persian.digits import to_ascii

_WEEKDAYS = [
    (5, _("Saturday")),
    (6, _("Sunday")),
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
]
_WHICH = [
    (1, _("first")),
    (2, _("second")),
    (3, _("third")),
    (4, _("fourth")),
    (recurrence.LAST, _("last")),
]


class MaintenanceRule(NoticeWords):
    """A window that returns. Days are Gregorian when stored; the clock is that of Tehran."""

    impact = models.CharField(
        _("impact on the services"), max_length=8, choices=Impact, default=Impact.MAJOR
    )
    services = models.ManyToManyField(
        Service,
        verbose_name=_("affected services"),
        blank=True,
        related_name="+",
        help_text=_("Choose none when the whole desk is affected."),
    )
    repeats = models.CharField(
        _("repeats"), max_length=14, choices=Repeats, default=Repeats.JALALI_WEEKDAY
    )
    rrule = models.CharField(
        _("rule (RRULE)"),
        max_length=200,
        blank=True,
        help_text=_("For example FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    )
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Of a shorter month it is the last day."),
    )
    which = models.SmallIntegerField(_("which of the month"), null=True, blank=True, choices=_WHICH)
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), null=True, blank=True, choices=_WEEKDAYS
    )
    clock = models.TimeField(_("starts at"), help_text=_("By the clock of Tehran."))
    minutes = models.PositiveSmallIntegerField(
        _("takes (minutes)"), validators=[MinValueValidator(1), MaxValueValidator(7 * 24 * 60)]
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    days_ahead = models.PositiveSmallIntegerField(
        _("made so many days ahead"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
    )
    publishes = models.BooleanField(
        _("publish by itself"),
        default=False,
        help_text=_(
            "Only once another person has approved this rule. Otherwise drafts are made, and "
            "each is published by a person."
        ),
    )
    active = models.BooleanField(_("active"), default=True)
    base_form_class = RuleForm

    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("last changed by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("recurring maintenance")
        verbose_name_plural = _("recurring maintenance")
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("changed_by")),
                name="rule_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="rule_ends_after_first_day",
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def pattern(self) -> Pattern:
        """Its days, as `notices.recurrence` counts them."""
        kind = self.repeats
        weekly = kind == Repeats.JALALI_WEEKDAY
        return Pattern(
            first_day=self.first_day,
            last_day=self.last_day,
            rrule=self.rrule if kind == Repeats.RRULE else "",
            month_day=self.month_day if kind == Repeats.JALALI_DAY else None,
            weekday=self.weekday if weekly else None,
            which=self.which if weekly else None,
        )

    def clean(self) -> None:
        """Ask for what the chosen form needs; refuse a rule that never falls on a day."""
        super().clean()
        self.rrule = to_ascii(self.rrule).strip().upper().removeprefix("RRULE:")
        errors = self._form_errors()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            errors["last_day"] = str(_("The last day is before the first."))
        rules.refuse(errors)
        if not self.first_day or self.repeats not in Repeats:
            return
        days = recurrence.days(
            self.pattern, self.first_day, self.first_day + timedelta(days=5 * 366)
        )
        if not days:
            never = _("By this rule no day comes in the five years from the first day on.")
            raise ValidationError({"rrule": never} if self.repeats == Repeats.RRULE else never)
        apart = min((later - day for day, later in pairwise(days)), default=None)
        if apart is not None and self.minutes and timedelta(minutes=self.minutes) > apart:
            raise ValidationError(
                {"minutes": _("It would not be over before the next one begins.")}
            )

    def _form_errors(self) -> rules.Errors:
        needed: dict[str, tuple[str, ...]] = {
            Repeats.RRULE: ("rrule",),
            Repeats.JALALI_DAY: ("month_day",),
            Repeats.JALALI_WEEKDAY: ("which", "weekday"),
        }
        errors = {
            name: str(_("This form of repetition needs it."))
            for name in needed.get(self.repeats, ())
            if getattr(self, name) in (None, "")
        }
        by_rrule = self.repeats == Repeats.RRULE and self.rrule
        if by_rrule and (wrong := recurrence.rrule_wrong(self.rrule)):
            errors["rrule"] = wrong
        return errors


class Occurrence(models.Model):
    """One day of one rule, for which a page was made: once, whatever becomes of the page."""

    rule = models.ForeignKey(MaintenanceRule, on_delete=models.CASCADE, related_name="occurrences")
    day = models.DateField(_("day"))
    page = models.OneToOneField(
        NoticePage,
        null=True,
        on_delete=models.SET_NULL,
        related_name="occurrence",
    )
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "day"], name="occurrence_once"),
        ]

    def __str__(self) -> str:
        """The day, for programmers."""
        return f"{self.rule_id}/{self.day}"
