"""Reading the whole database as it was at one moment, while the site goes on writing."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from desk_core.backup.errors import BackupError

ALIAS = "desk_backup_snapshot"


@dataclass(frozen=True)
class Snapshot:
    """`alias` reads as of the snapshot; everything committed before `taken_at` is in it."""

    alias: str
    vendor: str
    taken_at: datetime


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """A connection of its own in one read-only transaction, for as long as it is needed.

    PostgreSQL: REPEATABLE READ, READ ONLY. SQLite: a deferred read transaction, which holds up no
    writer in WAL mode.
    """
    live = connections[DEFAULT_DB_ALIAS]
    if live.vendor not in ("sqlite", "postgresql"):
        raise BackupError(f"A backup of {live.vendor} is not supported.")
    if live.vendor == "sqlite" and live.is_in_memory_db():  # type: ignore[attr-defined]
        raise BackupError("A database in memory cannot be backed up.")
    own = copy.deepcopy(live.settings_dict)
    own["ATOMIC_REQUESTS"], own["AUTOCOMMIT"], own["CONN_MAX_AGE"] = False, True, 0
    if live.vendor == "sqlite":
        own["OPTIONS"]["transaction_mode"] = "DEFERRED"
    connections[ALIAS] = type(live)(own, ALIAS)
    try:
        with transaction.atomic(using=ALIAS):
            with connections[ALIAS].cursor() as cursor:
                if live.vendor == "postgresql":
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                else:
                    cursor.execute("PRAGMA query_only = ON")
                # The first reading fixes what is seen; the moment is taken before it.
                taken_at = timezone.now()
                cursor.execute("SELECT 1 FROM django_migrations")
                cursor.fetchone()
            yield Snapshot(ALIAS, live.vendor, taken_at)
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
