"""Inserts whose statement is written once: for rows that are stored in the hottest transaction.

Django composes the SQL of an insert anew each time, which costs several times what the database
takes to run it. Here it is kept for each model and number of rows. Otherwise this is
`bulk_create` without options: no signals, defaults and `auto_now_add` as usual, in the caller's
transaction; keys given by the database are put on the rows.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Store new rows of one model in one statement; none at all is fine.

    With `ignore_conflicts` a row that would break a unique constraint is left out.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields, sql, keyed = _statement(model, len(rows), connection.alias)
    if ignore_conflicts:
        keyed, sql = False, f"{sql.partition(' RETURNING ')[0]} ON CONFLICT DO NOTHING"
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        keys = cursor.fetchall() if keyed else []
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=256)
def _statement(
    model: type[Model], rows: int, alias: str
) -> tuple[list[Field[Any, Any]], str, bool]:
    """The columns to fill, the statement, and whether it returns the keys that the database gives.

    Values go in as plain parameters: both databases take every type of column used here so.
    """
    meta, connection = model._meta, connections[alias]
    quote = connection.ops.quote_name
    key: Any = meta.pk
    keyed = key is meta.auto_field
    fields = [field for field in meta.local_concrete_fields if not (keyed and field is key)]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    values = ", ".join([one] * rows)
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES {values}"  # noqa: S608
    return fields, f"{sql} RETURNING {quote(key.column)}" if keyed else sql, keyed
