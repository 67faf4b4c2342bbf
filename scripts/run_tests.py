"""Run the whole suite on every database this machine has: SQLite always, PostgreSQL if reachable.

Both at once, so that no core waits while one of them begins or ends; what the second one says is
printed after the first. `DATABASE_URL` and `REDIS_URL` choose the servers; without them the local
defaults are tried.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
CORES = os.cpu_count() or 1
# Of each leg at most: a Redis server has sixteen databases, and each process empties its own.
MOST = 6
# SQLite has more processes: each gives way a little, so that both legs end at about one time.
GIVING_WAY = ("nice", "-n", "1") if shutil.which("nice") else ()
PYTEST = [sys.executable, "-m", "pytest", "--no-loadscope-reorder", "-q"]
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


@dataclass(frozen=True)
class Leg:
    """The suite on one database; `number` keeps the legs' Redis databases apart."""

    name: str
    number: int
    database: str
    redis: str
    options: tuple[str, ...]
    before: tuple[str, ...] = ()

    def start(self, workers: int, output: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Begin it; which process runs what is decided by `tests/spreading.py`."""
        env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        env["DESK_TEST_LEG"] = str(self.number)
        if self.database:
            env["DATABASE_URL"] = self.database
        if self.redis:
            env["TEST_REDIS_URL"] = self.redis
        pytest = [*PYTEST, "-n", str(min(workers, MOST)), *self.options, *sys.argv[1:]]
        command = [*self.before, *pytest]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)

    def announce(self) -> None:
        """A line before what it says."""
        print(f"\n=== {self.name}{' with Redis' if self.redis else ''} ===", flush=True)


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
        alone = Leg("SQLite", 0, "", redis, ())
        alone.announce()
        # More processes than cores: while one waits for a browser or a server, others work.
        return alone.start(CORES + 2).wait()
    on_sqlite = ("-m", "not strict_drill and not screen")
    on_postgresql = ("--database-only", "-m", "not drill and not face")
    first = Leg("SQLite", 0, "", redis, on_sqlite, GIVING_WAY)
    other = urlsplit(redis)._replace(path="/14").geturl() if redis else ""
    second = Leg("PostgreSQL", 1, postgres, other, on_postgresql)
    with tempfile.TemporaryFile() as said:
        beside = second.start(max(2, CORES), said)
        first.announce()
        # Drills and browsers wait now and then: one process more works meanwhile.
        codes = [first.start(max(2, CORES) + 1).wait(), beside.wait()]
        second.announce()
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main())
