"""The migrated databases that PostgreSQL keeps for the tests to copy, and which of them may go."""

import contextlib
from datetime import date, timedelta

import psycopg

PREFIX = "desk_template_"
# A checkout that nobody has tested for so long is gone, or can wait a minute when it comes back.
KEPT = timedelta(days=7)


def named(connection: psycopg.Connection, prefix: str = PREFIX) -> dict[str, date | None]:
    """Every kept database of the server, with the day on which it was last used, if it says so."""
    rows = connection.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE starts_with(datname, %s)",
        [prefix],
    )
    return {name: _day(comment) for name, comment in rows}


def mark_used(connection: psycopg.Connection, name: str, on: date) -> None:
    """Write into a database's comment that it was used today."""
    connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{on.isoformat()}'")


def drop_old(
    connection: psycopg.Connection, *, own: str, keep: str, on: date, prefix: str = PREFIX
) -> None:
    """Drop this checkout's own but `keep`, and those of others that were not used for long.

    What another run is copying this very moment stays.
    """
    for name, used in named(connection, prefix).items():
        if name == keep or (not name.startswith(own) and used and on - used <= KEPT):
            continue
        with contextlib.suppress(psycopg.errors.ObjectInUse):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _day(comment: str | None) -> date | None:
    try:
        return date.fromisoformat(comment or "")
    except ValueError:
        return None
