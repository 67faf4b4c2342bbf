"""Rows of one table read as a column of another: related rows without a query of their own.

`queryset.annotate(needs=Rows(Need.objects.filter(service=OuterRef("pk")), "pk", "name"))` gives
every row a list of `[pk, name]` lists (JSON, made by the database). Meant for the few, small rows
that stand beside others on a public page; the order is not promised.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    DateField,
    DateTimeField,
    JSONField,
    Model,
    QuerySet,
    Subquery,
    UUIDField,
)

# How the two databases make JSON of rows: one row, and all of them.
_FUNCTIONS = {
    "sqlite": ("json_array", "json_group_array"),
    "postgresql": ("jsonb_build_array", "jsonb_agg"),
}


class Rows(Subquery):
    """The rows of a queryset as one JSON list of lists; None or [] where there are none.

    `fields` are those of `values_list`; a union brings its own values, and `width` says how many.
    """

    def __init__(self, queryset: QuerySet[Any], *fields: str, width: int = 0) -> None:
        super().__init__(queryset.values_list(*fields) if fields else queryset, JSONField())
        self.width = width or len(fields)

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any
    ) -> tuple[str, Sequence[Any]]:
        """The rows as a named expression, whose columns get names of their own, made to JSON."""
        one, many = _FUNCTIONS[connection.vendor]
        sql, params = self.query.as_sql(compiler, connection)
        columns = ", ".join(f"c{n}" for n in range(self.width))
        inner = sql[1:-1] if sql.startswith("(") else sql
        return (
            f"(WITH r({columns}) AS ({inner}) SELECT {many}({one}({columns})) FROM r)",  # noqa: S608
            params,
        )


def instances(model: type[Model], fields: Sequence[str], rows: Iterable[list[Any]] | None) -> list:
    """Rows as instances of a model, as if read with only these fields (columns of its own)."""
    found = [model._meta.get_field(name) for name in fields]
    # `from_db` takes the values in the order of the model's columns, whatever their names say.
    in_order = [field for field in model._meta.concrete_fields if field in found]
    names = [field.attname for field in in_order]
    columns = [(_reader(field), found.index(field)) for field in in_order]
    return [
        model.from_db("default", names, [read(row[place]) for read, place in columns])
        for row in rows or ()
    ]


def attach(owner: Model, relation: str, found: Iterable[Model]) -> None:
    """Leave rows where `prefetch_related` would: `owner.<relation>.all()` asks nothing."""
    queryset = getattr(owner, relation).get_queryset()
    queryset._result_cache = list(found)
    queryset._prefetch_done = True
    owner.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = queryset


def _reader(field: Any) -> Callable[[Any], Any]:
    """What turns a JSON value back into the field's own."""
    if isinstance(field, DateTimeField):
        return _moment
    if isinstance(field, DateField | UUIDField):
        return field.to_python
    target = getattr(field, "target_field", None)
    if isinstance(target, UUIDField):
        return lambda value: UUID(value) if value else None
    return _as_it_is


def _moment(value: str | None) -> datetime | None:
    """An aware moment; SQLite writes UTC without saying so."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_it_is(value: Any) -> Any:
    return value
