"""Inserts whose statement is written once: for rows that are stored in the hottest transaction.

Django composes the SQL of an insert anew each time, which costs several times what the database
takes to run it. Here it is kept for each model and number of rows. Otherwise this is
`bulk_create` without options: no signals, defaults and `auto_now_add` as usual, in the caller's
transaction; keys given by the database are put on the rows.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, models, router
from django.db.models import Field, Model

# Values that both drivers take as they are; of any other kind the field prepares them.
_WORDS: frozenset[type] = frozenset({str, type(None)})
_NUMBERS: frozenset[type] = frozenset({int, type(None)})
_AS_THEY_ARE: dict[type, frozenset[type]] = {
    models.CharField: _WORDS,
    models.TextField: _WORDS,
    models.IntegerField: _NUMBERS,
    models.SmallIntegerField: _NUMBERS,
    models.PositiveIntegerField: _NUMBERS,
    models.PositiveSmallIntegerField: _NUMBERS,
    models.ForeignKey: _NUMBERS,
}


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> int:
    """Store new rows of one model in one statement, none at all is fine; how many were stored.

    With `ignore_conflicts` a row that would break a unique constraint is left out.
    """
    if not rows:
        return 0
    model = type(rows[0])
    alias = router.db_for_write(model)
    fields, keyed = _columns(model)
    sql = _statement(model, fields, len(rows), alias)
    if ignore_conflicts:
        keyed, sql = False, f"{sql} ON CONFLICT DO NOTHING"
    elif keyed:
        sql = f"{sql} RETURNING {connections[alias].ops.quote_name(str(model._meta.pk.column))}"
    values = _prepared(fields, [[f.pre_save(row, True) for f in fields] for row in rows], alias)
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, values)
        stored = cursor.rowcount
        keys = cursor.fetchall() if keyed else []
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, alias
    return stored if ignore_conflicts else len(rows)


def insert_values(
    model: type[Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """The same for thin rows, given as the values of these columns: no instance is made of them.

    The columns are all that the table has, but for a key that the database gives.
    """
    if not rows:
        return
    alias = router.db_for_write(model)
    fields = tuple(model._meta.get_field(name) for name in names)
    with connections[alias].cursor() as cursor:
        cursor.execute(_statement(model, fields, len(rows), alias), _prepared(fields, rows, alias))


def _prepared(fields: Sequence[Any], rows: Sequence[Sequence[Any]], alias: str) -> list[Any]:
    """All values in one line, as the database takes them."""
    connection = connections[alias]
    ready = [_AS_THEY_ARE.get(type(field), frozenset()) for field in fields]
    return [
        value if type(value) in plain else field.get_db_prep_save(value, connection)
        for row in rows
        for field, plain, value in zip(fields, ready, row, strict=True)
    ]


@lru_cache(maxsize=256)
def _columns(model: type[Model]) -> tuple[tuple[Field[Any, Any], ...], bool]:
    """The columns to fill, and whether the database gives the key."""
    meta = model._meta
    keyed = meta.pk is meta.auto_field
    fields = meta.local_concrete_fields
    return tuple(field for field in fields if not (keyed and field is meta.pk)), keyed


@lru_cache(maxsize=256)
def _statement(
    model: type[Model], fields: tuple[Field[Any, Any], ...], rows: int, alias: str
) -> str:
    """Values go in as plain parameters: both databases take every type of column used here so."""
    quote = connections[alias].ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    values = ", ".join([one] * rows)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {values}"  # noqa: S608
