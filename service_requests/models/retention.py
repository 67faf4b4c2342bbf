"""For how long the personal data of cases are kept."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from persian.digits import localised
from service_requests.enums import Kind
from service_requests.querysets import RetentionQuerySet

LEAST_DAYS, MOST_DAYS = 31, 36_500


class RetentionRule(models.Model):
    """The rule for one kind of case; without a row it is kept for good (R43)."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, unique=True)
    days = models.PositiveIntegerField(
        _("days after closing"),
        validators=[MinValueValidator(LEAST_DAYS), MaxValueValidator(MOST_DAYS)],
        help_text=_(
            "So many days after a case was closed, its personal data and files are destroyed for "
            "good; kind, department, states and times stay for the statistics."
        ),
    )

    objects = RetentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering = ["kind"]

    def __str__(self) -> str:
        """What it is about."""
        return self.get_kind_display()

    def clean(self) -> None:
        """Whoever may still have a case opened again must find it."""
        least = getattr(settings, "DESK_OBJECTION_DAYS", 30)
        if self.days is not None and self.days <= least:
            message = _("Applicants may object for %(days)s days; keep the data for longer.")
            params = {"days": localised(least)}
            raise ValidationError({"days": ValidationError(message, params=params)})
