"""What hundreds of tests make anew, put into the tables as it was the first time."""

import functools
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tests.kept_rows import read_table, write_table

WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
Tables = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """The rows of the tables before and after, and what was returned."""

    before: Tables
    after: Tables
    made: Any


def replayed(make: Callable[[], Any]) -> Callable[[], Any]:
    """A function that makes rows once in a process, and from then on puts them there as they were.

    Where the tables hold something else than the first time, they are made the slow way.
    """
    kept: list[Kept] = []

    @functools.wraps(make)
    def made() -> Any:
        with transaction.atomic():
            if not kept:
                kept.append(_record(make))
            elif _rows(list(kept[0].before)) == kept[0].before:
                for table, rows in kept[0].after.items():
                    write_table(connection, table, rows)
            else:
                return make()
        return deepcopy(kept[0].made)

    return made


def _record(make: Callable[[], Any]) -> Kept:
    before = _rows(_written_by(make))
    made = make()
    return Kept(before, _rows(list(before)), made)


def _written_by(make: Callable[[], Any]) -> list[str]:
    """The tables that it writes, found by a try that is taken back."""
    tables: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        tables.update(WRITES.findall(sql))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        make()
        transaction.set_rollback(True)
    return sorted(tables)


def _rows(tables: list[str]) -> Tables:
    return {table: read_table(connection, table) for table in tables}
