"""The fixed vocabularies of outgoing messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """The ways a message reaches a person."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class OutboxChannel(models.TextChoices):
    """Every way out of the outbox: to people, and to programs that want to be told."""

    EMAIL = Channel.EMAIL.value, Channel.EMAIL.label
    SMS = Channel.SMS.value, Channel.SMS.label
    WEBHOOK = "webhook", _("Webhook")


class MessageState(models.TextChoices):
    """Where an outgoing message stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    QUARANTINED = "quarantined", _("Set aside for a look")
    CANCELLED = "cancelled", _("Cancelled")


class DeliveryState(models.TextChoices):
    """What the gateway says became of a message that it took; empty where it says nothing ever."""

    PENDING = "pending", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Not delivered")
    UNKNOWN = "unknown", _("No receipt came")
