"""Who wants to be told of notices, by which way and of what; and the codes that prove a contact."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from desk_core.enums import OutboxChannel
from desk_core.models import SubjectKey
from notices.enums import LIVING_STATES, CodePurpose, EndReason, SubscriptionState
from notices.models.notices import Notice
from notices.subscriptions.querysets import SubscriptionQuerySet


class Subscription(models.Model):
    """One contact that is told of notices. The contact is sealed under a key of its own.

    Asking makes a pending row whether or not the contact is known; only its holder, with the code
    that was sent there, makes it count (`notices.subscriptions`). A contact has at most one active
    or stopped subscription a channel, found by the keyed index. No service chosen means all.
    Quiet hours are whole hours in Tehran, from the first until before the second. A notice that is
    followed is told of to its end whatever else was chosen; `only_followed` is told of nothing
    else (`notices.subscriptions.following`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=OutboxChannel)
    state = models.CharField(
        _("state"), max_length=12, choices=SubscriptionState, default=SubscriptionState.PENDING
    )
    subject_key = models.ForeignKey(
        SubjectKey, on_delete=models.PROTECT, related_name="+", editable=False
    )
    contact_digest = models.CharField(max_length=64, blank=True, editable=False)
    sealed = models.BinaryField(_("sealed contact"), default=b"")
    language = models.CharField(_("language"), max_length=12)
    services = models.ManyToManyField(
        Service, verbose_name=_("services"), blank=True, related_name="+"
    )
    followed = models.ManyToManyField(
        Notice, verbose_name=_("followed notices"), blank=True, related_name="+"
    )
    only_followed = models.BooleanField(
        _("followed notices alone"), default=False, db_default=False
    )
    wants_outage = models.BooleanField(_("outages"), default=True)
    wants_maintenance = models.BooleanField(_("planned maintenance"), default=True)
    wants_warning = models.BooleanField(_("warnings"), default=True)
    wants_announcement = models.BooleanField(_("announcements"), default=True)
    wants_opened = models.BooleanField(_("when it is announced"), default=True)
    wants_updated = models.BooleanField(_("when there is news of it"), default=True)
    wants_resolved = models.BooleanField(_("when it is over or called off"), default=True)
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(_("quiet until"), null=True, blank=True)
    digest = models.BooleanField(_("once a day, all together"), default=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    quarantined_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(
        _("reason of the end"), max_length=10, choices=EndReason, blank=True
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["id"], name="subscription_active", condition=Q(state="active")),
            models.Index(fields=["state", "created_at"], name="subscription_state"),
            models.Index(fields=["subject_key"], name="subscription_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "contact_digest"],
                name="subscription_once_a_contact",
                condition=Q(state__in=[state.value for state in LIVING_STATES]),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__lt=24, quiet_until__lt=24) & ~Q(quiet_from=F("quiet_until")),
                name="subscription_quiet_hours",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[state.value for state in LIVING_STATES])
                | ~Q(contact_digest="") & Q(confirmed_at__isnull=False),
                name="subscription_living_has_contact",
            ),
        ]

    def __str__(self) -> str:
        """Its code; nothing of the contact."""
        return f"S-{self.pk.hex[:8].upper()}"

    @property
    def record(self) -> str:
        """What the sealed contact is bound to."""
        return f"subscription:{self.pk}"


class SubscriptionCode(models.Model):
    """A one-time code that was sent to a contact: whoever has it holds the contact.

    Only a keyed digest is stored. One to manage names a contact by its index, and does not say
    whether anything is known of it; the message that carries it is sealed under a key of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=8, choices=CodePurpose)
    channel = models.CharField(_("channel"), max_length=8, choices=OutboxChannel)
    contact_digest = models.CharField(max_length=64, editable=False)
    subject_key = models.ForeignKey(
        SubjectKey, on_delete=models.PROTECT, related_name="+", editable=False
    )
    subscription = models.ForeignKey(
        Subscription, null=True, on_delete=models.CASCADE, related_name="codes", editable=False
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription code")
        verbose_name_plural = _("subscription codes")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose=CodePurpose.MANAGE, subscription=None)
                | Q(purpose=CodePurpose.CONFIRM, subscription__isnull=False),
                name="subscription_code_of_something",
            )
        ]

    def __str__(self) -> str:
        """Nothing of the code or the contact."""
        return str(self.pk)
