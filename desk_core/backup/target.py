"""The place that a backup is restored into: empty, or left by a restore that was broken off."""

from pathlib import Path

from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import connection

from desk_core.backup import files, guard
from desk_core.backup.errors import BackupError, fetching
from desk_core.backup.tables import real_models


def refuse_what_is_there(*, name: str, again: bool) -> None:
    """Make sure that nothing is overwritten but what a broken-off restore of this backup left.

    Raises BackupError for a database with tables, for storages with files, and for remains when
    `again` was not said. Without remains `again` is refused, so that it never empties a site.
    """
    known = guard.marked_for()
    if known is None and again:
        raise BackupError("No restore was broken off here: say it without --again.")
    if known is None:
        _refuse_what_is_filled()
    elif known != name:
        raise BackupError(
            f"A restore of {known} was broken off here. Finish that one, or empty database and"
            " storages yourself."
        )
    elif not again:
        raise BackupError(
            "A restore of this backup was broken off here. Say --again to begin it anew: what it"
            " left is removed first."
        )


def shut(*, name: str) -> None:
    """Remove what a broken-off restore left in the database; shut it for everybody else."""
    if guard.marked_for() is not None:
        _empty_database()
    guard.mark(name)


def _refuse_what_is_filled() -> None:
    if tables := connection.introspection.table_names():
        raise BackupError(
            f"The database is not empty: it has {len(tables)} tables. A backup is restored into an"
            " empty database only."
        )
    for alias in files.aliases():
        with fetching(f"The storage {alias}"):
            found = next(files.walk(storages[alias]), None)
        if found is not None:
            raise BackupError(
                f"The storage {alias!r} is not empty. A backup is restored into empty storages"
                " only."
            )


def clear_rows() -> None:
    """Remove the rows that migrations made, in the caller's transaction; the backup has its own.

    Tables without rows are left alone: some forbid every DELETE.
    """
    with connection.cursor() as cursor:
        for model in real_models(left_out=True):
            if model._base_manager.exists():
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a table of ours


def reset_sequences() -> None:
    """New rows get numbers after those that were restored."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), real_models()):
            cursor.execute(statement)


def _empty_database() -> None:
    """Remove everything: all of it was put there by a restore into an empty database."""
    if connection.vendor == "sqlite":
        connection.close()
        whole = Path(str(connection.settings_dict["NAME"]))
        for path in (whole, Path(f"{whole}-wal"), Path(f"{whole}-shm")):
            path.unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        quoted = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(quoted)} CASCADE")
        # Functions of triggers, but for those of extensions.
        cursor.execute(
            "SELECT p.oid::regprocedure FROM pg_proc p"
            " WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS"
            " (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        for (routine,) in cursor.fetchall():
            cursor.execute(f"DROP ROUTINE IF EXISTS {routine} CASCADE")
