# ruff: noqa: S608 - every name in these statements is that of a model's table or column
"""Rows that not even raw SQL may change: triggers on SQLite and PostgreSQL that refuse.

An app says in `AppConfig.ready()` which rows are sealed:

    protect(Signature)                                       # all its rows
    protect(Version, columns=("number",), sealed_by=[Text._meta.get_field("version")])

The triggers are put back after every migration (SQLite drops them when it rebuilds a table). A
trigger's name ends with a digest of its SQL, so that one that is out of date is known by its name.
They refuse statements; whoever may drop triggers can drop these (docs/security.md).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, Model, UniqueConstraint
from django.db.models.signals import post_migrate, pre_migrate

PREFIX = "desk_sealed_"
#: What every refusal says; the table's name follows.
REFUSAL = "sealed rows are never changed or deleted"


@dataclass(frozen=True)
class Protection:
    """Which rows of a model are sealed; see `protect`."""

    model: type[Model]
    columns: tuple[str, ...] = ()
    sealed_by: "tuple[ForeignKey[Any, Any], ...]" = ()

    @property
    def table(self) -> str:
        """Its table."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of its primary key."""
        return str(self.model._meta.pk.column)

    @property
    def fixed(self) -> list[str]:
        """The database columns of `columns`, and the key, which never changes either."""
        named = [str(self.model._meta.get_field(name).column) for name in self.columns]  # type: ignore[union-attr]
        return [self.key, *named]

    def unique_sets(self, connection: BaseDatabaseWrapper) -> list[tuple[list[str], str]]:
        """Columns by which a row is the same, and the condition ("": always), as SQL, under which.

        That is what `INSERT OR REPLACE` and `UPDATE OR REPLACE` would replace.
        """
        meta = self.model._meta
        found = [([str(field.column)], "") for field in meta.local_concrete_fields if field.unique]
        editor = connection.schema_editor(collect_sql=True)
        for constraint in meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields:
                fields = [meta.get_field(name) for name in constraint.fields]
                condition = constraint._get_condition_sql(self.model, editor) or ""  # type: ignore[attr-defined]
                found.append(([str(field.column) for field in fields], condition))  # type: ignore[union-attr]
        return found


@dataclass(frozen=True)
class Trigger:
    """One trigger as it should be: how to make it, on which table."""

    name: str
    table: str
    create: tuple[str, ...]
    drop: tuple[str, ...]


_protections: dict[str, Protection] = {}


def protect(
    model: type[Model],
    *,
    columns: Sequence[str] = (),
    sealed_by: "Sequence[ForeignKey[Any, Any]]" = (),
) -> None:
    """Seal the rows of a model: no update, no delete, no truncate; inserting stays free.

    With `sealed_by`, a foreign key of another model to this one (or several, each to the model of
    the one before), only those rows are sealed that it points to, and of them only `columns` and
    the key; their other columns may change.
    """
    _protections[model._meta.db_table] = Protection(model, tuple(columns), tuple(sealed_by))


def connect() -> None:
    """Let migrations put the triggers back, and the system check look for them."""
    pre_migrate.connect(_before_migrating, dispatch_uid="desk_core_triggers")
    post_migrate.connect(_after_migrating, dispatch_uid="desk_core_triggers")
    checks.register(check_triggers, checks.Tags.database)


def install(using: str = "default", *, tables: Iterable[str] | None = None) -> None:
    """Make every missing trigger and drop outdated ones. Safe to repeat; cheap when nothing is."""
    connection = connections[using]
    wanted = _wanted(connection, tables)
    if not wanted:
        return
    present = _present(connection)
    current = {trigger.name for trigger in wanted}
    touched = {trigger.table for trigger in wanted}
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, table in present.items():
            if table in touched and name not in current:
                for sql in _drop_sql(connection, name, table):
                    cursor.execute(sql)
        for trigger in wanted:
            if trigger.name not in present:
                for sql in trigger.create:
                    cursor.execute(sql)


