"""An empty database and empty storages beside the live ones, for as long as they are needed."""

import copy
import fcntl
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections

from desk_core import erasures
from desk_core.backup import files
from desk_core.backup.errors import BackupError, Hindered, in_a_line

HELD = "desk_backup_scratch"
FOLDER = "desk-verify-"


@contextmanager
def site() -> Iterator[dict[str, str]]:
    """The environment in which `python -m django` means a site of its own, empty as yet.

    Its database is a file in a temporary folder (SQLite) or a database on the live one's server
    (PostgreSQL: the user needs CREATEDB); its storages are folders there. All of it goes at the
    end, also after an error; what a killed verification left goes now.
    """
    module = os.environ.get("DJANGO_SETTINGS_MODULE")
    if not module:
        raise BackupError("DJANGO_SETTINGS_MODULE must name the settings.")
    sweep()
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        given = {
            "settings": module,
            "database": stack.enter_context(_database(folder)),
            "storages": _storages(folder),
            "ledger": str(folder / "erasures.ledger"),
        }
        (folder / "erasures.ledger").write_bytes(erasures.read())
        path = folder / "scratch.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(given), encoding="utf-8")
        yield {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "desk_core.backup.scratch_settings",
            "REHEARSAL_SITE": str(path),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }


def sweep() -> int:
    """Remove the folders that killed verifications left on this machine; how many."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
            continue
        with (
            suppress(BlockingIOError, FileNotFoundError),
            _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            shutil.rmtree(folder)
            removed += 1
    return removed


def require_room(size: int) -> None:
    """Raise BackupError unless so many bytes fit below TMPDIR, as far as can be known."""
    place = tempfile.gettempdir()
    if shutil.disk_usage(place).free < size:
        raise Hindered(f"There is no room below {place} (TMPDIR) for {size} bytes of files.")


def hold() -> None:
    """Keep the folder of this process's site from being swept until the process ends."""
    folder = Path(os.environ["REHEARSAL_SITE"]).parent
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for its owner alone, which no sweep takes while this process lives."""
    # Under its own name only once it is held; until then it is empty.
    made = Path(tempfile.mkdtemp(prefix="desk-begins-"))
    folder = made.with_name(made.name.replace("desk-begins-", FOLDER))
    with _held(made, fcntl.LOCK_SH):
        made.rename(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _storages(folder: Path) -> dict[str, Any]:
    """Folders instead of the real storages; where the backups lie is said as it is here."""
    found: dict[str, Any] = {
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder / "files" / alias), "base_url": None},
        }
        for alias in files.aliases()
    }
    # What only its own settings module can say is left to it; that one is read anyway.
    with suppress(TypeError):
        found["backups"] = json.loads(json.dumps(settings.STORAGES["backups"], default=_plain))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    live = connections[DEFAULT_DB_ALIAS]
    if live.vendor == "sqlite":
        yield str(folder / "db.sqlite3")
        return
    prefix = f"{live.settings_dict['NAME']}_verify_"[:48]
    name = f"{prefix}{secrets.token_hex(4)}"
    quote = live.ops.quote_name
    _drop_leftovers(prefix)
    try:
        with live.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quote(name)}")
    except OperationalError as error:
        raise Hindered(
            f"No database can be created beside the live one: {in_a_line(error)}"
        ) from error
    except DatabaseError as error:
        raise BackupError(
            "No database can be created beside the live one. On PostgreSQL its user needs it:"
            " ALTER USER … CREATEDB."
        ) from error
    own = {**copy.deepcopy(live.settings_dict), "NAME": name, "CONN_MAX_AGE": 0}
    connections[HELD] = type(live)(own, HELD)
    try:
        # This connection says to others that the database is in use.
        connections[HELD].ensure_connection()
        yield name
    finally:
        connections[HELD].close()
        del connections[HELD]
        with live.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quote(name)} WITH (FORCE)")


def _drop_leftovers(prefix: str) -> None:
    """Databases of verifications that were killed: nobody is connected to them."""
    live = connections[DEFAULT_DB_ALIAS]
    with live.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database d WHERE starts_with(datname, %s)"
            " AND pg_get_userbyid(datdba) = current_user AND NOT EXISTS"
            " (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)",
            [prefix],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP DATABASE IF EXISTS {live.ops.quote_name(name)}")
