"""Rows of tables as the database itself writes them out: put back in milliseconds.

After a test that commits, what the migrations left is put back; Django keeps it as JSON and saves
it model by model, which takes longer than most of these tests.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Rows:
    """All rows of a table in the order of their writing: tuples on SQLite, lines on PostgreSQL."""

    columns: tuple[str, ...]
    rows: list[Any]

    def besides(self, others: "Rows") -> "Rows":
        """Those that are not among the others."""
        known = set(others.rows)
        return Rows(self.columns, [row for row in self.rows if row not in known])


def read_rows(connection: BaseDatabaseWrapper) -> dict[str, Rows]:
    """The rows of every filled table of ours."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    connection.ensure_connection()
    kept = {table: read_table(connection, table) for table in sorted(tables)}
    return {table: found for table, found in kept.items() if found.rows}


def write_rows(connection: BaseDatabaseWrapper, kept: dict[str, Rows]) -> None:
    """Put them into the emptied tables; keys between them are looked at when all are there.

    Before the first test that commits nothing was emptied, and there they are still.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table, rows in kept.items():
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name})")  # noqa: S608
            if not cursor.fetchone()[0]:
                _insert(connection, table, rows)


def read_table(connection: BaseDatabaseWrapper, table: str) -> Rows:
    """What a table holds."""
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What is copied passes Django by; whoever watches its statements sees this one.
            cursor.execute(f"SELECT FROM {name} LIMIT 0")
            with cursor.cursor.copy(f"COPY {name} TO STDOUT") as copy:
                return Rows((), b"".join(map(bytes, copy)).splitlines(keepends=True))
        # What the database computes itself is not named here, and cannot be written.
        cursor.execute(f"PRAGMA table_info({name})")
        columns = tuple(column for _number, column, *_more in cursor.fetchall())
        listed = ", ".join(map(connection.ops.quote_name, columns))
        cursor.execute(f"SELECT {listed} FROM {name}")  # noqa: S608
        return Rows(columns, cursor.fetchall())


def change_table(connection: BaseDatabaseWrapper, table: str, before: Rows, after: Rows) -> None:
    """Let a table that holds the rows of before hold those of after."""
    if before.besides(after).rows:
        name = connection.ops.quote_name(table)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608
        _insert(connection, table, after)
    else:
        _insert(connection, table, after.besides(before))


def _insert(connection: BaseDatabaseWrapper, table: str, new: Rows) -> None:
    if not new.rows:
        return
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {name} FROM STDIN") as copy:
                copy.write(b"".join(new.rows))
            return
        columns = ", ".join(map(connection.ops.quote_name, new.columns))
        marks = ", ".join(["%s"] * len(new.columns))
        cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", new.rows)  # noqa: S608
