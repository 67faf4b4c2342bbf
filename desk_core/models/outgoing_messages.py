"""The outbox: messages written in the transaction that caused them, sent afterwards."""

import secrets
import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.enums import DeliveryState, MessageState, OutboxChannel
from desk_core.models.subject_keys import SubjectKey
from desk_core.querysets import OutgoingMessageQuerySet


def new_local_id() -> int:
    """A random number by which a gateway knows this message again: 1 … 2⁶² (a signed long)."""
    return secrets.randbelow(2**62) + 1


class OutgoingMessage(models.Model):
    """One message to one person. Recipient and values are sealed; the text is made when sent.

    Claimed by a worker, `lease` names the claim and `due_at` is the moment at which it runs out.
    `started_at` is set just before the channel is called and emptied when its outcome is known.
    Once it is sent, a masked form of the recipient is all that is left of them, sealed as well.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    local_id = models.BigIntegerField(_("local number"), unique=True, default=new_local_id)
    channel = models.CharField(_("channel"), max_length=8, choices=OutboxChannel.choices)
    state = models.CharField(
        _("state"), max_length=12, choices=MessageState.choices, default=MessageState.WAITING
    )
    subject_key = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(_("sealed recipient and values"))
    template = models.CharField(_("template"), max_length=120)
    language = models.CharField(_("language"), max_length=12)
    variant = models.CharField(_("variant of the text"), max_length=16, blank=True)
    dedupe = models.CharField(_("same message"), max_length=200, unique=True)
    sealed_hint = models.BinaryField(_("sealed masked recipient"), default=b"")
    # One of very many that say the same: whatever was written to one person goes first.
    bulk = models.BooleanField(_("circular"), default=False, db_default=False)

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    not_after = models.DateTimeField(_("worth nothing after"), null=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(_("last error"), max_length=120, blank=True)
    provider_id = models.CharField(_("gateway's number"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    delivery = models.CharField(_("receipt"), max_length=10, choices=DeliveryState, blank=True)
    delivery_code = models.CharField(_("gateway's word"), max_length=20, blank=True)
    delivery_at = models.DateTimeField(_("receipt asked for"), null=True, editable=False)
    receipt_due_at = models.DateTimeField(null=True, editable=False)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            # Only what waits: the index stays as small as the queue, however long the history.
            models.Index(
                fields=["bulk", "due_at", "id"],
                name="desk_outgoing_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["lease"],
                name="desk_outgoing_lease",
                condition=models.Q(lease__isnull=False),
            ),
            models.Index(fields=["state", "created_at"], name="desk_outgoing_state"),
            models.Index(fields=["-created_at", "-id"], name="desk_outgoing_newest"),
            models.Index(
                fields=["receipt_due_at"],
                name="desk_outgoing_receipt",
                condition=models.Q(receipt_due_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=OutboxChannel.values), name="desk_outgoing_channel"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values), name="desk_outgoing_known_state"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def record(self) -> str:
        """What the sealed values are bound to."""
        return f"message:{self.pk}"

    @property
    def hint_record(self) -> str:
        """What the sealed masked recipient is bound to."""
        return f"message:{self.pk}:hint"
