"""What subscribers are told: one event a happening, one delivery an event and subscriber."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.models import OutgoingMessage
from notices.enums import Occasion, Outcome, Step
from notices.models.notices import Notice
from notices.models.subscriptions import Subscription
from notices.models.updates import NoticeUpdate
from notices.querysets import NoticeEventQuerySet


class NoticeEvent(models.Model):
    """Something of a notice that subscribers are told, once.

    Written in the transaction of what happened, under a `key` that makes it one however often that
    is repeated. The fan-out goes through the subscribers in the order of their keys; `cursor` is
    the last one it has handed over, written together with what it handed over. `audiences` holds
    the same for each registered audience: name → {"cursor", "handed", "done"}. The key of what the
    clock brings is its occasion, until it proves to have been told too early.
    """

    notice = models.ForeignKey(
        Notice, verbose_name=_("notice"), on_delete=models.PROTECT, related_name="events"
    )
    key = models.CharField(max_length=80, editable=False)
    step = models.CharField(_("step"), max_length=8, choices=Step)
    occasion = models.CharField(_("occasion"), max_length=6, choices=Occasion)
    update = models.ForeignKey(
        NoticeUpdate, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(_("time"), default=timezone.now)
    cursor = models.UUIDField(null=True, editable=False)
    total = models.PositiveIntegerField(_("to be told"), null=True)
    handed_over = models.PositiveIntegerField(_("handed over"), default=0)
    audiences = models.JSONField(default=dict, editable=False)
    finished_at = models.DateTimeField(_("handed over to all"), null=True, blank=True)
    dropped = models.BooleanField(_("withdrawn before all were told"), default=False)

    objects = NoticeEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "id"]
        indexes = [
            models.Index(
                fields=["id"], name="event_unfinished", condition=Q(finished_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "key"], name="event_once_by_key"),
        ]

    def __str__(self) -> str:
        """Its occasion."""
        return str(self.get_occasion_display())

    @property
    def is_taken_back(self) -> bool:
        """Whether the clock told it too early; what of it was not told yet is told no more."""
        return self.occasion in (Occasion.BEGUN, Occasion.ENDED) and self.key != self.occasion


class Delivery(models.Model):
    """One event for one subscriber: due, handed over to the outbox, and what became of it.

    `due_at` is later than the event in quiet hours and for a digest, whose events share a message.
    """

    event = models.ForeignKey(
        NoticeEvent, verbose_name=_("event"), on_delete=models.CASCADE, related_name="deliveries"
    )
    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("subscription"),
        on_delete=models.CASCADE,
        related_name="deliveries",
    )
    due_at = models.DateTimeField(_("due"))
    handed_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    message = models.ForeignKey(
        OutgoingMessage, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)

    class Meta:
        verbose_name = _("news for a subscriber")
        verbose_name_plural = _("news for subscribers")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"], name="delivery_held", condition=Q(handed_at__isnull=True)
            ),
            models.Index(
                fields=["id"],
                name="delivery_open",
                condition=Q(handed_at__isnull=False, outcome=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "subscription"], name="delivery_once"),
        ]

    def __str__(self) -> str:
        """Event and subscription, by their codes."""
        return f"{self.event_id} – {self.subscription_id}"
