"""One-time codes: who holds the telephone or the mailbox says what was sent there."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.enums import Channel
from service_requests.enums import CodePurpose
from service_requests.models.cases import Case


class OneTimeCode(models.Model):
    """Six digits as an Argon2id hash, for ten minutes, five tries and one use.

    A code to verify a contact belongs to a case. One to recover a credential belongs to a browser
    that named a contact: whether anything is known of that contact, the row does not say before
    its holder has shown the right code, and there is one either way.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=8, choices=CodePurpose)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="one_time_codes", null=True, blank=True
    )
    contact_digest = models.CharField(max_length=64, editable=False)
    token_digest = models.CharField(  # noqa: DJ001 – unique, and a code of a case has none
        max_length=64, unique=True, null=True, editable=False
    )
    wanted = models.CharField(_("tracking code that was named"), max_length=12, blank=True)
    code_hash = models.CharField(max_length=200, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("asked for at"), default=timezone.now, db_index=True)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose=CodePurpose.VERIFY, case__isnull=False, token_digest=None)
                | Q(purpose=CodePurpose.RECOVER, token_digest__isnull=False),
                name="one_time_code_of_somebody",
            )
        ]

    def __str__(self) -> str:
        """Nothing of the code or the contact."""
        return str(self.pk)
