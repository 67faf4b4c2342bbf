"""Backup → destroy → restore, with the real commands: every citizen sees what they saw before.

From SQLite to SQLite, from PostgreSQL to PostgreSQL, and moving from SQLite to PostgreSQL. On the
way the restore is killed half-way, and a person is erased after the backup.
"""

import re
import time
from pathlib import Path

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


@pytest.mark.parametrize(
    ("before", "after"),
    [("sqlite", "sqlite"), ("postgresql", "postgresql"), ("sqlite", "postgresql")],
)
def test_every_citizen_sees_what_they_saw(before, after, tmp_path):
    if "postgresql" in (before, after) and not postgres_answers():
        pytest.skip("no PostgreSQL answers")
    old = new_site(tmp_path, "old", before)
    old.manage("migrate", "--verbosity", "0")
    old.manage("createcachetable")
    said = old.manage("demo")
    credentials = [list(re.search(r"code (\d+), password (\d+)", said).groups())]
    credentials += old.inside("fill")
    erased_code, erased_password = credentials.pop()
    keys = [":".join(each) for each in credentials]

    old.manage("backup", "--to", "nightly")
    identity = tmp_path / "elsewhere" / "identity.txt"
    (old.folder / "backup-identity.txt").rename(identity)
    seen = old.inside("see", *keys, f"{erased_code}:{erased_password}")
    assert sum(len(each["files"]) for each in seen.values()) >= 8
    old.inside("erase", erased_code)
    number = old.inside("new_rows")["entry"]
    old.destroy()

    new = new_site(tmp_path, "new", after)
    restore = ("restore", "nightly", "--identity", str(identity))
    try:
        break_off(new, *restore)
        for command in (["showmigrations"], ["outbox_worker", "--once"]):
            assert "restore NAME --identity FILE --again" in new.manage(*command, fails=True)
        assert "Say --again" in new.manage(*restore, fails=True)
        assert "Erased anew: 1" in new.manage(*restore, "--again")

        seen.pop(erased_code)
        assert new.inside("see", *keys) == seen
        assert new.inside("traces", erased_code) == {"opens": False, "identifiers": 0, "words": 0}
        after_it = new.inside("new_rows")
        assert 0 < after_it["entry"] <= number + 100
        assert after_it["found"] > 0
        assert after_it["references"] > 0
        assert after_it["problems"] == 0
        assert "not empty" in new.manage(*restore, fails=True)
        # The restored site is backed up in its turn, and its ledger goes on.
        assert "Finished" in new.manage("backup", "--to", "after")
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
