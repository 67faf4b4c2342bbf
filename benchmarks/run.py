"""Measure ours beside its bounds and print ratios; 1 when a bound is broken.

make bench                # everything; the staff list needs PostgreSQL
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from run_tests import services  # noqa: E402

ROUNDS = 60
SMALL, LARGE = 1_000, 1_000_000
broken: list[str] = []


def environment(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        **more,
    }


def say(what: str, figure: float, bound: str, good: bool, detail: str = "") -> None:
    print(f"{'ok ' if good else 'NO '} {what:<58} {figure:8.2f}  (bound {bound}) {detail}")
    if not good:
        broken.append(what)


def pages(folder: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages"],
        cwd=ROOT,
        env=environment(DESK_VAR=folder, DATABASE_URL=f"sqlite:///{folder}/db.sqlite3"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(answer.stdout.splitlines()[-1])
    ours, other, ratio = found["hit"]["cpu"]
    say(
        "page from cache / bare view of the same bytes",
        ratio,
        ">= 0.6",
        ratio >= 0.6,
        f"by the clock {found['hit']['wall'][2]:.2f}; CPU {ours * 1e6:.0f} µs against "
        f"{other * 1e6:.0f} µs, {found['bytes']} bytes",
    )
    for path, count in found["queries"].items():
        spent = f"{found['empty'][path] * 1e3:.1f} ms CPU"
        say(f"queries of {path} with an empty cache", count, "<= 8", count <= 8, spent)
    for name, label in (("api", "through the API"), ("page", "through the last page")):
        ours, other, ratio = found[name]["cpu"]
        say(
            f"submission {label} / plain form with Argon2id",
            ratio,
            ">= 0.8",
            ratio >= 0.8,
            f"by the clock {found[name]['wall'][2]:.2f}; "
            f"CPU {ours * 1e3:.1f} ms against {other * 1e3:.1f} ms",
        )


def staff_list(postgres: str) -> None:
    import psycopg

    server = postgres.replace("postgres://", "postgresql://", 1)
    sizes = {SMALL: "desk_bench_small", LARGE: "desk_bench_large"}

    def forget(connection: psycopg.Connection) -> None:
        for name in sizes.values():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def settings(count: int) -> dict[str, str]:
        address = f"{postgres.rsplit('/', 1)[0]}/{sizes[count]}"
        return environment(DATABASE_URL=address, DESK_VAR=tempfile.mkdtemp())

    with psycopg.connect(server, autocommit=True) as connection:
        forget(connection)
        for name in sizes.values():
            connection.execute(f'CREATE DATABASE "{name}"')
        try:
            pages_of_the_list({count: settings(count) for count in sizes})
            export(settings(LARGE))
        finally:
            forget(connection)


def pages_of_the_list(settings: dict[int, dict[str, str]]) -> None:
    """Each size and page in turn, so that what disturbs the machine meets all of them."""
    workers = {
        count: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.staff_list", str(count)],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for count, env in settings.items()
    }
    for worker in workers.values():
        assert worker.stdout.readline().strip() == "ready"
    asked = [(SMALL, "first"), (LARGE, "first"), (LARGE, "far"), (LARGE, "overdue")]
    times: dict[tuple[int, str], list[float]] = {each: [] for each in asked}
    for _ in range(ROUNDS):
        for count, page in asked:
            worker = workers[count]
            worker.stdin.write(f"{page}\n")
            worker.stdin.flush()
            wall, _cpu = map(float, worker.stdout.readline().split())
            times[count, page].append(wall)
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    took = {each: statistics.median(rows) for each, rows in times.items()}
    rows = [
        ("staff list at 1,000,000 cases / at 1,000", (LARGE, "first"), (SMALL, "first"), 1.15),
        ("page 1000 of the staff list / page 1", (LARGE, "far"), (LARGE, "first"), 1.2),
        ("overdue queue at 1,000,000 / the list", (LARGE, "overdue"), (LARGE, "first"), 2.0),
    ]
    for what, ours, other, bound in rows:
        ratio = took[ours] / took[other]
        detail = f"{took[ours] * 1e3:.0f} ms against {took[other] * 1e3:.0f} ms by the clock"
        say(what, ratio, f"<= {bound}", ratio <= bound, detail)


def export(env: dict[str, str]) -> None:
    """Every case of the large desk as CSV, read as it comes."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.staff_export"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows, seconds, memory = map(float, answer.stdout.split())
    say(
        "memory that an export of all cases takes, in MB",
        memory,
        "<= 64",
        memory <= 64 and rows == LARGE,
        f"{rows:,.0f} rows in {seconds:.0f} s",
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        pages(folder)
    postgres, _redis = services()
    if postgres:
        staff_list(postgres)
    else:
        print("--  the staff list was not measured: no PostgreSQL answers")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
