"""Updates of a notice: append-only rows outside Wagtail's revisions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from desk_core.models import AppendOnlyModel
from notices.enums import Certainty, Impact, Severity, UpdateState
from notices.models.notices import Notice
from notices.models.places import Place


class NoticeUpdate(AppendOnlyModel):
    """What was said about a notice at one instant, and the times it then announced.

    The announced times are kept with every update because honest availability asks later what
    had been promised when (a window counts as planned only as far as it was announced in time).
    No constraint ties a row to its author's account, which may go while what was said stays.
    """

    refusal: ClassVar[str] = "What was said about a notice stays said."
    notice = models.ForeignKey(
        Notice, verbose_name=_("notice"), on_delete=models.PROTECT, related_name="updates"
    )
    # Sent by the client with its request: the same key again gives the same row.
    key = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=13, choices=UpdateState)
    text = models.TextField(_("text"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    at = models.DateTimeField(_("time"))
    starts_at = models.DateTimeField(_("start"))
    expected_end = models.DateTimeField(_("expected end"), null=True)
    ended_at = models.DateTimeField(_("real end"), null=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["notice", "at", "id"], name="update_of_notice")]
        constraints = [
            models.UniqueConstraint(fields=["notice", "key"], name="update_once_by_key"),
            models.CheckConstraint(condition=~Q(text="", text_en=""), name="update_says_something"),
        ]

    def __str__(self) -> str:
        """State and text, shortened."""
        return f"{self.get_state_display()}: {self.text_for('fa')[:60]}"

    def text_for(self, language: str) -> str:
        """The text in the reader's language, else in the one there is."""
        if language == "en":
            return self.text_en or self.text
        return self.text or self.text_en


class ImpactChange(AppendOnlyModel):
    """What one update said of one service, or of the whole desk where no service is named.

    It holds from the time of the update (of the first one: from the start of the notice) until
    another row for the same service, or the end of the notice: see `notices.availability`.
    """

    refusal: ClassVar[str] = "What a service was said to suffer stays said."
    update = models.ForeignKey(
        NoticeUpdate,
        verbose_name=_("update"),
        on_delete=models.PROTECT,
        related_name="impact_changes",
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    impact = models.CharField(_("impact"), max_length=8, choices=Impact)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("impact of an update")
        verbose_name_plural = _("impacts of updates")
        ordering = ["update", "id"]
        constraints = [
            models.UniqueConstraint(fields=["update", "service"], name="impact_once_an_update"),
            models.UniqueConstraint(
                fields=["update"],
                condition=Q(service=None),
                name="impact_of_whole_desk_once_an_update",
            ),
        ]

    def __str__(self) -> str:
        """The impact in words."""
        return str(self.get_impact_display())


class WarningChange(Place, AppendOnlyModel):
    """How severe and how certain one update said a warning to be, and where it holds.

    The first update of a warning has one, and every later one that changed anything: a row is
    the whole of it, and holds until the next one. See `notices.warnings.changes`.
    """

    refusal: ClassVar[str] = "What people were warned of stays said."
    FACTS: ClassVar = ("severity", "certainty", "area", "area_en", "shape", "geocodes")

    update = models.ForeignKey(
        NoticeUpdate,
        verbose_name=_("update"),
        on_delete=models.PROTECT,
        related_name="warning_changes",
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    certainty = models.CharField(_("certainty"), max_length=8, choices=Certainty)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("what an update said of a warning")
        verbose_name_plural = _("what updates said of warnings")
        ordering = ["update", "id"]
        constraints = [
            models.UniqueConstraint(fields=["update"], name="warning_once_an_update"),
        ]

    def __str__(self) -> str:
        """Severity and certainty in words."""
        return f"{self.get_severity_display()} – {self.get_certainty_display()}"
