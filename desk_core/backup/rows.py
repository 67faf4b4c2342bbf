"""The rows of all tables as lines of JSON, and back; every table counted and summed up.

A line that begins with `{` opens a table and names its columns; each line with `[` is a row of it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from desk_core.backup.errors import BackupError
from desk_core.backup.tables import Table, tables

ROWS_AT_ONCE = 200


@dataclass
class TableSum:
    """How many rows a table has, and a sum of them that no order of the rows changes.

    The sum adds up the SHA-256 of each line, as numbers, modulo 2²⁵⁶.
    """

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """One row more."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line).digest())) % 2**256

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return {"rows": self.rows, "sum": f"{self.total:064x}"}


@dataclass
class Dump:
    """All tables as one connection sees them."""

    alias: str
    sums: dict[str, TableSum] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[Table, bytes]]:
        """Every row of every table, each table by its primary key; `sums` grows with it."""
        for table in tables():
            total = self.sums.setdefault(table.name, TableSum())
            found = table.twin._base_manager.using(self.alias).order_by("pk")
            values = found.values_list(*(column.attname for column in table.columns))
            for row in values.iterator(chunk_size=ROWS_AT_ONCE):
                line = _line(table.encode(row))
                total.add(line)
                yield table, line

    def measure(self) -> dict[str, dict[str, Any]]:
        """Only count and sum up."""
        for _row in self.rows():
            pass
        return self.as_json()

    def as_json(self) -> dict[str, dict[str, Any]]:
        """For the manifest."""
        return {name: total.as_json() for name, total in self.sums.items()}


def cut(rows: Iterator[tuple[Table, bytes]], size: int) -> Iterator[Iterator[bytes]]:
    """The rows as files of about `size` bytes, each of which can be read without the others."""
    waiting = next(rows, None)

    def one_file() -> Iterator[bytes]:
        nonlocal waiting
        written, open_table = 0, None
        while waiting is not None and written < size:
            table, line = waiting
            if table is not open_table:
                yield _line({"table": table.name, "columns": _columns(table)})
                open_table = table
            yield line
            written += len(line)
            waiting = next(rows, None)

    while waiting is not None:
        yield one_file()


def load(lines: Iterable[bytes], *, alias: str) -> None:
    """Insert the rows of one file, in the caller's transaction, with their own keys."""
    known = {table.name: table for table in tables()}
    table: Table | None = None
    names: list[str] = []
    waiting: list[models.Model] = []
    for line in lines:
        if line.startswith(b"{"):
            _insert(waiting, alias)
            table, names = _opened(json.loads(line), known)
        elif table is None:
            raise BackupError("A part of the database does not begin with a table.")
        else:
            waiting.append(table.decode(names, json.loads(line)))
            if len(waiting) >= ROWS_AT_ONCE:
                _insert(waiting, alias)
    _insert(waiting, alias)


def differences(wanted: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> list[str]:
    """Sentences about the tables whose rows are not those of the manifest."""
    told = []
    for name in sorted(wanted.keys() | found.keys()):
        one, other = wanted.get(name), found.get(name)
        if one is None or other is None:
            told.append(f"The table {name} is known on one side only.")
        elif one["rows"] != other["rows"]:
            told.append(f"The table {name} has {other['rows']} rows instead of {one['rows']}.")
        elif one["sum"] != other["sum"]:
            told.append(f"The table {name} has other rows than those that were backed up.")
    return told


def _insert(waiting: list[models.Model], alias: str) -> None:
    if waiting:
        type(waiting[0])._base_manager.using(alias).bulk_create(waiting)
        waiting.clear()


def _opened(header: dict[str, Any], known: dict[str, Table]) -> tuple[Table, list[str]]:
    table = known.get(header.get("table", ""))
    names = [name for name, _kind in header.get("columns", [])]
    if table is None or sorted(names) != sorted(column.name for column in table.columns):
        raise BackupError(f"The table {header.get('table')} has another shape in this code.")
    return table, names


def _columns(table: Table) -> list[list[str]]:
    return [[column.name, column.kind] for column in table.columns]


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
