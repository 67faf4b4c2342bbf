"""Visits in person: the times that somebody has, and who has them (R9)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import LIVE_VISITS, VisitState
from service_requests.models.cases import Case
from service_requests.models.messages import Message
from service_requests.models.visiting_hours import VisitingHours
from service_requests.querysets import VisitQuerySet


class VisitSlot(models.Model):
    """A time at a place, stored once the first person chooses it; its row is what others wait for.

    What is free is computed (`slots`); a slot keeps only what has been promised to people.
    """

    visiting_hours = models.ForeignKey(
        VisitingHours, on_delete=models.PROTECT, related_name="slots", db_index=False
    )
    starts_at = models.DateTimeField(_("begins at"), db_index=True)
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        verbose_name = _("time of visits")
        verbose_name_plural = _("times of visits")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["visiting_hours", "starts_at"], name="slot_once")
        ]

    def __str__(self) -> str:
        """Its number."""
        return str(self.pk)


class Visit(models.Model):
    """One call to come in person, and the time that came of it; operational facts only.

    What to bring, and the place of a visit at a fixed time, stand sealed in the message. `seat`
    counts the people of a slot from 1: no two visits can have the same, whatever happens. `id` is
    the identity of the calendar entry, `sequence` counts its changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="visits")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="visits")
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=VisitState)
    slot = models.ForeignKey(
        VisitSlot, on_delete=models.PROTECT, related_name="visits", null=True, blank=True
    )
    seat = models.PositiveSmallIntegerField(null=True, editable=False)
    starts_at = models.DateTimeField(_("begins at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    answer_by = models.DateTimeField(_("to be chosen by"), null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    called_at = models.DateTimeField(_("asked at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-starts_at", "-called_at", "id"]
        indexes = [
            models.Index(fields=["state", "starts_at"], name="visit_state_begins"),
            models.Index(fields=["state", "answer_by"], name="visit_state_answer"),
            models.Index(fields=["starts_at"], name="visit_begins"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slot", "seat"], name="visit_seat_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=LIVE_VISITS), name="visit_one_alive"
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.BOOKED) | Q(starts_at__isnull=False),
                name="visit_booked_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.WAITING) | Q(answer_by__isnull=False, seat=None),
                name="visit_waiting_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        """The code of its case."""
        return self.case.code