def lift(using: str = "default") -> None:
    """Drop all triggers of this module. Nothing but a migration and the tests' flush does so."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, table in _present(connection).items():
            for sql in _drop_sql(connection, name, table):
                cursor.execute(sql)


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """Without the triggers, for the tests' emptying of tables."""
    lift(using)
    try:
        yield
    finally:
        install(using)


def missing(using: str = "default") -> list[Trigger]:
    """The triggers that should be there and are not; tables that do not exist yet need none."""
    connection = connections[using]
    wanted = _wanted(connection, None)
    present = _present(connection) if wanted else {}
    return [trigger for trigger in wanted if trigger.name not in present]


def check_triggers(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """W010: a trigger is missing, so that raw SQL could change what is sealed.

    A warning, because `migrate`, which puts it back, refuses to run while there are errors.
    """
    return [
        checks.Warning(
            f"The trigger {trigger.name} on {trigger.table} is missing: "
            "SQL could change what is sealed.",
            hint=f"manage.py migrate --database {using} puts it back.",
            id="desk_core.W010",
        )
        for using in databases or ()
        for trigger in missing(using)
    ]


def _before_migrating(using: str, plan: Any = (), **kwargs: Any) -> None:
    """SQLite renames no table and drops no column that a trigger elsewhere speaks of."""
    if plan and connections[using].vendor == "sqlite":
        lift(using)


def _after_migrating(sender: AppConfig, using: str, **kwargs: Any) -> None:
    own = [
        table
        for table, each in _protections.items()
        if each.model._meta.app_label == sender.label
        and router.allow_migrate_model(using, each.model)
    ]
    if own:
        install(using, tables=own)


def _wanted(connection: BaseDatabaseWrapper, tables: Iterable[str] | None) -> list[Trigger]:
    chosen = set(_protections) if tables is None else set(tables)
    if not chosen:
        return []
    there = set(connection.introspection.table_names())
    make = {"sqlite": _sqlite, "postgresql": _postgresql}.get(connection.vendor)
    if make is None:
        return []
    return [
        trigger
        for table, each in _protections.items()
        if table in chosen and table in there
        if all(field.model._meta.db_table in there for field in each.sealed_by)
        for trigger in make(connection, each)
    ]


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The triggers of this module in the database: name → table."""
    if connection.vendor == "sqlite":
        sql = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    elif connection.vendor == "postgresql":
        sql = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE pg_table_is_visible(c.oid) AND t.tgenabled = 'A' AND t.tgname LIKE %s"
        )
    else:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{PREFIX}%"])
        return dict(cursor.fetchall())


def _name(table: str, event: str, sql: str) -> str:
    """At most 63 characters, PostgreSQL's limit."""
    digest = hashlib.sha256(sql.encode()).hexdigest()[:8]
    return f"{PREFIX}{table[:30]}_{event}_{digest}"


def _drop_sql(connection: BaseDatabaseWrapper, name: str, table: str) -> tuple[str, ...]:
    quote = connection.ops.quote_name
    if connection.vendor == "sqlite":
        return (f"DROP TRIGGER IF EXISTS {quote(name)}",)
    return (
        f"DROP TRIGGER IF EXISTS {quote(name)} ON {quote(table)}",
        f"DROP FUNCTION IF EXISTS {quote(name)}()",
    )


def _is_sealed(connection: BaseDatabaseWrapper, each: Protection, row: str) -> str:
    """The condition under which a row (OLD, or an alias) is sealed; empty: always."""
    quote = connection.ops.quote_name
    found = ""
    for index, field in reversed(list(enumerate(each.sealed_by))):
        above = f"s{index - 1}" if index else row
        key = str(field.related_model._meta.pk.column)
        found = (
            f"EXISTS (SELECT 1 FROM {quote(field.model._meta.db_table)} s{index} WHERE "
            f"s{index}.{quote(str(field.column))} = {above}.{quote(key)}"
            + (f" AND {found}" if found else "")
            + ")"
        )
    return found


def _trigger(connection: BaseDatabaseWrapper, table: str, event: str, *sql: str) -> Trigger:
    """Give the statements the trigger's name, which is "{name}" in them."""
    name = _name(table, event, "".join(sql))
    quoted = connection.ops.quote_name(name)
    made = tuple(each.replace("{name}", quoted) for each in sql)
    return Trigger(name, table, made, _drop_sql(connection, name, table))


def _sqlite(connection: BaseDatabaseWrapper, each: Protection) -> list[Trigger]:
    """Update, delete, and the insert or update that would silently replace another, sealed row.

    `INSERT OR REPLACE` and `UPDATE OR REPLACE` delete without asking a delete trigger.
    """
    quote = connection.ops.quote_name
    table = quote(each.table)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: {each.table}'); END"
    sealed = _is_sealed(connection, each, "OLD")
    same = " OR ".join(
        # A condition names its columns bare: those of the row that is there.
        "("
        + " AND ".join([*(f"k.{quote(n)} = NEW.{quote(n)}" for n in names), *filter(None, [when])])
        + ")"
        for names, when in each.unique_sets(connection)
    )
    there = _is_sealed(connection, each, "k")
    condition = f"({same})" + (f" AND {there}" if there else "")
    replaced = f"EXISTS (SELECT 1 FROM {table} k WHERE {condition})"
    when_deleted = when_updated = ""
    if sealed:
        moved = f"NEW.{quote(each.key)} IS NOT OLD.{quote(each.key)}"
        changed = " OR ".join(f"NEW.{quote(n)} IS NOT OLD.{quote(n)}" for n in each.fixed)
        when_deleted = f"WHEN {sealed} "
        key = quote(each.key)
        other = f"EXISTS (SELECT 1 FROM {table} k WHERE k.{key} <> OLD.{key} AND {condition})"
        when_updated = f"WHEN {moved} OR (({changed}) AND {sealed}) OR {other} "
    start = "CREATE TRIGGER {name} BEFORE "
    return [
        _trigger(
            connection,
            each.table,
            "update",
            f"{start}UPDATE ON {table} FOR EACH ROW {when_updated}{refuse}",
        ),
        _trigger(
            connection,
            each.table,
            "delete",
            f"{start}DELETE ON {table} FOR EACH ROW {when_deleted}{refuse}",
        ),
        _trigger(
            connection,
            each.table,
            "insert",
            f"{start}INSERT ON {table} FOR EACH ROW WHEN {replaced} {refuse}",
        ),
    ]


def _postgresql(connection: BaseDatabaseWrapper, each: Protection) -> list[Trigger]:
    """Update and delete of a row; truncating a table that holds any.

    The columns are named in the functions' bodies alone, so that no migration is held up by them.
    ALWAYS: also for a session that plays the replica.
    """
    quote = connection.ops.quote_name
    table = quote(each.table)
    sealed = _is_sealed(connection, each, "OLD")
    refuse = f"RAISE EXCEPTION '{REFUSAL}: {each.table}' USING ERRCODE = 'restrict_violation';"
    update = delete = refuse
    if sealed:
        # As JSON: a session that ran the function before a column's type changed would else fail.
        changed = " OR ".join(
            f"to_jsonb(NEW) -> '{n}' IS DISTINCT FROM to_jsonb(OLD) -> '{n}'" for n in each.fixed
        )
        update = f"IF ({changed}) AND {sealed} THEN {refuse} END IF; RETURN NEW;"
        delete = f"IF {sealed} THEN {refuse} END IF; RETURN OLD;"
    found = f"SELECT 1 FROM {table} k" + (
        f" WHERE {_is_sealed(connection, each, 'k')}" if sealed else ""
    )
    bodies = {
        "update": (update, "UPDATE", "ROW"),
        "delete": (delete, "DELETE", "ROW"),
        "truncate": (
            f"IF EXISTS ({found}) THEN {refuse} END IF; RETURN NULL;",
            "TRUNCATE",
            "STATEMENT",
        ),
    }
    return [
        _trigger(
            connection,
            each.table,
            event,
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} END $$",
            f"DROP TRIGGER IF EXISTS {{name}} ON {table}",
            f"CREATE TRIGGER {{name}} BEFORE {statement} ON {table} FOR EACH {scope} "
            "EXECUTE FUNCTION {name}()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {{name}}",
        )
        for event, (body, statement, scope) in bodies.items()
    ]
