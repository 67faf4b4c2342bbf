"""Backup → destroy → restore, with the real commands: every citizen sees what they saw before.

From SQLite to SQLite, from PostgreSQL to PostgreSQL, and moving from SQLite to PostgreSQL. On the
way the restore is killed half-way, and a person is erased after the backup.
"""

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.service_requests import backup_site
from tests.service_requests.backup_site import Site

pytestmark = pytest.mark.drill


def postgres_answers() -> bool:
    try:
        backup_site.query("SELECT 1")
    except psycopg.Error:
        return False
    return True


def new_site(tmp_path: Path, name: str, vendor: str) -> Site:
    site = Site(
        tmp_path / name, vendor, tmp_path / "elsewhere" / "backups", tmp_path / "elsewhere" / "led"
    )
    site.make()
    return site


def test_from_sqlite_every_citizen_sees_what_they_saw_on_sqlite_and_on_postgresql(
    tmp_path, migrated_sqlite
):
    old = new_site(tmp_path, "old", "sqlite")
    shutil.copy(migrated_sqlite, old.folder / "db.sqlite3")
    kept = use_back_up_and_destroy(old, tmp_path)
    restore_and_compare(kept, new_site(tmp_path, "new", "sqlite"))
    if not postgres_answers():
        pytest.skip("no PostgreSQL answers")
    restore_and_compare(kept, new_site(tmp_path, "moved", "postgresql"))


def test_from_postgresql_every_citizen_sees_what_they_saw(tmp_path):
    if not postgres_answers():
        pytest.skip("no PostgreSQL answers")
    old = new_site(tmp_path, "old", "postgresql")
    kept = use_back_up_and_destroy(old, tmp_path)
    restore_and_compare(kept, new_site(tmp_path, "new", "postgresql"))


@dataclass(frozen=True)
class Kept:
    """What is left of a destroyed site: who could see what, and who was erased after the backup."""

    identity: Path
    seen: dict[str, Any]
    passwords: dict[str, str]
    erased: str
    last_entry: int


def use_back_up_and_destroy(old: Site, tmp_path: Path) -> Kept:
    """Live a while on a site, back it up, erase somebody, and lose the machine."""
    old.manage("migrate", "--verbosity", "0")
    old.manage("createcachetable")
    said = old.manage("demo")
    passwords = dict(re.findall(r"code (\d+), password (\d+)", said))
    passwords |= dict(old.inside("fill"))
    erased = list(passwords)[-1]

    old.manage("backup", "--to", "nightly")
    identity = tmp_path / "elsewhere" / "identity.txt"
    (old.folder / "backup-identity.txt").rename(identity)
    seen = old.inside("see", *map(":".join, passwords.items()))
    assert len(seen) >= 7
    assert sum(len(each["files"]) for each in seen.values()) >= 8
    old.inside("erase", erased)
    last_entry = old.inside("new_rows")["entry"]
    old.destroy()
    return Kept(identity, seen, passwords, erased, last_entry)


def restore_and_compare(kept: Kept, new: Site) -> None:
    """Bring it back on another machine; the first attempt is killed half-way."""
    restore = ("restore", "nightly", "--identity", str(kept.identity))
    alive = {code: each for code, each in kept.seen.items() if code != kept.erased}
    try:
        break_off(new, *restore)
        for command in (["showmigrations"], ["outbox_worker", "--once"]):
            assert "restore NAME --identity FILE --again" in new.manage(*command, fails=True)
        assert "Say --again" in new.manage(*restore, fails=True)
        assert "Erased anew: 1" in new.manage(*restore, "--again")

        assert new.inside("see", *(f"{code}:{kept.passwords[code]}" for code in alive)) == alive
        assert new.inside("traces", kept.erased) == {"opens": False, "identifiers": 0, "words": 0}
        after_it = new.inside("new_rows")
        assert 0 < after_it["entry"] <= kept.last_entry + 100
        assert after_it["found"] > 0
        assert after_it["references"] > 0
        assert after_it["problems"] == 0
        assert "not empty" in new.manage(*restore, fails=True)
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
