"""Who stands in for whom, from when until when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service_requests.querysets import DeputyshipQuerySet


class Deputyship(models.Model):
    """For some days one member of staff does the work of another, in the other's departments.

    The days are those of Tehran, both included. It is ended early, never deleted: the row is the
    trace of who could see what, and why.
    """

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who is away"),
        on_delete=models.CASCADE,
        related_name="absences",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who stands in"),
        on_delete=models.CASCADE,
        related_name="deputyships",
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering = ["-first_day", "-id"]
        indexes = [
            models.Index(
                fields=["deputy", "last_day"],
                condition=Q(ended_at=None),
                name="deputyship_of_deputy",
            ),
            models.Index(
                fields=["absent", "last_day"],
                condition=Q(ended_at=None),
                name="deputyship_of_absent",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="deputyship_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(absent=F("deputy")), name="deputyship_of_another"),
        ]

    def __str__(self) -> str:
        """Its number: names of staff stay out of logs."""
        return f"{self._meta.verbose_name} {self.pk}"
