"""Statements written once: for the few that run in every submission or for every page.

Django composes the SQL of a query anew each time, which costs several times what the database takes
to run it. A `Statement` is an ordinary query with slots where its values go; what is kept is its
text. `desk_core.inserts` does the same for new rows.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from threading import Lock
from types import SimpleNamespace
from typing import Any

from django.db import connections, router
from django.db.models import Expression, QuerySet
from django.db.models.query import ModelIterable
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

    It returns a queryset of plain columns (`values_list`) for `rows`, one of whole instances for
    `instances`, or what `updating` and `deleting` make of one for `run`. Nothing in it may depend
    on the moment or the person: that is what slots are for.
    """

    def __init__(self, compose: "Callable[[], QuerySet[Any, Any] | Query]") -> None:
        self._compose = compose
        self._kept: dict[str, tuple[str, Any, Any, dict[int, Any]]] = {}
        # A query counts its joins while it is composed: two threads would lose one for each other.
        self._composing = Lock()

    def rows(self, **values: Any) -> list[list[Any]]:
        """The rows that it finds with these values in its slots."""
        connection, sql, given = self._ready(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            found = [list(row) for row in cursor.fetchall()]
        *_text, converters = self._kept[connection.alias]
        for place, (steps, expression) in converters.items():
            for row in found:
                for step in steps:
                    row[place] = step(row[place], expression, connection)
        return found

    def instances(self, **values: Any) -> list[Any]:
        """The same as instances, with what `select_related` and `annotate` brought."""
        connection, sql, given = self._ready(values)
        _sql, _parameters, compiler, converters = self._kept[connection.alias]
        ready = copy(compiler)
        ready.connection = connection
        ready.as_sql = lambda *args, **options: (sql, given)
        ready.get_converters = lambda expressions: converters
        source: Any = SimpleNamespace(
            db=connection.alias,
            model=self._query.model,
            query=SimpleNamespace(get_compiler=lambda using: ready),
            _known_related_objects={},
            _fetch_mode=self._fetch_mode,
        )
        return list(ModelIterable(source))

    def run(self, **values: Any) -> int:
        """Change or delete with these values in its slots; how many rows that were."""
        connection, sql, given = self._ready(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return int(cursor.rowcount)

    @cached_property
    def _composed(self) -> "QuerySet[Any, Any] | Query":
        return self._compose()

    @property
    def _query(self) -> Query:
        return self._composed.query if isinstance(self._composed, QuerySet) else self._composed

    @property
    def _fetch_mode(self) -> Any:
        """How Django from 6.1 on reads what was left out."""
        return getattr(self._composed, "_fetch_mode", None)

    def _ready(self, values: dict[str, Any]) -> tuple[Any, str, list[Any]]:
        """The connection, the text, and the values for its parameters."""
        alias = router.db_for_write(self._query.model)  # type: ignore[arg-type]
        if alias not in self._kept:
            with self._composing:
                if alias not in self._kept:
                    self._kept[alias] = self._compile(alias)
        sql, parameters, *_more = self._kept[alias]
        connection = connections[alias]
        given = [
            each.output_field.get_db_prep_value(values[each.name], connection)
            if isinstance(each, Slot)
            else each
            for each in parameters
        ]
        return connection, sql, given

    def _compile(self, alias: str) -> tuple[str, Any, Any, dict[int, Any]]:
        compiler: Any = self._query.get_compiler(alias)
        sql, parameters = compiler.as_sql()
        columns = [column for column, *_ in compiler.select or ()]
        return sql, parameters, compiler, compiler.get_converters(columns)


def updating(rows: "QuerySet[Any]", **columns: Any) -> Query:
    """The query that gives these rows new values, as `QuerySet.update` does."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(columns)
    return query


def deleting(rows: "QuerySet[Any]") -> Query:
    """The query that deletes these rows and nothing that hangs on them."""
    return rows.query.chain(DeleteQuery)
