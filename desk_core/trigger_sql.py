# ruff: noqa: S608 - every name in these statements is that of a model's table or column
"""The SQL of the triggers that refuse, for SQLite and PostgreSQL; `triggers` says where."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, Model, UniqueConstraint

#: How the name of each trigger begins.
PREFIX = "desk_sealed_"
#: Stands in a trigger's SQL for the schema of the tables.
SCHEMA = "<schema>"
#: What every refusal says; the table's name follows.
REFUSAL = "sealed rows are never changed or deleted"


@dataclass(frozen=True)
class Protection:
    """Which rows of a model are sealed; see `triggers.protect`."""

    model: type[Model]
    columns: tuple[str, ...] = ()
    sealed_by: "tuple[ForeignKey[Any, Any], ...]" = ()
    once: str = ""

    @property
    def needs(self) -> list[type[Model]]:
        """The other models of whose tables the triggers speak."""
        return [field.model for field in self.sealed_by]

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
class Refusal:
    """Which rows of a model are not stored; see `triggers.refuse`."""

    model: type[Model]
    event: str
    when: str
    said: str
    needs: tuple[type[Model], ...] = ()
    after: str = ""

    @property
    def table(self) -> str:
        """Its table."""
        return self.model._meta.db_table


@dataclass(frozen=True)
class Trigger:
    """One trigger as it should be: how to make it, on which table."""

    name: str
    table: str
    create: tuple[str, ...]
    drop: tuple[str, ...]


def _name(table: str, event: str, sql: str) -> str:
    """At most 63 characters, PostgreSQL's limit."""
    digest = hashlib.sha256(sql.encode()).hexdigest()[:8]
    return f"{PREFIX}{table[:30]}_{event}_{digest}"


def drop_sql(connection: BaseDatabaseWrapper, name: str, table: str) -> tuple[str, ...]:
    """How a trigger is taken away, with its function."""
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
    if each.once:
        column = str(each.model._meta.get_field(each.once).column)  # type: ignore[union-attr]
        if connection.vendor == "postgresql" and row == "OLD":
            # As JSON, like the columns in `_postgresql`.
            return f"to_jsonb(OLD) ->> '{column}' IS NOT NULL"
        return f"{row}.{quote(column)} IS NOT NULL"
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
    return Trigger(name, table, made, drop_sql(connection, name, table))


def triggers_of(connection: BaseDatabaseWrapper, each: Protection | Refusal) -> list[Trigger]:
    """The triggers of one declaration; none on a database of another kind."""
    if connection.vendor == "sqlite":
        if isinstance(each, Refusal):
            return _sqlite_refusal(connection, each)
        return _sqlite(connection, each)
    if connection.vendor == "postgresql":
        if isinstance(each, Refusal):
            return _postgresql_refusal(connection, each)
        return _postgresql(connection, each)
    return []


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
        when_changed = sealed if each.once else f"({changed}) AND {sealed}"
        when_deleted = f"WHEN {sealed} "
        key = quote(each.key)
        other = f"EXISTS (SELECT 1 FROM {table} k WHERE k.{key} <> OLD.{key} AND {condition})"
        when_updated = f"WHEN {moved} OR ({when_changed}) OR {other} "
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
        when_changed = sealed if each.once else f"({changed}) AND {sealed}"
        update = f"IF {when_changed} THEN {refuse} END IF; RETURN NEW;"
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
    return [_plpgsql(connection, each.table, event, *parts) for event, parts in bodies.items()]


def _plpgsql(
    connection: BaseDatabaseWrapper, table: str, event: str, body: str, statement: str, scope: str
) -> Trigger:
    """A trigger with a function of its own, both of one name.

    The function looks for its tables in the schema that they are in (`SCHEMA` stands for it): a
    session's own temporary table of the same name would else be found first, and empty.
    """
    quoted = connection.ops.quote_name(table)
    return _trigger(
        connection,
        table,
        event,
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {SCHEMA}, pg_temp AS $$ BEGIN {body} END $$",
        f"DROP TRIGGER IF EXISTS {{name}} ON {quoted}",
        f"CREATE TRIGGER {{name}} BEFORE {statement} ON {quoted} FOR EACH {scope} "
        "EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {quoted} ENABLE ALWAYS TRIGGER {{name}}",
    )


def _sqlite_refusal(connection: BaseDatabaseWrapper, each: Refusal) -> list[Trigger]:
    """One trigger for each kind of statement. Whoever writes is alone, so nobody is waited for."""
    table = connection.ops.quote_name(each.table)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{each.said}: {each.table}'); END"
    return [
        _trigger(
            connection,
            each.table,
            # "UPDATE OF path" → "update"
            event.split()[0].lower(),
            f"CREATE TRIGGER {{name}} BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN {each.when} {refuse}",
        )
        for event in each.event.split(" OR ")
    ]


def _postgresql_refusal(connection: BaseDatabaseWrapper, each: Refusal) -> list[Trigger]:
    """A trigger that first waits for whoever holds what `after` locks."""
    wait = f"PERFORM {each.after}; " if each.after else ""
    refuse = f"RAISE EXCEPTION '{each.said}: {each.table}' USING ERRCODE = 'restrict_violation';"
    body = f"{wait}IF {each.when} THEN {refuse} END IF; RETURN NEW;"
    return [_plpgsql(connection, each.table, "refuse", body, each.event, "ROW")]
