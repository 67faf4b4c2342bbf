"""What the desk does about what people say (R21)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from service_requests.enums import ImprovementStatus
from service_requests.querysets import OfDepartments


class Improvement(models.Model):
    """An improvement action: what is done, where, since when, how far it is."""

    text = models.TextField(
        _("what is done"),
        max_length=1000,
        help_text=_("Everybody reads it on the results page. Write no names of people here."),
    )
    text_en = models.TextField(_("what is done, in English"), max_length=1000, blank=True)
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Leave empty for the whole desk."),
    )
    because_of_surveys = models.BooleanField(_("because of survey results"), default=True)
    because_of_complaints = models.BooleanField(_("because of complaints"), default=False)
    decided_on = models.DateField(_("decided on"))
    status = models.CharField(
        _("status"), max_length=9, choices=ImprovementStatus, default=ImprovementStatus.PLANNED
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    public = models.BooleanField(_("shown on the results page"), default=True)

    objects = OfDepartments.as_manager()

    class Meta:
        verbose_name = _("improvement action")
        verbose_name_plural = _("improvement actions")
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ImprovementStatus.DONE, done_on__isnull=False)
                | (~Q(status=ImprovementStatus.DONE) & Q(done_on=None)),
                name="improvement_done_has_its_day",
            )
        ]

    def __str__(self) -> str:
        """The beginning of its text, which is public anyway."""
        return self.text[:60]

    @property
    def words(self) -> str:
        """What is done, in the reader's language where that was written."""
        return (self.text_en if get_language() == "en" else "") or self.text
