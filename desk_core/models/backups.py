"""What is known of backups: which were finished, which were proven to come back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk_core.querysets import BackupQuerySet


class Backup(models.Model):
    """One backup on `STORAGES["backups"]`, by its name there.

    `covers_until` is the moment of the consistent snapshot: whatever was committed before it is in
    the backup. `verified_at` is set by a verification that found nothing wrong, and emptied by one
    that did; `problems` says what. `parts` are the files that it looked at, so that a backup which
    lost one since can be told from a whole one. Rows are written by `desk_core.backup.records`
    alone.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    covers_until = models.DateTimeField(_("covers everything until"), null=True, blank=True)
    manifest_sha256 = models.CharField(
        _("SHA-256 of the manifest"),
        max_length=64,
        blank=True,
        help_text=_("Of the stored file, as sha256sum prints it."),
    )
    counts = models.JSONField(
        _("counts"), default=dict, help_text=_("Tables, rows, files, bytes of files.")
    )
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_counts = models.JSONField(
        _("verified counts"), default=dict, help_text=_("What was restored, compared and opened.")
    )
    parts = models.JSONField(
        _("parts"),
        default=list,
        help_text=_("Name, size and SHA-256 of each stored file that was verified."),
    )
    problems = models.JSONField(_("problems"), default=list)

    objects = BackupQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(
                fields=["-covers_until"],
                name="desk_backup_verified",
                condition=models.Q(verified_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
