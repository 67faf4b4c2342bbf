"""The audit trail: who did what to which record, and when."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.audit_words import action_label
from desk_core.models.append_only import AppendOnlyModel


class AuditEntry(AppendOnlyModel):
    """One line of the trail, written by `desk_core.audit.record()`. It holds no personal data.

    `target` names the record as "noun:identity". The actor's name at that time stays readable
    after the account is gone, which is why no constraint ties the row to the account.
    """

    at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    action = models.CharField(_("action"), max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    actor_name = models.CharField(_("user name"), max_length=150, blank=True)
    target = models.CharField(_("record"), max_length=120)
    department_id = models.BigIntegerField(_("department"), null=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["-at", "-id"], name="desk_audit_at"),
            models.Index(fields=["target", "-at"], name="desk_audit_target"),
            models.Index(fields=["actor", "-at"], name="desk_audit_actor"),
            models.Index(fields=["department_id", "-at"], name="desk_audit_department"),
        ]

    def __str__(self) -> str:
        return f"{action_label(self.action)}: {self.target}"
