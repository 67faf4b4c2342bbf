"""Invitations to sign: the way in for an organisation without an account (R33)."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sla.models.agreements import AgreementVersion
from sla.models.signatures import Signature
from sla.querysets import InvitationQuerySet


class SigningInvitation(models.Model):
    """A link for one party to sign one text, once.

    Only a digest of its token is stored. `text_digest` binds it to the text that was on offer: when
    that changes, the link is void. `signature` is what came of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(
        AgreementVersion, on_delete=models.PROTECT, related_name="invitations"
    )
    party = models.CharField(_("party"), max_length=40)
    text_digest = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(_("language"), max_length=10)
    by_email = models.BooleanField(_("sent by e-mail"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("first opened"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, related_name="invitation"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to sign")
        verbose_name_plural = _("invitations to sign")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Its identity; whom it invites is nobody's business in a log."""
        return str(self.pk)

    def over(self, at: datetime) -> bool:
        """Whether its time is up."""
        return self.expires_at <= at
