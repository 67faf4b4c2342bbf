"""A backup counts as verified only after it came back."""

import shutil
import tempfile
import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, connection, connections
from django.utils import timezone

from desk_core.backup import records, rehearsal, restoring, samples, scratch, verifying
from desk_core.backup.errors import Hindered
from desk_core.backup.shelf import MANIFEST
from desk_core.locks import UNDER_WAY
from desk_core.models import AuditEntry, Backup, SubjectKey
from desk_core.sealing import new_subject
from tests.desk_core.backup.conftest import files_of, new_identity

# Emptying all tables after a test is dear: only those that need what is committed do it.
pytestmark = pytest.mark.django_db


@pytest.fixture
def nightly(place, identity, some_files) -> Path:
    """A finished backup; its folder."""
    new_subject().save()
    AuditEntry(action="a", target="t", detail={"ی": [1, None]}).save()
    call_command("backup", to="nightly", stdout=StringIO())
    return place / "nightly"


def verify(identity: Path, **options) -> str:
    said = StringIO()
    call_command("verify_backup", "nightly", identity=str(identity), stdout=said, **options)
    return said.getvalue()


@pytest.mark.strict_drill
@pytest.mark.django_db(transaction=True)
def test_it_comes_back_beside_the_live_site_which_goes_on(nightly, identity, monkeypatch):
    before = files_of(nightly.parent.parent / "private")
    original = verifying._rehearse

    def meanwhile(*arguments):
        def write() -> None:
            AuditEntry(action="meanwhile", target="t").save()
            connections.close_all()

        thread = threading.Thread(target=write)
        thread.start()
        found = original(*arguments)
        thread.join()
        return found

    monkeypatch.setattr(verifying, "_rehearse", meanwhile)
    began = timezone.now()
    said = verify(identity)
    assert "Verified" in said
    row = Backup.objects.get(name="nightly")
    assert row.verified_at > began
    assert row.problems == []
    assert row.verified_counts["rows"] == row.counts["rows"]
    assert row.verified_counts["files"] == 4
    assert records.verified_after(row.covers_until - UNDER_WAY) is None
    stamped = row.covers_until - UNDER_WAY - timezone.timedelta(seconds=1)
    assert records.verified_after(stamped) == row
    assert records.verified_after(timezone.now()) is None
    assert_every_file_is_missed(row, nightly)
    # The live site was left alone.
    assert AuditEntry.objects.filter(action="meanwhile").count() == 1
    assert SubjectKey.objects.get().wrapped is not None
    assert files_of(nightly.parent.parent / "private") == before
    assert leftovers() == []


def assert_every_file_is_missed(row: Backup, folder: Path) -> None:
    """A verified backup proves nothing without any one of its files."""
    long_ago = row.started_at - timezone.timedelta(days=1)
    assert len(row.parts) == len(files_of(folder)) - 1
    for path in files_of(folder):
        data = path.read_bytes()
        path.write_bytes(data + b"x")
        assert records.changed_files(row) == [path.name]
        path.unlink()
        assert records.changed_files(row) == [path.name]
        if path.name != MANIFEST:
            assert path.name in listed()
        assert records.verified_after(long_ago) is None
        path.write_bytes(data)
        assert records.verified_after(long_ago) == row


def listed() -> str:
    said = StringIO()
    call_command("backup", "--list", stdout=said)
    return said.getvalue()


