"""What the migrations left, as plain rows: put back in milliseconds after a test that commits.

Django keeps it as JSON and saves it model by model, which takes longer than most of these tests.
"""

from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


def read_rows(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """The rows of every filled table of ours, as the database itself writes them out."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    connection.ensure_connection()
    kept = {table: read_table(connection, table) for table in sorted(tables)}
    return {table: rows for table, rows in kept.items() if rows}


def write_rows(connection: BaseDatabaseWrapper, kept: dict[str, Any]) -> None:
    """Put them into the emptied tables; keys between them are looked at when all are there.

    Before the first test that commits nothing was emptied, and there they are still.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table, rows in kept.items():
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name})")  # noqa: S608
            if not cursor.fetchone()[0]:
                _insert(connection, cursor, name, rows)


def read_table(connection: BaseDatabaseWrapper, table: str) -> Any:
    """All rows of a table in the order of their writing, as `write_table` takes them."""
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {name} TO STDOUT") as copy:
                return b"".join(bytes(part) for part in copy)
        cursor.execute(f"SELECT * FROM {name}")  # noqa: S608
        return cursor.fetchall()


def write_table(connection: BaseDatabaseWrapper, table: str, rows: Any) -> None:
    """Let a table hold these rows and no others."""
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608
        _insert(connection, cursor, name, rows)


def _insert(connection: BaseDatabaseWrapper, cursor: Any, name: str, rows: Any) -> None:
    if not rows:
        return
    if connection.vendor == "postgresql":
        with cursor.cursor.copy(f"COPY {name} FROM STDIN") as copy:
            copy.write(rows)
    else:
        marks = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608
