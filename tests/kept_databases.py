"""Migrated, empty databases that are kept for the tests to copy: migrating takes half a minute.

`python -m tests.kept_databases [PostgreSQL's address]` makes those that are missing, at once.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests import template_databases

ROOT = Path(__file__).resolve().parents[1]


def migrations_state() -> str:
    """Another word for each state of the migrations, and of the libraries that bring some."""
    state = hashlib.sha256((ROOT / "requirements/dev.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        state.update(path.read_bytes())
    return state.hexdigest()[:20]


@contextmanager
def one_at_a_time() -> Iterator[Path]:
    """The folder of kept databases, for one process: whoever needs one first makes it for all."""
    kept = ROOT / "var" / "test-databases"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield kept


def migrate(folder: str, database_url: str = "") -> None:
    """Make the tables of a new database: SQLite's in a folder, or PostgreSQL's at an address."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"DESK_VAR": folder, "DJANGO_SETTINGS_MODULE": "portal.settings.dev"}
    if database_url:
        env["DATABASE_URL"] = database_url
    for command in (["migrate", "--verbosity", "0", "--skip-checks"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)


def migrated_sqlite() -> Path:
    """The file of a migrated, empty SQLite database."""
    with one_at_a_time() as folder, TemporaryDirectory() as scratch:
        kept = folder / f"{migrations_state()}.sqlite3"
        if not kept.exists():
            migrate(scratch)
            half = Path(scratch) / "half.sqlite3"
            with (
                closing(sqlite3.connect(Path(scratch) / "db.sqlite3")) as fresh,
                closing(sqlite3.connect(half)) as copy,
            ):
                fresh.backup(copy)
            shutil.move(half, kept)
    return kept


def migrated_postgresql(given: str) -> str:
    """The name of a migrated, empty database on the server of this address, to copy as well."""
    server = given.rpartition("/")[0]
    own = f"{template_databases.PREFIX}{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
    name, half = f"{own}_{migrations_state()}", f"{own}_half"
    address = given.replace("postgres://", "postgresql://", 1)
    with (
        TemporaryDirectory() as scratch,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        # Until this connection ends, other processes wait here.
        connection.execute("SELECT pg_advisory_lock(1405090526)")
        today = date.today()
        if name not in template_databases.named(connection):
            # Those of earlier states, what a broken run left, those of checkouts that are gone.
            template_databases.drop_old(connection, own=own, keep=name, on=today)
            connection.execute(f'CREATE DATABASE "{half}"')
            migrate(scratch, f"{server}/{half}")
            connection.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        template_databases.mark_used(connection, name, today)
    return name


def main() -> None:
    """Make what is missing: each takes one core, and nothing waits for the other."""
    with ThreadPoolExecutor() as threads:
        made = [threads.submit(migrated_sqlite)]
        made += [threads.submit(migrated_postgresql, address) for address in sys.argv[1:]]
        for each in made:
            each.result()


if __name__ == "__main__":
    main()