def leftovers() -> list[str]:
    """Databases of verifications on the server."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{connection.settings_dict['NAME']}_verify_"],
        )
        return [name for (name,) in cursor.fetchall()]


class TestWhatIsWrong:
    """Each is told, recorded, and takes away that the backup was verified."""

    @pytest.fixture(autouse=True)
    def verified_before(self, nightly):
        Backup.objects.update(verified_at=timezone.now())

    def failed(self, identity: Path, said: str) -> None:
        with pytest.raises(CommandError, match=said):
            verify(identity)
        row = Backup.objects.get(name="nightly")
        assert row.verified_at is None
        assert row.problems
        assert records.verified_after(row.started_at) is None
        assert "FAILED" in listed()

    @pytest.mark.parametrize("prefix", ["database", "files"])
    def test_one_byte_of_a_part(self, nightly, identity, prefix):
        (part,) = nightly.glob(f"{prefix}*")
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(bytes(data))
        self.failed(identity, f"{part.name} was altered or cut")

    def test_a_part_that_was_cut(self, nightly, identity):
        (part,) = nightly.glob("files*")
        part.write_bytes(part.read_bytes()[:-1])
        self.failed(identity, f"{part.name} was altered or cut")

    def test_a_part_that_is_missing(self, nightly, identity):
        (part,) = nightly.glob("files*")
        part.unlink()
        self.failed(identity, f"{part.name} is missing")

    def test_a_manifest_that_is_another_file(self, nightly, identity):
        manifest = nightly / MANIFEST
        manifest.write_bytes(manifest.read_bytes() + b"x")
        self.failed(identity, "not the file that was written")

    def test_a_manifest_that_is_gone(self, nightly, identity):
        (nightly / MANIFEST).unlink()
        with pytest.raises(CommandError, match="unfinished: it has no manifest"):
            verify(identity)
        assert Backup.objects.get().verified_at is None

    def test_a_sample_that_does_not_open(self, nightly, identity, monkeypatch):
        monkeypatch.setattr(
            verifying,
            "_rehearse",
            lambda *args: {"problems": ["The case 1 does not open."], "counts": {"rows": 3}},
        )
        self.failed(identity, "The case 1 does not open")


class TestWhatSaysNothingAboutTheBackup:
    """It could not be tried: what was known of it stays known."""

    @pytest.fixture(autouse=True)
    def verified_before(self, nightly):
        Backup.objects.update(verified_at=timezone.now())
        yield
        assert Backup.objects.get(name="nightly").verified_at is not None

    def test_another_identity(self, tmp_path):
        with pytest.raises(CommandError, match="not encrypted for this identity"):
            verify(new_identity(tmp_path / "other.txt"))

    def test_a_key_that_is_missing_or_another(self, identity, settings):
        ring = settings.DESK_KEYRING
        other = "b3RoZXItZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDE="
        settings.DESK_KEYRING = {"new": other}
        with pytest.raises(CommandError, match=r"DESK_KEYRING\[dev1\] is missing"):
            verify(identity)
        settings.DESK_KEYRING = {"dev1": other}
        with pytest.raises(CommandError, match=r"DESK_KEYRING\[dev1\] is another key"):
            verify(identity)
        settings.DESK_KEYRING = ring
        settings.DESK_PEPPER = {"2": other}
        with pytest.raises(CommandError, match=r"DESK_PEPPER\[1\] is missing"):
            verify(identity)

    def test_a_machine_without_room(self, identity, monkeypatch):
        usage = shutil.disk_usage("/")._replace(free=10)
        monkeypatch.setattr(scratch.shutil, "disk_usage", lambda place: usage)
        with pytest.raises(CommandError, match="There is no room below"):
            verify(identity)

    @pytest.mark.parametrize(
        "failure",
        [
            OSError(28, "No space left on device"),
            OperationalError("database or disk is full"),
            Hindered("There is no room left for private/x."),
            TimeoutError(),
            MemoryError(),
            InterfaceError("connection already closed"),
        ],
    )
    def test_a_machine_that_fails_on_the_way(self, identity, monkeypatch, failure):
        def restore(**options):
            raise failure

        monkeypatch.setattr(restoring, "restore", restore)
        monkeypatch.setattr(
            verifying, "_rehearse", lambda *given: rehearsal.rehearse(*map(str, given[:2]), 1)
        )
        with pytest.raises(CommandError, match="could not be tried, so it stays as it was"):
            verify(identity)

    @pytest.mark.parametrize("sample", [0, -1])
    def test_a_sample_of_nothing(self, identity, sample):
        with pytest.raises(CommandError, match="--sample 1 or more"):
            verify(identity, sample=sample)

    def test_a_name_that_does_not_exist(self, identity):
        with pytest.raises(CommandError, match="other does not exist"):
            call_command("verify_backup", "other", identity=str(identity))


def test_a_manifest_that_somebody_else_wrote_is_refused(nightly, identity, settings):
    """Whoever may write to the bucket can encrypt for the public key, and not seal."""
    from desk_core.backup import manifest
    from desk_core.backup.recipients import read_identities, recipients
    from desk_core.backup.shelf import Shelf

    body = manifest.read(Shelf("nightly"), read_identities(identity)).body
    body["files"]["count"] = 0
    genuine = settings.DESK_KEYRING
    settings.DESK_KEYRING = {"dev1": "b3RoZXItZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDE="}
    forged = manifest.write(body)
    settings.DESK_KEYRING = genuine
    Shelf("nightly").write_manifest(forged, recipients())
    Backup.objects.all().delete()
    with pytest.raises(CommandError, match="not written by this site"):
        verify(identity)


@pytest.mark.django_db(transaction=True)
def test_databases_left_by_killed_verifications_are_dropped(place):
    if connection.vendor == "sqlite":
        with scratch.site() as environment:
            folder = Path(environment["REHEARSAL_SITE"]).parent
            assert folder.stat().st_mode & 0o077 == 0
        assert not folder.exists()
        return
    name = f"{connection.settings_dict['NAME']}_verify_00000000"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    with scratch.site():
        assert name not in leftovers()
        assert len(leftovers()) == 1
    assert leftovers() == []


def test_samples_add_up(monkeypatch):
    monkeypatch.setattr(samples, "_readers", [])

    def reader(size: int) -> samples.Sample:
        sample = samples.Sample(problems=["one"])
        for _ in range(size):
            sample.count("cases")
        return sample

    samples.register_sample(reader)
    samples.register_sample(reader)
    samples.register_sample(lambda size: samples.Sample(opened={"cases": 1, "files": 2}))
    found = samples.read_all(3)
    assert (found.opened, found.problems) == ({"cases": 4, "files": 2}, ["one"])


def test_a_sample_that_opens_nothing_of_what_is_there_is_a_problem(monkeypatch):
    there = {"much": 3, "nothing": 0}
    monkeypatch.setattr(
        samples, "_readers", [lambda size, n=n: samples.Sample(there=n) for n in there.values()]
    )
    found = samples.read_all(3)
    assert found.there == 3
    assert found.problems == ["None of the 3 records that could be opened was."]


def test_folders_left_by_killed_verifications_are_swept_and_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{scratch.FOLDER}killed"
    (left / "files").mkdir(parents=True)
    (left / "files" / "one").write_bytes(b"plain")
    (tmp_path / "other").mkdir()
    (tmp_path / f"{scratch.FOLDER}link").symlink_to(tmp_path / "other")
    with scratch._folder() as running:
        assert running.stat().st_mode & 0o777 == 0o700
        (running / "db.sqlite3").touch()
        assert scratch.sweep() == 1
        assert not left.exists()
        assert (running / "db.sqlite3").exists()
        assert (tmp_path / "other").exists()
    assert not running.exists()
    assert scratch.sweep() == 0
