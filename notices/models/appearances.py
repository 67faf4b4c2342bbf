"""When a notice was taken from the public, and when it was given back."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.models import AppendOnlyModel
from notices.models.notices import Notice


class Appearance(AppendOnlyModel):
    """From `at` on some public page shows a notice, or none does; written by `notices.appearances`.

    A notice without a row has been shown since its first publication. Who holds an alert of it has
    to learn when it is withdrawn (`notices.machine_faces.cap_chain`).
    """

    refusal: ClassVar[str] = "When a notice was withdrawn stays known."
    notice = models.ForeignKey(
        Notice, verbose_name=_("notice"), on_delete=models.PROTECT, related_name="appearances"
    )
    shown = models.BooleanField(_("public"))
    at = models.DateTimeField(_("time"))

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("withdrawal or return of a notice")
        verbose_name_plural = _("withdrawals and returns of notices")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["notice", "id"], name="appearance_of_notice"),
            models.Index(
                fields=["-id"], name="appearance_withdrawn", condition=models.Q(shown=False)
            ),
        ]

    def __str__(self) -> str:
        """The notice."""
        return str(self.notice)
