"""Run the whole suite on every database this machine has: SQLite always, PostgreSQL if reachable.

`DATABASE_URL` and `REDIS_URL` choose the servers; without them the local defaults are tried.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
# More processes than there are cores: while one waits for a browser or a server, others work.
WORKERS = str((os.cpu_count() or 1) + 2)
# Which process runs what: `tests/spreading.py`.
PYTEST = [sys.executable, "-m", "pytest", "-n", WORKERS, "--no-loadscope-reorder", "-q"]
REDIS = "redis://127.0.0.1:6379/15"


def reachable_postgres(url: str) -> bool:
    """Whether a PostgreSQL server takes this address and lets us in."""
    import psycopg

    try:
        psycopg.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def reachable(url: str) -> bool:
    """Whether anything listens there."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 6379), timeout=2).close()
    except OSError:
        return False
    return True


def services() -> tuple[str, str]:
    """The PostgreSQL and Redis addresses to use; an empty string for one that is not there."""
    wanted = os.environ.get("DATABASE_URL", "")
    postgres = wanted if wanted.startswith("postgres") else POSTGRES
    redis = os.environ.get("REDIS_URL") or REDIS
    if wanted.startswith("postgres") and not reachable_postgres(wanted):
        sys.exit("DATABASE_URL names a PostgreSQL server that does not answer.")
    if os.environ.get("REDIS_URL") and not reachable(redis):
        sys.exit("REDIS_URL names a Redis server that does not answer.")
    return (postgres if reachable_postgres(postgres) else "", redis if reachable(redis) else "")


def run(name: str, database: str, redis: str, *options: str) -> int:
    """One leg of the suite; returns pytest's exit code."""
    env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    if database:
        env["DATABASE_URL"] = database
    if redis:
        env["TEST_REDIS_URL"] = redis
    print(f"\n=== {name}{' with Redis' if redis else ''} ===", flush=True)
    return subprocess.call(
        [*PYTEST, *options, *sys.argv[1:]],
        cwd=ROOT,
        env=env,
    )


def main() -> int:
    """Run all legs: on both databases what is stored, asked and locked; all else on one of them."""
    postgres, redis = services()
    subprocess.check_call(
        [sys.executable, "-m", "tests.kept_databases", *filter(None, [postgres])], cwd=ROOT
    )
    if sys.argv[1:] == ["--databases-only"]:
        return 0
    if not postgres:
        print("No PostgreSQL answers: the tests run on SQLite alone.", flush=True)
        return run("SQLite", "", redis)
    return run("SQLite", "", redis, "-m", "not strict_drill and not screen") or run(
        "PostgreSQL", postgres, redis, "--database-only", "-m", "not drill"
    )


if __name__ == "__main__":
    sys.exit(main())
