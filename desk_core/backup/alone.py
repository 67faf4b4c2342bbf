"""One backup at a time: on one machine with SQLite, on all machines of a site with PostgreSQL."""

import copy
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from desk_core.backup.errors import BackupError

HELD = "desk_backup_alone"
# "desk" and "back" in ASCII: advisory locks are told apart by numbers, within one database.
_NUMBERS = [0x6465736B, 0x6261636B]


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of backups as long as the block runs; it goes with the process that held it.

    Raises BackupError when another backup holds it, and at the end when the connection that held
    it broke meanwhile.
    """
    on_postgresql = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    with _database_lock() if on_postgresql else _file_lock():
        yield


@contextmanager
def _database_lock() -> Iterator[None]:
    """An advisory lock of a connection that does nothing else."""
    live = connections[DEFAULT_DB_ALIAS]
    # Known to Django under a name of its own: what greets new connections looks it up.
    alias = f"{HELD}_{secrets.token_hex(4)}"
    own = type(live)({**copy.deepcopy(live.settings_dict), "CONN_MAX_AGE": 0}, alias)
    connections[alias] = own
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", _NUMBERS)
            if cursor.fetchone() != (True,):
                raise BackupError("Another backup of this site is running.")
        try:
            yield
        except BaseException:
            # At once: that a connection was closed the server may notice only a moment later.
            with suppress(DatabaseError):
                _unlock(own)
            raise
        try:
            _unlock(own)
        except DatabaseError as error:
            raise BackupError(
                "The connection that kept other backups away broke. Run the command again."
            ) from error
    finally:
        own.close()
        del connections[alias]


def _unlock(own: Any) -> None:
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _NUMBERS)


@contextmanager
def _file_lock() -> Iterator[None]:
    place = Path(settings.DESK_ERASURE_LEDGER).with_name("backup.lock")
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("Another backup of this site is running.") from error
        yield
    finally:
        os.close(handle)
