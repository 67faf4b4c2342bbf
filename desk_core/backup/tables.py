"""Which tables are backed up, and their rows as plain values that every database understands.

Each table gets a twin: a bare model with the same columns and none of the behaviour, so that a
row is read and written as it is, whatever the real model's managers, signals and fields do.
"""

import base64
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.db import models

from desk_core.backup.errors import BackupError

# Not backed up: what belongs to a running process, and what is made anew from the rest.
LEFT_OUT = {
    "sessions.Session": "staff sign in again",
    "captcha.CaptchaStore": "pictures that wait for their answer, for five minutes",
    "django_tasks_database.DBTaskResult": "work for the indexes, which are built anew",
    "wagtailadmin.EditingSession": "who has an editor open now",
    "wagtailcore.ReferenceIndex": "built anew",
    "wagtailsearch.IndexEntry": "built anew",
    "wagtailsearch.SQLiteFTSIndexEntry": "built anew",
}
_MICROSECOND = dt.timedelta(microseconds=1)


class JSONText(models.JSONField):
    """JSON as one canonical text, so that the null of JSON and that of SQL stay apart."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The text that is the same on every database."""
        return None if value is None else _canonical(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """The value behind the text."""
        if value is None:
            return None
        return connection.ops.adapt_json_value(json.loads(value), None)


@dataclass(frozen=True)
class Column:
    """One column: its name in the database, its kind in a dump, and its attribute in the twin."""

    name: str
    kind: str
    attname: str


@dataclass(frozen=True)
class Table:
    """One table and its twin."""

    name: str
    columns: tuple[Column, ...]
    twin: type[models.Model]

    def encode(self, row: tuple[Any, ...]) -> list[Any]:
        """A row of the twin as values of JSON."""
        return [
            None if value is None else _ENCODE.get(column.kind, _same)(value)
            for column, value in zip(self.columns, row, strict=True)
        ]

    def decode(self, names: list[str], row: list[Any]) -> models.Model:
        """A row of a dump, whose columns come in the order of `names`, as an unsaved twin."""
        by_name = {column.name: column for column in self.columns}
        values = {}
        for name, value in zip(names, row, strict=True):
            column = by_name[name]
            if value is not None:
                value = _DECODE.get(column.kind, _same)(value)
            values[column.attname] = value
        return self.twin(**values)


def real_models(*, left_out: bool = False) -> list[type[models.Model]]:
    """The models with a table of their own, by the names of their tables."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]
    kept = [model for model in found if left_out or model._meta.label not in LEFT_OUT]
    return sorted(kept, key=lambda model: model._meta.db_table)


def tables() -> list[Table]:
    """Every table that is backed up."""
    return [_table(model) for model in real_models()]


@lru_cache(maxsize=512)
def _table(model: type[models.Model]) -> Table:
    columns, attributes = [], {}
    for number, field in enumerate(model._meta.local_concrete_fields):
        if getattr(field, "generated", False):
            continue
        kind, twin_field = _twin_of(field)
        attname = f"c{number}"
        columns.append(Column(str(field.column), kind, attname))
        attributes[attname] = twin_field(
            db_column=field.column, primary_key=field.primary_key, null=not field.primary_key
        )
    meta = type(
        "Meta",
        (),
        {
            "app_label": "desk_backup",
            "apps": Apps(),
            "managed": False,
            "db_table": model._meta.db_table,
        },
    )
    twin = type("Twin", (models.Model,), {"__module__": __name__, "Meta": meta, **attributes})
    return Table(model._meta.db_table, tuple(columns), twin)


def _twin_of(field: Any) -> tuple[str, Callable[..., models.Field[Any, Any]]]:
    """The kind of a column, and what makes a bare field of that kind."""
    while field.remote_field:
        field = field.target_field
    name = field.get_internal_type()
    if name == "DecimalField":
        digits, places = field.max_digits, field.decimal_places
        return "decimal", lambda **options: models.DecimalField(
            max_digits=digits, decimal_places=places, **options
        )
    if name not in _KINDS:
        raise BackupError(f"{field.model._meta.label}.{field.name} has a type that no dump knows.")
    return _KINDS[name]


_KINDS: dict[str, tuple[str, Callable[..., models.Field[Any, Any]]]] = {
    **dict.fromkeys(
        (
            "AutoField",
            "BigAutoField",
            "SmallAutoField",
            "IntegerField",
            "BigIntegerField",
            "SmallIntegerField",
            "PositiveIntegerField",
            "PositiveBigIntegerField",
            "PositiveSmallIntegerField",
        ),
        ("integer", models.BigIntegerField),
    ),
    **dict.fromkeys(
        ("CharField", "TextField", "SlugField", "FileField", "FilePathField"),
        ("text", models.TextField),
    ),
    "GenericIPAddressField": ("text", models.GenericIPAddressField),
    "BooleanField": ("boolean", models.BooleanField),
    "FloatField": ("float", models.FloatField),
    "BinaryField": ("bytes", models.BinaryField),
    "DateField": ("date", models.DateField),
    "TimeField": ("time", models.TimeField),
    "DateTimeField": ("datetime", models.DateTimeField),
    "DurationField": ("duration", models.DurationField),
    "UUIDField": ("uuid", models.UUIDField),
    "JSONField": ("json", JSONText),
}


def _same(value: Any) -> Any:
    return value


def _canonical(text: str) -> str:
    """The same JSON in one form: PostgreSQL keeps neither the order of keys nor exponents."""
    value = json.loads(text, parse_float=_number)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if "e" in repr(number) and number.is_integer() else number


_ENCODE: dict[str, Callable[[Any], Any]] = {
    "bytes": lambda value: base64.b64encode(bytes(value)).decode(),
    "date": lambda value: value.isoformat(),
    "time": lambda value: value.isoformat(),
    "datetime": lambda value: value.astimezone(dt.UTC).isoformat(),
    "duration": lambda value: value // _MICROSECOND,
    "decimal": str,
    "uuid": str,
}
_DECODE: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "duration": lambda value: value * _MICROSECOND,
    "decimal": Decimal,
    "uuid": UUID,
}
