"""What hundreds of tests make anew, put into the tables as it was the first time."""

import functools
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from tests import page_indexes
from tests.kept_rows import Rows, change_table, read_table

TOUCHED = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE) "(\w+)"')
NOW = timezone.now
NOTHING = Rows((), [])
Tables = dict[str, Rows]
P, T = ParamSpec("P"), TypeVar("T")


@dataclass(frozen=True)
class Kept:
    """The rows of all tables that were read or changed, before and after, and what was returned."""

    before: Tables
    after: Tables
    made: Any

    def put_back(self) -> None:
        """Let the tables hold the rows of after."""
        with transaction.atomic():
            for table, before in self.before.items():
                change_table(connection, table, before, self.after[table])


def replayed(make: Callable[P, T]) -> Callable[P, T]:
    """A function that makes rows once in a process, and from then on puts them there as they were.

    Once for each choice of plain arguments. Where the tables hold something else than the first
    time, an argument is a row or a file, or the clock is turned, they are made the slow way. They
    may depend on nothing else, and what was to happen on commit does not happen again.
    """
    kept: dict[str, Kept] = {}

    @functools.wraps(make)
    def made(*args: P.args, **values: P.kwargs) -> T:
        known = repr((page_indexes.are_kept_up(), args, sorted(values.items())))
        if timezone.now is not NOW or not _plain([*args, *values.values()]):
            return make(*args, **values)
        if known not in kept:
            kept[known] = _record(functools.partial(make, *args, **values))
        elif _are_there(kept[known].before):
            kept[known].put_back()
        else:
            return make(*args, **values)
        return deepcopy(kept[known].made)

    return made


def _plain(value: Any) -> bool:
    """Whether it says all of itself."""
    if isinstance(value, dict):
        return _plain([*value, *value.values()])
    if isinstance(value, list | tuple):
        return all(map(_plain, value))
    return value is None or isinstance(value, str | int | date | Decimal)


def _record(make: Callable[[], Any]) -> Kept:
    before: Tables = {}

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        for table in TOUCHED.findall(sql):
            if table not in before:
                before[table] = NOTHING  # for now: reading it is watched, too
                before[table] = read_table(connection, table)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        made = make()
    return Kept(before, {table: read_table(connection, table) for table in before}, made)


def _are_there(before: Tables) -> bool:
    return all(read_table(connection, name).rows == kept.rows for name, kept in before.items())
