"""What was changed in the working calendar, and how many cases it moved."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department


class CalendarChange(models.Model):
    """One change of the calendar, for the body or for one department.

    Written with the change itself; the clocks follow in the background. `moved` counts the cases
    whose due time became another one. `settled`: those that were being registered at that very
    moment have been looked at again.
    """

    at = models.DateTimeField(_("when"), auto_now_add=True)
    reason = models.CharField(_("what was changed"), max_length=300)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    finished_at = models.DateTimeField(_("due times follow since"), null=True)
    moved = models.PositiveIntegerField(_("cases moved"), default=0)
    settled = models.BooleanField(_("settled"), default=False)

    class Meta:
        verbose_name = _("change of the working calendar")
        verbose_name_plural = _("changes of the working calendar")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at"], condition=Q(settled=False), name="calendar_change_open")
        ]

    def __str__(self) -> str:
        """What was changed."""
        return self.reason
