"""System checks of where backups go and for whom they are encrypted."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, InvalidStorageError, storages

from desk_core.backup.folder import BackupFolder


def check_backups_storage(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """E006: there is a storage "backups". E007: its files are whole. E008: it is not public."""
    try:
        found = storages["backups"]
    except InvalidStorageError:
        return [checks.Error('STORAGES has no "backups".', id="desk_core.E006")]
    except (ImproperlyConfigured, TypeError) as error:
        text = f'STORAGES["backups"], DESK_BACKUP_S3: {error}'
        return [checks.Error(text, id="desk_core.E006")]
    told: list[checks.CheckMessage] = []
    if not isinstance(found, FileSystemStorage):
        return told
    if not isinstance(found, BackupFolder):
        told.append(
            checks.Error(
                'STORAGES["backups"] may leave half a file under its final name.',
                hint='Use "desk_core.backup.folder.BackupFolder".',
                id="desk_core.E007",
            )
        )
    public = Path(settings.MEDIA_ROOT or "/nowhere").resolve()
    place = Path(found.location).resolve()
    if place == public or public in place.parents:
        told.append(
            checks.Error('STORAGES["backups"] lies in the public folder.', id="desk_core.E008")
        )
    return told


def check_recipients(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """W002, with --deploy: without recipients no backup can be made."""
    if getattr(settings, "DESK_BACKUP_RECIPIENTS", []):
        return []
    return [
        checks.Warning(
            "DESK_BACKUP_RECIPIENTS is empty: no backup can be made.",
            hint="docs/backups.md says how to make a key.",
            id="desk_core.W002",
        )
    ]


def register() -> None:
    """Register the checks; called when the app is ready."""
    checks.register(check_backups_storage, checks.Tags.security)
    checks.register(check_recipients, checks.Tags.security, deploy=True)
