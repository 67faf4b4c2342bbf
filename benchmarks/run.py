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

ROUNDS = 100
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
    sizes = {1_000: "desk_bench_small", 100_000: "desk_bench_large"}
    with psycopg.connect(server, autocommit=True) as connection:
        for name in sizes.values():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
    workers = {}
    for count, name in sizes.items():
        address = f"{postgres.rsplit('/', 1)[0]}/{name}"
        workers[count] = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.staff_list", str(count)],
            cwd=ROOT,
            env=environment(DATABASE_URL=address, DESK_VAR=tempfile.mkdtemp()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    for worker in workers.values():
        assert worker.stdout.readline().strip() == "ready"
    times: dict[int, list[float]] = {count: [] for count in workers}
    cpu: dict[int, list[float]] = {count: [] for count in workers}
    for _ in range(ROUNDS):
        for count, worker in workers.items():
            worker.stdin.write("go\n")
            worker.stdin.flush()
            wall, own = map(float, worker.stdout.readline().split())
            times[count].append(wall)
            cpu[count].append(own)
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    with psycopg.connect(server, autocommit=True) as connection:
        for name in sizes.values():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    small, large = (statistics.median(times[count]) for count in (1_000, 100_000))
    say(
        "staff list at 100,000 cases / at 1,000",
        large / small,
        "<= 1.15",
        large / small <= 1.15,
        f"{large * 1e3:.0f} ms against {small * 1e3:.0f} ms by the clock, "
        f"CPU {statistics.median(cpu[100_000]) * 1e3:.0f} ms",
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
