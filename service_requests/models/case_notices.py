"""Which case is about which notice, as staff have confirmed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.models.cases import Case
from service_requests.querysets import CaseNoticeQuerySet


class CaseNotice(models.Model):
    """One case that is about one notice: begun by whom and when, ended by whom and when.

    A row is never deleted; a case that is linked again gets another one. Why it was ended stands,
    sealed, in the case's timeline. `lasted_from` and `lasted_until` are from when until when the
    outage lasted while it was linked, as the clocks were last counted (`standstills`); None: it had
    not begun, or goes on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notice_links")
    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("notice"), on_delete=models.PROTECT, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        # The row keeps the number of an account that is gone, as events do.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    lasted_from = models.DateTimeField(null=True, editable=False)
    lasted_until = models.DateTimeField(null=True, editable=False)

    objects = CaseNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("case about a notice")
        verbose_name_plural = _("cases about notices")
        ordering = ["confirmed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "case"],
                condition=Q(ended_at=None),
                name="case_notice_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="case_notice_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Its id: neither case nor notice."""
        return str(self.pk)
