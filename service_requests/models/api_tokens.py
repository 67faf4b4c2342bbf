"""Bearer tokens with which programs act for a member of staff."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service_requests.enums import TokenScope
from service_requests.querysets import ApiTokenQuerySet


class ApiToken(models.Model):
    """The right of a program to do, until a day, what one person may do.

    Of the secret only a hash is kept. It is made and shown once, to its person alone: a token that
    an administrator allows is empty until its person fetches the secret. It ends with the password
    that its person had then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("of a token", "for whom"),
        on_delete=models.CASCADE,
        related_name="desk_tokens",
    )
    name = models.CharField(
        _("name"), max_length=80, help_text=_("Which program it is for: “archive of the ministry”.")
    )
    scope = models.CharField(_("may"), max_length=5, choices=TokenScope, default=TokenScope.READ)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    # A digest of the person's password hash of then: with another password it opens nothing.
    password_mark = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )
    last_day = models.DateField(_("valid until the end of"))
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=~Q(digest=""), name="api_token_digest_once"
            )
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
