"""What stops a restore before anything is written; the drill in tests/service_requests goes on."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from desk_core import erasures
from desk_core.backup import code_state, files, guard, restoring
from desk_core.models import OutgoingMessage, SubjectKey
from desk_core.sealing import Erased, erase, new_subject, open_subject
from tests.desk_core.backup.conftest import files_of, new_identity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nightly(place, identity, some_files) -> Path:
    new_subject().save()
    call_command("backup", to="nightly", stdout=StringIO())
    return place / "nightly"


def restore(identity: Path, **options) -> None:
    call_command("restore", "nightly", identity=str(identity), stdout=StringIO(), **options)


@pytest.fixture
def untouched(nightly):
    """Nothing is written by what the test does."""
    before = files_of(nightly.parent.parent), SubjectKey.objects.count()
    yield
    assert (files_of(nightly.parent.parent), SubjectKey.objects.count()) == before
    assert guard.marked_for() is None


@pytest.mark.usefixtures("untouched")
class TestBeforeAnythingIsWritten:
    def test_a_database_that_is_not_empty(self, identity):
        with pytest.raises(CommandError, match="The database is not empty: it has"):
            restore(identity)

    def test_storages_that_are_not_empty(self, identity, monkeypatch):
        monkeypatch.setattr(connection.introspection, "table_names", lambda *args: [])
        with pytest.raises(CommandError, match="The storage 'default' is not empty"):
            restore(identity)

    def test_again_never_empties_a_site(self, identity):
        with pytest.raises(CommandError, match="No restore was broken off here"):
            restore(identity, again=True)

    def test_another_identity(self, tmp_path):
        other = new_identity(tmp_path.parent / f"{tmp_path.name}.txt")
        with pytest.raises(CommandError, match="not encrypted for this identity"):
            restore(other)

    def test_keys_that_are_missing_are_named_all_at_once(self, identity, settings):
        other = "b3RoZXItZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDE="
        settings.DESK_KEYRING = {"k9": settings.DESK_INDEX_KEY}
        settings.DESK_INDEX_KEY = other
        with pytest.raises(CommandError) as caught:
            restore(identity)
        assert "DESK_KEYRING[dev1] is missing" in str(caught.value)
        assert "DESK_INDEX_KEY is another key" in str(caught.value)
        assert other not in str(caught.value)

    @pytest.mark.parametrize("change", ["more", "less"])
    def test_code_with_other_migrations(self, identity, monkeypatch, change):
        here = code_state.migrations()
        there = [*here, ["zzz", "0001_x"]] if change == "more" else here[:-1]
        monkeypatch.setattr(code_state, "migrations", lambda: there)
        said = r"zzz\.0001_x" if change == "more" else f"{here[-1][0]}.{here[-1][1]}"
        with pytest.raises(CommandError, match=rf"belongs to other code.*{said}"):
            restore(identity)


@pytest.mark.usefixtures("nightly")
class TestLedger:
    """Without the ledger whoever was erased would come back."""

    @pytest.fixture
    def reaches_the_target(self):
        """The ledger was accepted: the next thing to fail is the database, which is not empty."""
        return "The database is not empty"

    def test_it_is_missing(self, identity, settings, place, reaches_the_target):
        settings.DESK_ERASURE_LEDGER.unlink()
        (place / erasures_copy()).unlink()
        with pytest.raises(CommandError, match=r"ledger of erasures is missing.*--without-ledger"):
            restore(identity)
        with pytest.raises(CommandError, match=reaches_the_target):
            restore(identity, without_ledger=True)

    def test_the_copy_beside_the_backups_will_do(self, identity, settings, reaches_the_target):
        settings.DESK_ERASURE_LEDGER.unlink()
        with pytest.raises(CommandError, match=reaches_the_target):
            restore(identity)

    def test_it_is_broken(self, identity, settings):
        erase_somebody()
        lines = settings.DESK_ERASURE_LEDGER.read_bytes().splitlines(keepends=True)
        settings.DESK_ERASURE_LEDGER.write_bytes(lines[0] + lines[2])
        with pytest.raises(CommandError, match="broken at line 2"):
            restore(identity)

    def test_it_was_cut_below_the_backup(self, identity, settings, place):
        erase_somebody()
        call_command("backup", to="later", stdout=StringIO())
        whole = settings.DESK_ERASURE_LEDGER.read_bytes()
        begin = whole.splitlines(keepends=True)[0]
        settings.DESK_ERASURE_LEDGER.write_bytes(begin)
        (place / erasures_copy()).write_bytes(begin)
        with pytest.raises(CommandError, match="is not the one of this backup, or was cut"):
            call_command("restore", "later", identity=str(identity), stdout=StringIO())

    def test_it_belongs_to_another_site(self, identity, settings):
        settings.DESK_ERASURE_LEDGER.unlink()
        erasures.begin()
        with pytest.raises(CommandError, match="two different ones"):
            restore(identity)

    def test_it_goes_on_after_the_backup(self, identity, reaches_the_target):
        erase_somebody()
        with pytest.raises(CommandError, match=reaches_the_target):
            restore(identity)


def erasures_copy() -> str:
    from desk_core.backup.ledger_copy import NAME

    return NAME


def erase_somebody() -> SubjectKey:
    subject = new_subject()
    subject.save()
    erase(subject.row)
    return subject.row


def test_the_erased_are_erased_anew_with_what_points_at_them(place, monkeypatch):
    kept, gone = new_subject(), new_subject()
    kept.save()
    gone.save()
    asked = []
    monkeypatch.setattr(erasures, "_forgetters", [asked.append])
    erase(gone.row)
    at = erasures.erased(erasures.read())
    # As a backup from before brings it back.
    SubjectKey.objects.filter(pk=gone.row.pk).delete()
    back = SubjectKey.objects.create(id=gone.row.pk, key_id="dev1", wrapped=b"wrapped")
    assert restoring._erase_anew(at) == 1
    assert asked == [[gone.row.pk]]
    back.refresh_from_db()
    with pytest.raises(Erased):
        open_subject(back)
    assert back.erased_at == at[back.pk]
    open_subject(SubjectKey.objects.get(pk=kept.row.pk))
    assert restoring._erase_anew(at) == 0


def test_messages_that_may_have_been_sent_wait_for_a_decision(enqueue, place):
    message = enqueue()
    assert restoring._hold_messages_back() == 1
    row = OutgoingMessage.objects.get(pk=message.pk)
    assert (row.state, row.error[:21]) == ("quarantined", "it may have been sent")
    said = StringIO()
    call_command("requeue_messages", stdout=said)
    assert said.getvalue() == "0 messages queued again.\n"


class TestFiles:
    """Parts with files come back as they were, also over what a broken-off restore left."""

    def unpack(self, identity: Path, **options) -> list[files.Tally]:
        from desk_core.backup.recipients import read_identities
        from desk_core.backup.shelf import Shelf
        from tests.desk_core.backup.conftest import parts_of

        found = []
        for part in parts_of("nightly", identity):
            if part.kind == "files":
                with Shelf("nightly").open_part(part, read_identities(identity)) as archive:
                    found.append(files.unpack(archive, **options))
        return found

    def now(self) -> dict[str, bytes]:
        found = {}
        for alias in ("default", "private"):
            for name in files.walk(storages[alias]):
                with storages[alias].open(name) as file:
                    found[f"{alias}/{name}"] = file.read()
        return found

    def test_byte_for_byte(self, nightly, identity, some_files):
        shutil.rmtree(storages["default"].location)
        shutil.rmtree(storages["private"].location)
        assert sum(tally.count for tally in self.unpack(identity)) == len(some_files)
        assert self.now() == some_files

    def test_over_half_a_restore(self, nightly, identity, some_files):
        storages["private"].delete("ab/one.sealed")
        half = Path(storages["private"].path("cd/two.sealed"))
        half.write_bytes(b"half")
        self.unpack(identity, keep_equal=True)
        assert self.now() == some_files

    def test_a_storage_that_the_settings_do_not_know(self, nightly, identity, settings):
        from desk_core.backup.errors import BackupError

        shutil.rmtree(storages["default"].location)
        settings.STORAGES = {k: v for k, v in settings.STORAGES.items() if k != "private"}
        with pytest.raises(BackupError, match="no storage 'private'"):
            self.unpack(identity)
