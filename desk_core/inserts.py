"""Inserts whose statement is written once: for rows that are stored in the hottest transaction.

Django composes the SQL of an insert anew each time, which costs several times what the database
takes to run it. Here it is kept for each model and number of rows. Otherwise this is
`bulk_create` without options: no signals, defaults and `auto_now_add` as usual, in the caller's
transaction; keys given by the database are put on the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

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

#: Of one table: words of a long text come in any number of rows.
MOST_STATEMENTS = 256


@dataclass(frozen=True)
class _Layout:
    """How rows of a table are written.

    `fields` are the columns to fill, each beside the types that its values may have as they are;
    `keyed` tells that the database gives the key. Statements are kept by number of rows.
    """

    table: str
    key: str
    keyed: bool
    fields: tuple[tuple[Field[Any, Any], frozenset[type]], ...]
    statements: dict[tuple[int, str], str] = field(default_factory=dict)

    def statement(self, rows: int, alias: str) -> str:
        """Values are plain parameters: both databases take every type of column used here so."""
        found = self.statements.get((rows, alias))
        if found is None:
            quote = connections[alias].ops.quote_name
            columns = ", ".join(quote(str(each.column)) for each, _types in self.fields)
            values = ", ".join([f"({', '.join(['%s'] * len(self.fields))})"] * rows)
            found = f"INSERT INTO {quote(self.table)} ({columns}) VALUES {values}"  # noqa: S608
            if len(self.statements) < MOST_STATEMENTS:
                self.statements[rows, alias] = found
        return found

    def prepared(self, rows: Sequence[Sequence[Any]], alias: str) -> list[Any]:
        """All values in one line, as the database takes them."""
        connection = connections[alias]
        return [
            value if type(value) in plain else each.get_db_prep_save(value, connection)
            for row in rows
            for (each, plain), value in zip(self.fields, row, strict=True)
        ]


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> int:
    """Store new rows of one model in one statement, none at all is fine; how many were stored.

    With `ignore_conflicts` a row that would break a unique constraint is left out.
    """
    if not rows:
        return 0
    model = type(rows[0])
    alias, layout = router.db_for_write(model), _layout(model)
    sql, keyed = layout.statement(len(rows), alias), layout.keyed
    if ignore_conflicts:
        keyed, sql = False, f"{sql} ON CONFLICT DO NOTHING"
    elif keyed:
        sql = f"{sql} RETURNING {connections[alias].ops.quote_name(layout.key)}"
    given = [[each.pre_save(row, True) for each, _types in layout.fields] for row in rows]
    values = layout.prepared(given, alias)
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
    alias, layout = router.db_for_write(model), _layout(model, names)
    with connections[alias].cursor() as cursor:
        cursor.execute(layout.statement(len(rows), alias), layout.prepared(rows, alias))


@lru_cache(maxsize=256)
def _layout(model: type[Model], names: tuple[str, ...] = ()) -> _Layout:
    meta = model._meta
    keyed = meta.pk is meta.auto_field
    given = [meta.get_field(name) for name in names]
    stored = [each for each in meta.local_concrete_fields if not (keyed and each is meta.pk)]
    fields = cast("list[Field[Any, Any]]", given or stored)
    return _Layout(
        meta.db_table,
        str(meta.pk.column),
        keyed,
        tuple((each, _AS_THEY_ARE.get(type(each), frozenset())) for each in fields),
    )
