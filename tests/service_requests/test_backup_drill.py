"""Backup → destroy → restore, with the real commands: every citizen sees what they saw before.

From SQLite to SQLite, from PostgreSQL to PostgreSQL, and moving from SQLite to PostgreSQL. On the
way the restore is killed half-way, and a person is erased after the backup.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from moto.server import ThreadedMotoServer

from tests.kept_databases import migrated_postgresql
from tests.service_requests import backup_site
from tests.service_requests.backup_site import Site, server

pytestmark = pytest.mark.drill


def postgres_answers() -> bool:
    try:
        backup_site.query("SELECT 1")
    except psycopg.Error:
        return False
    return True


def new_site(
    tmp_path: Path, name: str, vendor: str, bucket: dict | None = None, **made: str
) -> Site:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    site = Site(tmp_path / name, vendor, elsewhere / "backups", elsewhere / "led", bucket)
    site.make(**made)
    return site


@pytest.fixture
def bucket() -> Iterator[dict[str, Any]]:
    """An empty bucket on moto's S3 server, as the OPTIONS of a storage."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"access_key": "a", "secret_key": "b", "region_name": "us-east-1"}
    address = f"http://{host}:{port}"
    # What a bucket of this process holds is kept by moto beyond its server.
    requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()
    requests.put(f"{address}/backups", timeout=10).raise_for_status()
    yield {"bucket_name": "backups", "endpoint_url": address, "default_acl": None, **keys}
    requests.post(f"{address}/moto-api/reset", timeout=10).raise_for_status()
    server.stop()


def test_from_sqlite_every_citizen_sees_what_they_saw_on_sqlite_and_on_postgresql(
    tmp_path, migrated_sqlite
):
    old = new_site(tmp_path, "old", "sqlite")
    shutil.copy(migrated_sqlite, old.folder / "db.sqlite3")
    kept = use_back_up_and_destroy(old, tmp_path)
    restore_and_compare(kept, new_site(tmp_path, "new", "sqlite"), refusals=True)
    if not postgres_answers():
        pytest.skip("no PostgreSQL answers")
    restore_and_compare(kept, new_site(tmp_path, "moved", "postgresql"), broken_off=False)


def test_from_postgresql_through_a_bucket_every_citizen_sees_what_they_saw(tmp_path, bucket):
    if not postgres_answers():
        pytest.skip("no PostgreSQL answers")
    old = new_site(
        tmp_path, "old", "postgresql", bucket, template=migrated_postgresql(server() + "postgres")
    )
    kept = use_back_up_and_destroy(old, tmp_path, verify=True)
    restore_and_compare(kept, new_site(tmp_path, "new", "postgresql", bucket))


@dataclass(frozen=True)
class Kept:
    """What is left of a destroyed site: who could see what, and who was erased after the backup."""

    identity: Path
    seen: dict[str, Any]
    passwords: dict[str, str]
    erased: str
    last_entry: int


def use_back_up_and_destroy(old: Site, tmp_path: Path, *, verify: bool = False) -> Kept:
    """Live a while on a migrated site, back it up, erase somebody, and lose the machine."""
    passwords = dict(old.inside("fill"))
    erased = list(passwords)[-1]

    old.manage("backup", "--to", "nightly")
    identity = tmp_path / "elsewhere" / "identity.txt"
    (old.folder / "backup-identity.txt").rename(identity)
    if verify:
        assert "Opened through the application: " in old.manage(
            "verify_backup", "nightly", "--identity", str(identity)
        )
    left = old.inside("see_and_erase", erased, *map(":".join, passwords.items()))
    seen, last_entry = left["seen"], left["new"]["entry"]
    assert len(seen) >= 7
    assert sum(len(each["files"]) for each in seen.values()) >= 8
    old.destroy()
    return Kept(identity, seen, passwords, erased, last_entry)


def restore_and_compare(
    kept: Kept, new: Site, *, broken_off: bool = True, refusals: bool = False
) -> None:
    """Bring it back on another machine; the first attempt is killed half-way if `broken_off`.

    `refusals`: see as well that everything else waits until it is whole, and that it is not
    brought back twice; every command is a process that takes seconds to start.
    """
    restore = ("restore", "nightly", "--identity", str(kept.identity))
    alive = {code: each for code, each in kept.seen.items() if code != kept.erased}
    try:
        if broken_off:
            break_off(new, *restore)
        if refusals:
            for command in (["showmigrations"], ["outbox_worker", "--once"]):
                assert "restore NAME --identity FILE --again" in new.manage(*command, fails=True)
            assert "Say --again" in new.manage(*restore, fails=True)
        again = ["--again"] if broken_off else []
        assert "Erased anew: 1" in new.manage(*restore, *again)

        found = new.inside(
            "look_around", kept.erased, *(f"{code}:{kept.passwords[code]}" for code in alive)
        )
        assert found["seen"] == alive
        assert found["traces"] == {"opens": False, "identifiers": 0, "words": 0}
        after_it = found["new"]
        assert 0 < after_it["entry"] <= kept.last_entry + 100
        assert after_it["found"] > 0
        assert after_it["references"] > 0
        assert after_it["problems"] == 0
        if refusals:
            assert "not empty" in new.manage(*restore, fails=True)
        if broken_off:
            # The restored site is backed up in its turn, and its ledger goes on.
            assert "Finished" in new.manage("backup", "--to", f"after-{new.folder.name}")
    finally:
        new.destroy()


def break_off(site: Site, *command: str) -> None:
    """Kill a restore after it has begun to write."""
    process = site.start("manage.py", *command)
    until = time.monotonic() + 300
    while not site.is_shut:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(1)
    process.kill()
    process.communicate()
    assert site.is_shut
