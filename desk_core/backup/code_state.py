"""What code a backup belongs to: its migrations, which must be the same, and its versions."""

import platform
from importlib import metadata

import django
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

from desk_core.backup.errors import BackupError

Migrations = list[list[str]]


def migrations() -> Migrations:
    """All migrations of this code, as sorted `[app, name]` pairs."""
    loader = MigrationLoader(None)
    return sorted([app, name] for app, name in loader.disk_migrations)


def refuse_unmigrated() -> None:
    """A database that lacks migrations of this code is not backed up with it."""
    loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
    missing = [node for node in loader.graph.nodes if node not in loader.applied_migrations]
    if missing:
        app, name = sorted(missing)[0]
        raise BackupError(
            f"The database lacks {len(missing)} migrations of this code, {app}.{name} for one."
            " Run manage.py migrate first."
        )


def differences(wanted: Migrations) -> list[str]:
    """Sentences on what this code has more or less than that of the backup."""
    here = {tuple(each) for each in migrations()}
    there = {tuple(each) for each in wanted}
    told = []
    if missing := sorted(there - here):
        app, name = missing[0]
        told.append(
            f"The backup belongs to other code: it needs {len(missing)} migrations that this code"
            f" does not have, {app}.{name} for one."
        )
    if extra := sorted(here - there):
        app, name = extra[0]
        told.append(
            f"The backup belongs to other code: it knows nothing of {len(extra)} migrations of this"
            f" code, {app}.{name} for one. Restore with the code of the backup, then upgrade."
        )
    return told


def versions() -> dict[str, str]:
    """The versions of what made the backup, for the people who look for the same code."""
    found = {"python": platform.python_version(), "django": django.get_version()}
    for name in ("wagtail", "wagtail-service-desk"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
