"""Statements written once: for the few that run in every submission.

Django composes the SQL of a query anew each time, which costs several times what the database takes
to run it. A `Statement` is an ordinary query with slots where its values go; what is kept is its
text. `desk_core.inserts` does the same for new rows.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connections, router
from django.db.models import Expression, QuerySet
from django.db.models.sql import DeleteQuery, Query, UpdateQuery


class Slot(Expression):
    """Where a value of a statement goes; `of` is the column that it belongs to (`Case.code`)."""

    def __init__(self, name: str, of: Any) -> None:
        super().__init__(output_field=of.field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A placeholder; the slot itself stands where its value will."""
        return "%s", [self]


class Statement:
    """A query with slots. `compose` makes it, at its first use and never again.

    It returns a queryset of plain columns (`values_list`), or what `updating` and `deleting` make
    of one. Nothing in it may depend on the moment or the person: that is what slots are for.
    """

    def __init__(self, compose: "Callable[[], QuerySet[Any, Any] | Query]") -> None:
        self._compose = compose
        self._kept: dict[str, tuple[str, Any, dict[int, Any]]] = {}

    def rows(self, **values: Any) -> list[list[Any]]:
        """The rows that it finds with these values in its slots."""
        connection, cursor, converters = self._execute(values)
        with cursor:
            found = [list(row) for row in cursor.fetchall()]
        for place, (steps, expression) in converters.items():
            for row in found:
                for step in steps:
                    row[place] = step(row[place], expression, connection)
        return found

    def run(self, **values: Any) -> int:
        """Change or delete with these values in its slots; how many rows that were."""
        _connection, cursor, _converters = self._execute(values)
        with cursor:
            return int(cursor.rowcount)

    @cached_property
    def _query(self) -> Query:
        composed = self._compose()
        return composed.query if isinstance(composed, QuerySet) else composed

    def _execute(self, values: dict[str, Any]) -> tuple[Any, Any, dict[int, Any]]:
        alias = router.db_for_write(self._query.model)  # type: ignore[arg-type]
        if alias not in self._kept:
            compiler: Any = self._query.get_compiler(alias)
            sql, parameters = compiler.as_sql()
            columns = [column for column, *_ in compiler.select or ()]
            self._kept[alias] = sql, parameters, compiler.get_converters(columns)
        sql, parameters, converters = self._kept[alias]
        connection = connections[alias]
        given = [
            each.output_field.get_db_prep_value(values[each.name], connection)
            if isinstance(each, Slot)
            else each
            for each in parameters
        ]
        cursor = connection.cursor()
        cursor.execute(sql, given)
        return connection, cursor, converters


def updating(rows: "QuerySet[Any]", **columns: Any) -> Query:
    """The query that gives these rows new values, as `QuerySet.update` does."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(columns)
    return query


def deleting(rows: "QuerySet[Any]") -> Query:
    """The query that deletes these rows and nothing that hangs on them."""
    return rows.query.chain(DeleteQuery)
