"""Nobody uses a database whose restore is not finished: no page, no worker, no command.

While a table of its own stands in the database, every new connection to it is refused with a
sentence that names the way out; only the restore itself is let in. A restore may end half-way by
a power cut, and what is there then must not be taken for the site.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils import timezone

TABLE = "desk_unfinished_restore"
_QUESTIONS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'desk_unfinished_restore'",
    "postgresql": "SELECT to_regclass('desk_unfinished_restore')",
}


class UnfinishedRestore(Exception):
    """The database is being restored, or a restore of it was broken off."""


class _Door:
    open = False


@contextmanager
def lifted() -> Iterator[None]:
    """Let this process in: for the restore itself."""
    connection.close()
    _Door.open = True
    try:
        yield
    finally:
        _Door.open = False


def mark(name: str) -> None:
    """Shut the database for everybody else; `name` is the backup that is being restored."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (name varchar(80), started_at varchar(40))")
        cursor.execute(
            f"INSERT INTO {TABLE} VALUES (%s, %s)",  # noqa: S608 - a name of our own
            [name, timezone.now().isoformat()],
        )


def marked_for() -> str | None:
    """The backup whose restore into this database is not finished, if there is one."""
    if TABLE not in connection.introspection.table_names():
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {TABLE}")  # noqa: S608 - a name of our own
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def unmark() -> None:
    """The restore is finished: open the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def refuse(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Close a new connection again when the database is shut (receiver of connection_created).

    The question goes past Django's cursor: it belongs to connecting and is nobody's query.
    """
    question = _QUESTIONS.get(connection.vendor)
    if _Door.open or question is None or connection.alias != DEFAULT_DB_ALIAS:
        return
    cursor = connection.connection.cursor()
    try:
        cursor.execute(question)
        found = cursor.fetchone()
    finally:
        cursor.close()
    if found is None or found[0] is None:
        return
    connection.close()
    raise UnfinishedRestore(
        "A restore of this database is running or was broken off, so nothing may use it."
        " Finish it: manage.py restore NAME --identity FILE --again"
    )


def register() -> None:
    """Watch over new connections; called when the app is ready."""
    connection_created.connect(refuse, dispatch_uid="desk_core.backup.guard")
