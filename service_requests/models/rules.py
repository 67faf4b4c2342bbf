"""What a department has decided about how its cases are dealt with."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from persian.digits import localised
from service_requests.querysets import RulesQuerySet

REPLY_DAYS = 14
REPLY_DAYS_MAX = 365
# Fewer would leave no time for the reminder before a case closes by itself.
REPLY_DAYS_LEAST = 3


class DepartmentRules(models.Model):
    """The rules of one department; without a row the defaults hold (`rules.rules_of`)."""

    department = models.OneToOneField(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    rejection_by_two = models.BooleanField(
        _("a rejection takes two people"),
        default=False,
        help_text=_("One proposes it with the reason, a colleague confirms it."),
    )
    reply_days = models.PositiveSmallIntegerField(
        _("days for a reply"),
        default=REPLY_DAYS,
        validators=[MaxValueValidator(REPLY_DAYS_MAX)],
        help_text=_(
            "Offered when more information is asked for: without a reply in this time the case "
            "closes by itself. 0 offers no date."
        ),
    )

    objects = RulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of a department")
        verbose_name_plural = _("rules of departments")
        ordering = ["department"]

    def __str__(self) -> str:
        """Whose they are."""
        return str(self.department)

    def clean(self) -> None:
        """No days, or enough of them."""
        if 0 < (self.reply_days or 0) < REPLY_DAYS_LEAST:
            message = _("At least %(least)s days, or 0 for no date.")
            params = {"least": localised(REPLY_DAYS_LEAST)}
            raise ValidationError({"reply_days": ValidationError(message, params=params)})
