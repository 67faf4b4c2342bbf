"""Teams: colleagues of one department who share a queue."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from service_requests.querysets import TeamQuerySet


class Team(models.Model):
    """Some officers and heads of a department; a case given to a team is taken by one of them."""

    name = models.CharField(_("name"), max_length=80)
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.CASCADE,
        related_name="teams",
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("members"),
        related_name="desk_teams",
        blank=True,
    )
    active = models.BooleanField(_("takes cases"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["department", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                name="team_once_per_department",
                violation_error_message=_("This department has a team of this name already."),
            )
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
