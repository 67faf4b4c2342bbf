"""The facts: a notice and the services it touches (R11, R28, R29)."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from notices import state
from notices.enums import Certainty, Event, Impact, Kind, Phase, Severity
from notices.models.places import Place
from notices.querysets import NoticeQuerySet


class Notice(Place):  # type: ignore[django-manager-missing]
    """One outage, maintenance window, announcement or warning; pages only show it.

    Created once, by the first publication of its page (`notices.publishing`), and changed by the
    verbs of `notices.updates` alone. Times are aware, in UTC.

    `impact` and the rows of `affected` are what holds now, or held last; what held when is in
    `ImpactChange` and read by `notices.availability`. `severity` is the heaviest it has ever been;
    of warnings it is what holds now, like `certainty`, the area and its borders: what held when is
    in `WarningChange`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The translation key of the page that was published first. Copies of a page get a new key,
    # its translations keep it: the uniqueness is what makes "once" true under concurrency.
    origin = models.UUIDField(unique=True, editable=False)
    title = models.CharField(
        _("title"), max_length=255, help_text=_("As it was when first published.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    impact = models.CharField(
        _("impact"),
        max_length=8,
        choices=Impact,
        help_text=_("On the whole desk, or on services that have no row of their own."),
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    services = models.ManyToManyField(
        Service,
        verbose_name=_("affected services"),
        through="AffectedService",
        related_name="notices",
    )
    starts_at = models.DateTimeField(_("start"))
    expected_end = models.DateTimeField(_("expected end"), null=True, blank=True)
    ended_at = models.DateTimeField(_("real end"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    first_published_at = models.DateTimeField(_("first published"))
    # Of warnings alone, empty for the other kinds.
    event = models.CharField(_("event"), max_length=12, choices=Event, blank=True)
    certainty = models.CharField(_("certainty"), max_length=8, choices=Certainty, blank=True)
    instruction = models.TextField(_("instruction"), blank=True)
    instruction_en = models.TextField(_("instruction in English"), blank=True)
    # The same as `state.over_at`, computed by the database so that it can be indexed.
    over_at = models.GeneratedField(
        expression=Coalesce(
            F("cancelled_at"),
            F("ended_at"),
            Case(When(~Q(kind=Kind.OUTAGE), then=F("expected_end"))),
            output_field=models.DateTimeField(),
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-starts_at", "id"]
        indexes = [
            models.Index(fields=["over_at", "starts_at"], name="notice_over_start"),
            models.Index(fields=["-starts_at", "id"], name="notice_newest_start"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_end=None) | Q(expected_end__gt=F("starts_at")),
                name="notice_expected_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("starts_at")),
                name="notice_ended_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(cancelled_at=None),
                name="notice_ended_or_cancelled",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.MAINTENANCE, expected_end=None),
                name="notice_maintenance_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.WARNING)
                | (Q(expected_end__isnull=False) & ~Q(event="") & ~Q(area="", area_en="")),
                name="notice_warning_is_whole",
            ),
        ]

    def __str__(self) -> str:
        """The title at first publication."""
        return self.title

    @property
    def facts(self) -> state.Facts:
        """The times that decide the phase."""
        return state.Facts(
            kind=Kind(self.kind),
            starts_at=self.starts_at,
            expected_end=self.expected_end,
            ended_at=self.ended_at,
            cancelled_at=self.cancelled_at,
        )

    def phase(self, at: datetime) -> Phase:
        """Where it stands at `at`."""
        return state.phase(self.facts, at)

    def instruction_for(self, language: str) -> str:
        """What to do, in the reader's language, else in the one there is."""
        if language == "en":
            return self.instruction_en or self.instruction
        return self.instruction or self.instruction_en


class AffectedService(models.Model):
    """One service touched by one notice, and how much. No row at all: the whole desk."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="affected")
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="+"
    )
    impact = models.CharField(_("impact"), max_length=8, choices=Impact)

    class Meta:
        verbose_name = _("affected service")
        verbose_name_plural = _("affected services")
        ordering = ["service__sort_order", "service__name_key"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "service"], name="affected_once"),
        ]

    def __str__(self) -> str:
        """Service and impact."""
        return f"{self.service} – {self.get_impact_display()}"
