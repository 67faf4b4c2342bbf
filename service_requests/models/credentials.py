"""The tracking password of a case (R24)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import EndReason
from service_requests.models.cases import Case
from service_requests.querysets import CredentialQuerySet


class Credential(models.Model):
    """One issued password, as an Argon2id hash; a case has at most one that still opens it."""

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.CASCADE, related_name="credentials"
    )
    secret_hash = models.CharField(max_length=200, editable=False)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("issued by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Empty when the applicant registered the case."),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    reason = models.CharField(_("why it ended"), max_length=10, choices=EndReason, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracking credential")
        verbose_name_plural = _("tracking credentials")
        ordering = ["-issued_at", "-id"]
        indexes = [models.Index(fields=["-issued_at", "-id"], name="credential_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="credential_one_active"
            )
        ]

    def __str__(self) -> str:
        """The code of its case."""
        return self.case.code

    @property
    def active(self) -> bool:
        """Whether it still opens its case."""
        return self.ended_at is None
