"""Rows that not even raw SQL may change: triggers on SQLite and PostgreSQL that refuse.

An app says in `AppConfig.ready()` which rows are sealed:

    protect(Signature)                                       # all its rows
    protect(Version, columns=("number",), sealed_by=[Text._meta.get_field("version")])
    protect(Termination, once="finished_at")                 # once that has a value

and which are not to be stored at all:

    refuse(PageViewRestriction, "INSERT OR UPDATE", when="EXISTS (…)", said="…", needs=[…])

The triggers are put back after every migration (SQLite drops them when it rebuilds a table). A
trigger's name ends with a digest of its SQL, so that one that is out of date is known by its name.
They refuse statements; whoever may drop triggers can drop these (docs/security.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, Model
from django.db.models.signals import post_migrate, pre_migrate

from desk_core.trigger_sql import (
    PREFIX,
    SCHEMA,
    Protection,
    Refusal,
    Trigger,
    drop_sql,
    triggers_of,
)

_declared: dict[str, Protection | Refusal] = {}


def _declare(each: Protection | Refusal) -> None:
    known = _declared.setdefault(each.table, each)
    if type(known) is not type(each):
        raise ImproperlyConfigured(f"{each.table} is declared both as sealed and as refused.")
    _declared[each.table] = each


def protect(
    model: type[Model],
    *,
    columns: Sequence[str] = (),
    sealed_by: "Sequence[ForeignKey[Any, Any]]" = (),
    once: str = "",
) -> None:
    """Seal the rows of a model: no update, no delete, no truncate; inserting stays free.

    With `sealed_by`, a foreign key of another model to this one (or several, each to the model of
    the one before), only those rows are sealed that it points to, and of them only `columns` and
    the key; their other columns may change. With `once`, a row is sealed, whole, from the moment
    at which that column has a value.
    """
    _declare(Protection(model, tuple(columns), tuple(sealed_by), once))


def refuse(
    model: type[Model],
    event: str,
    *,
    when: str,
    said: str,
    needs: Sequence[type[Model]] = (),
    after: str = "",
) -> None:
    """Let no row of a model be stored by these statements ("INSERT OR UPDATE") while `when` holds.

    `when` is SQL for both databases, in which NEW is the row; `needs` are the other models of which
    it speaks, `said` what the refusal says. `after` is what PostgreSQL selects FOR UPDATE first,
    so that `when` sees what those who hold it now will have committed.
    """
    _declare(Refusal(model, event, when, said, tuple(needs), after))


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
                for sql in drop_sql(connection, name, table):
                    cursor.execute(sql)
        made = [trigger for trigger in wanted if trigger.name not in present]
        schema = _schema(connection) if made else ""
        for trigger in made:
            for sql in trigger.create:
                cursor.execute(sql.replace(SCHEMA, schema))


def lift(using: str = "default", *, tables: Iterable[str] | None = None) -> None:
    """Drop all triggers of this module, or those of some tables.

    Nothing but a migration, a restore and the tests' flush does so.
    """
    connection = connections[using]
    chosen = None if tables is None else set(tables)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, table in _present(connection).items():
            if chosen is None or table in chosen:
                for sql in drop_sql(connection, name, table):
                    cursor.execute(sql)


def refusing() -> list[str]:
    """The tables of which some rows are not stored at all."""
    return [table for table, each in _declared.items() if isinstance(each, Refusal)]


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
    """SQLite renames no table and drops no column that a trigger elsewhere speaks of.

    And what is refused may speak of tables that a migration takes away.
    """
    if plan:
        lift(using, tables=None if connections[using].vendor == "sqlite" else refusing())


def _after_migrating(sender: AppConfig, using: str, **kwargs: Any) -> None:
    own = [
        table
        for table, each in _declared.items()
        if sender.label in {model._meta.app_label for model in (each.model, *each.needs)}
        and router.allow_migrate_model(using, each.model)
    ]
    if own:
        install(using, tables=own)


def _wanted(connection: BaseDatabaseWrapper, tables: Iterable[str] | None) -> list[Trigger]:
    chosen = set(_declared) if tables is None else set(tables)
    if not chosen:
        return []
    there = set(connection.introspection.table_names())
    return [
        trigger
        for table, each in _declared.items()
        if table in chosen and table in there
        if all(model._meta.db_table in there for model in each.needs)
        for trigger in triggers_of(connection, each)
    ]


def _schema(connection: BaseDatabaseWrapper) -> str:
    """Where PostgreSQL makes and finds our tables, quoted."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (found,) = cursor.fetchone()
    return str(connection.ops.quote_name(found))


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
