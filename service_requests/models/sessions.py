"""A citizen's short stay in one case."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.models.credentials import Credential
from service_requests.querysets import TrackingSessionQuerySet


class TrackingSession(models.Model):
    """Opened with code and password; the cookie holds the token, the table only its digest."""

    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(_("opened at"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen at"), default=timezone.now)
    opened_before = models.DateTimeField(
        _("opened the time before"),
        null=True,
        blank=True,
        help_text=_("Shown to the applicant, who may notice that somebody else was here."),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = TrackingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracking session")
        verbose_name_plural = _("tracking sessions")
        indexes = [
            models.Index(fields=["credential", "-created_at"], name="session_of_credential"),
            models.Index(fields=["created_at"], name="session_oldest"),
        ]

    def __str__(self) -> str:
        """Nothing of the token."""
        return str(self.pk)
