"""Seals of the audit trail: each covers the entries since the one before."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.models.append_only import AppendOnlyModel


class AuditSeal(AppendOnlyModel):
    """The entries after `after_id` up to `last_id`, chained to the seal before.

    `chain` is a SHA-256 that anybody can count again; `mark` is that under a key of the settings,
    which whoever holds the database alone does not have. Written by `desk_core.audit_chain`.
    """

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    after_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField(_("entries"))
    chain = models.CharField(_("chain"), max_length=64)
    mark = models.CharField(_("mark"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"), default=timezone.now)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("seal of the audit trail")
        verbose_name_plural = _("seals of the audit trail")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}:{self.chain}"
