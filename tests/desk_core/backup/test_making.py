"""Writing a backup: consistent, streamed, continued after a break, never half."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from desk_core import erasures
from desk_core.backup import files, manifest, rows, shelf
from desk_core.backup.alone import alone
from desk_core.backup.errors import BackupError
from desk_core.backup.recipients import read_identities
from desk_core.backup.shelf import Shelf
from desk_core.models import AuditEntry, Backup, SubjectKey
from desk_core.sealing import new_subject
from tests.desk_core.backup.conftest import files_of, parts_of

ROOT = Path(__file__).resolve().parents[3]
# Emptying all tables after a test is dear: only those that need what is committed do it.
pytestmark = pytest.mark.django_db


def backup(*arguments: str) -> str:
    from io import StringIO

    said = StringIO()
    call_command("backup", *arguments, stdout=said)
    return said.getvalue()


def opened(name: str, identity: Path) -> manifest.Manifest:
    return manifest.read(Shelf(name), read_identities(identity))


def plain(name: str, identity: Path, kind: str) -> list[bytes]:
    """The plain parts of one kind."""
    found = []
    for part in parts_of(name, identity):
        if part.kind == kind:
            with Shelf(name).open_part(part, read_identities(identity)) as content:
                found.append(content.read())
    return found


@pytest.mark.django_db(transaction=True)
def test_the_manifest_counts_and_sums_up_what_is_there(place, identity, some_files):
    subject = new_subject()
    subject.save()
    assert "Finished" in backup("--to", "nightly")
    read = opened("nightly", identity)
    body = read.body
    tables = body["database"]["tables"]
    assert tables["desk_core_subjectkey"]["rows"] == SubjectKey.objects.count() == 1
    assert tables == rows.Dump("default").measure() | {
        # Its own row was finished after the snapshot.
        "desk_core_backup": tables["desk_core_backup"]
    }
    assert body["files"]["count"] == len(some_files)
    assert body["files"]["bytes"] == sum(map(len, some_files.values()))
    assert body["database"]["vendor"] == connection.vendor
    assert ["desk_core", "0001_squashed"] in body["database"]["migrations"]
    assert body["code"]["wagtail"]
    on_disk = {path.name: path for path in files_of(place / "nightly")}
    assert set(on_disk) == {part.name for part in read.parts} | {shelf.MANIFEST}
    import hashlib

    for part in read.parts:
        data = on_disk[part.name].read_bytes()
        assert (part.size, part.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    row = Backup.objects.get(name="nightly")
    assert row.manifest_sha256 == hashlib.sha256(on_disk[shelf.MANIFEST].read_bytes()).hexdigest()
    assert row.started_at <= row.covers_until <= row.finished_at
    assert row.counts["files"] == len(some_files)
    assert row.verified_at is None


def test_the_keys_are_named_and_never_given(place, identity, settings):
    new_subject().save()
    backup("--to", "nightly")
    body = opened("nightly", identity).body
    assert list(body["keys"]["keyring"]) == ["dev1"]
    assert list(body["keys"]["pepper"]) == ["1"]
    text = json.dumps(body)
    for secret in (*settings.DESK_KEYRING.values(), settings.DESK_INDEX_KEY, settings.DESK_PEPPER):
        assert secret not in text
        for part in plain("nightly", identity, "database"):
            assert secret.encode() not in part


def test_everything_is_encrypted(place, some_files):
    backup("--to", "nightly")
    for path in files_of(place / "nightly"):
        assert path.read_bytes().startswith(b"age-encryption.org/v1\n"), path


def test_parts_with_files_are_ordinary_tar_archives(place, identity, some_files, tmp_path):
    import hashlib
    import io
    import tarfile

    backup("--to", "nightly")
    (archive,) = plain("nightly", identity, "files")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = {m.name: tar.extractfile(m).read() for m in tar}
    index = json.loads(found.pop("index.json"))
    assert found == some_files
    assert {each["name"]: each["sha256"] for each in index} == {
        name: hashlib.sha256(content).hexdigest() for name, content in some_files.items()
    }


@pytest.mark.django_db(transaction=True)
def test_the_dump_is_of_one_moment_while_the_site_goes_on_writing(place, identity, monkeypatch):
    """Somebody writes between the first table and the last, and is not held up."""
    AuditEntry(action="before", target="t").save()
    written = []

    def write() -> None:
        AuditEntry(action="after", target="t").save()
        new_subject().save()
        written.append(True)
        connections.close_all()

    original = rows.Dump.rows

    def slowly(self):
        for number, row in enumerate(original(self)):
            if number == 0:
                thread = threading.Thread(target=write)
                thread.start()
                thread.join(20)
            yield row

    monkeypatch.setattr(rows.Dump, "rows", slowly)
    backup("--to", "nightly")
    assert written == [True]
    assert AuditEntry.objects.filter(action="after").exists()
    tables = opened("nightly", identity).body["database"]["tables"]
    assert tables["desk_core_auditentry"]["rows"] == 1
    assert tables["desk_core_subjectkey"]["rows"] == 0


class TestABreak:
    """A backup that was cut short is unfinished, says so, and goes on."""

    def broken(self, monkeypatch, after: int) -> None:
        """Fail when so many parts with files were written."""
        original, written = Shelf.write_part, []

        def write(self, *args, **kwargs):
            if kwargs["kind"] == "files":
                if len(written) == after:
                    raise BackupError("The power went out.")
                written.append(True)
            return original(self, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(Shelf, "write_part", write)
            with pytest.raises(CommandError, match="power"):
                backup()

    def test_it_counts_as_unfinished_and_goes_on_from_there(
        self, place, identity, some_files, settings, monkeypatch
    ):
        settings.DESK_BACKUP_PART_SIZE = 3000
        self.broken(monkeypatch, after=2)
        (name,) = shelf.names()
        assert "unfinished" in backup("--list").split(name)[1]
        assert Backup.objects.get(name=name).finished_at is None
        with pytest.raises(CommandError, match="is unfinished: it has no manifest"):
            call_command("verify_backup", name, identity=str(identity))

        kept = {p.name: p.stat().st_mtime_ns for p in files_of(place / name) if "files-" in p.name}
        assert len(kept) == 2
        (place / name / "database-9999-old.ndjson.age").write_bytes(b"of another moment")
        assert f"The unfinished backup {name} goes on" in backup()
        after = {p.name: p.stat().st_mtime_ns for p in files_of(place / name)}
        assert {part: after[part] for part in kept} == kept, "a part was written again"
        assert set(after) == {p.name for p in parts_of(name, identity)} | {shelf.MANIFEST}
        assert list(Shelf(name).problems_of(parts_of(name, identity))) == []
        assert opened(name, identity).body["files"]["count"] == len(some_files)

    def test_a_finished_backup_is_never_written_over(self, place):
        backup("--to", "nightly")
        before = {path: path.read_bytes() for path in files_of(place / "nightly")}
        with pytest.raises(CommandError, match="nightly is finished"):
            backup("--to", "nightly")
        assert {path: path.read_bytes() for path in files_of(place / "nightly")} == before

    def test_a_name_of_a_deleted_one_is_as_good_as_new(self, place):
        backup("--to", "nightly")
        Backup.objects.update(verified_at=timezone.now())
        shutil.rmtree(place / "nightly")
        backup("--to", "nightly")
        assert Backup.objects.get().verified_at is None

    def test_only_one_runs_at_a_time(self, place):
        with alone(), pytest.raises(CommandError, match="Another backup of this site is running"):
            backup()
        assert "Finished" in backup("--to", "afterwards")

    def test_two_machines_of_a_site_are_kept_apart_by_its_database(self, place, settings, tmp_path):
        if connection.vendor == "sqlite":
            pytest.skip("SQLite is on one machine")
        with alone():
            settings.DESK_ERASURE_LEDGER = tmp_path / "machine2" / "erasures.ledger"
            with pytest.raises(CommandError, match="Another backup of this site is running"):
                backup()


class TestATargetThatCannotTakeIt:
    def test_a_folder_that_cannot_be_made(self, place, settings):
        place.write_text("a file")
        with pytest.raises(CommandError, match=r"cannot be (written|read)"):
            backup("--to", "nightly")
        assert not Backup.objects.finished().exists()

    def test_a_full_disk(self, place, some_files, identity, monkeypatch):
        """The disk is full at the third write: nothing is a backup, nothing is half."""
        from desk_core.backup.folder import BackupFolder

        original, writes = BackupFolder._save, []

        def chunks_that_fail():
            yield b"x" * 100
            raise OSError(28, "No space left on device")

        def fill_up(self, name, content):
            writes.append(name)
            if len(writes) == 3:
                content.chunks = lambda *args: chunks_that_fail()
            return original(self, name, content)

        with monkeypatch.context() as patch:
            patch.setattr(BackupFolder, "_save", fill_up)
            with pytest.raises(CommandError, match="There is no room left"):
                backup("--to", "nightly")
        assert not Shelf("nightly").is_finished
        assert not Backup.objects.finished().exists()
        assert all(path.read_bytes().startswith(b"age") for path in files_of(place / "nightly"))
        backup("--to", "nightly")
        assert list(Shelf("nightly").problems_of(parts_of("nightly", identity))) == []

    def test_a_storage_that_renames_is_refused(self, place, settings, tmp_path):
        plain = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "plain")},
        }
        settings.STORAGES = {**settings.STORAGES, "backups": plain}
        backup("--to", "one")
        erasures.begin()
        SubjectKey.objects.create()
        erasures._append("intent", SubjectKey.objects.get().pk)
        with pytest.raises(CommandError, match="does not replace files"):
            backup("--to", "two")


def test_memory_does_not_grow_with_the_files(place, identity, tmp_path):
    size = 150 * 1024 * 1024
    big = tmp_path / "media" / "big.bin"
    big.parent.mkdir()
    with big.open("wb") as file:
        file.truncate(size)
    tracemalloc.start()
    try:
        backup("--to", "nightly")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 * 1024 * 1024
    assert opened("nightly", identity).counts["bytes"] == size


def test_a_file_that_goes_away_while_it_is_read_is_counted_as_gone(
    place, identity, some_files, monkeypatch
):
    original = files.groups

    def groups(size):
        for group in original(size):
            storages["private"].delete("ab/one.sealed")
            yield group

    monkeypatch.setattr(files, "groups", groups)
    backup("--to", "nightly")
    body = opened("nightly", identity).body
    assert (body["files"]["count"], body["files"]["vanished"]) == (len(some_files) - 1, 1)


def test_a_file_that_changes_while_it_is_read_stops_it(place, some_files, monkeypatch):
    original = files.groups

    def groups(size):
        for group in original(size):
            storages["private"].delete("cd/two.sealed")
            storages["private"].save("cd/two.sealed", ContentFile(b"shorter"))
            yield group

    monkeypatch.setattr(files, "groups", groups)
    with pytest.raises(CommandError, match="changed while it was read"):
        backup("--to", "nightly")
    assert not Shelf("nightly").is_finished


def test_a_database_without_all_migrations_is_not_backed_up(place):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0002_first_rows'")
    with pytest.raises(CommandError, match=r"cms_pages\.0002_first_rows.*migrate first"):
        backup()


def test_a_name_that_is_none_is_refused(place):
    for name in ("../up", "a/b", ".hidden", "x" * 81, "نام"):
        with pytest.raises(CommandError, match="name of a backup"):
            backup("--to", name)


class TestLedgerBesideTheBackups:
    def test_every_run_copies_it(self, place, settings):
        backup("--to", "one")
        subject = new_subject()
        subject.save()
        from desk_core.sealing import erase

        erase(subject.row)
        assert (place / "erasures.ledger").read_bytes() != erasures.read()
        assert "4 lines" not in backup("--ledger")
        assert (place / "erasures.ledger").read_bytes() == erasures.read()

    def test_a_ledger_that_was_begun_anew_never_covers_the_old_one(self, place, settings):
        backup("--to", "one")
        copied = (place / "erasures.ledger").read_bytes()
        settings.DESK_ERASURE_LEDGER.unlink()
        with pytest.raises(CommandError, match="does not go on from"):
            backup("--to", "two")
        assert (place / "erasures.ledger").read_bytes() == copied


@pytest.mark.django_db(transaction=True)
def test_a_process_that_reaches_a_real_limit_says_so(tmp_path):
    """The command itself, as an operator meets a full disk: a limit of the system."""
    environment = {
        **os.environ,
        "DESK_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
    }
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(str(database["NAME"]))) as one,
            closing(sqlite3.connect(tmp_path / "db.sqlite3")) as other,
        ):
            one.backup(other)
    else:
        user, password = database["USER"], database["PASSWORD"]
        host, port, name = database["HOST"], database["PORT"], database["NAME"]
        environment["DATABASE_URL"] = f"postgres://{user}:{password}@{host}:{port}/{name}"
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "big.bin").write_bytes(os.urandom(12_000_000))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, 8_000_000))

    command = [sys.executable, "manage.py", "backup", "--to", "nightly"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, preexec_fn=limit
    )
    assert done.returncode == 1
    assert "There is no room left" in done.stderr
    assert "Traceback" not in done.stderr
    names = [path.name for path in files_of(tmp_path / "backups" / "nightly")]
    assert names
    assert all(name.startswith("database-") for name in names)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "The unfinished backup nightly goes on." in done.stdout
    assert (tmp_path / "backups" / "nightly" / shelf.MANIFEST).exists()
