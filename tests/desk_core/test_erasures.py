"""The ledger of erasures: nobody who was erased is missing from it, nobody else is in it."""

import datetime as dt
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from desk_core import erasures
from desk_core.models import SubjectKey
from desk_core.sealing import erase, new_subject

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ledger(settings, tmp_path) -> Path:
    settings.DESK_ERASURE_LEDGER = tmp_path / "var" / "erasures.ledger"
    return settings.DESK_ERASURE_LEDGER


def subject() -> SubjectKey:
    made = new_subject()
    made.save()
    return made.row


def words(row: SubjectKey) -> list[str]:
    return [e.what for e in erasures.entries(erasures.read()) if e.subject == row.pk]


@pytest.mark.django_db(transaction=True)
class TestErasing:
    def test_an_erasure_is_in_the_ledger_before_its_commit_and_confirmed_after_it(self, ledger):
        row = subject()
        with transaction.atomic():
            erase(row)
            assert words(row) == ["intent"]
        assert words(row) == ["intent", "done"]
        assert list(erasures.erased(erasures.read())) == [row.pk]

    def test_repeating_an_erasure_adds_nothing(self, ledger):
        row = subject()
        erase(row)
        before = erasures.read()
        erase(row)
        erase(SubjectKey.objects.get(pk=row.pk))
        assert erasures.read() == before

    def test_what_the_ledger_cannot_take_is_not_erased(self, ledger):
        row = subject()
        ledger.parent.write_text("a file where the folder should be")
        with pytest.raises(OSError, match=r"exists|directory"):
            erase(row)
        assert SubjectKey.objects.get(pk=row.pk).wrapped is not None

    def test_an_erasure_rolled_back_is_settled_as_void(self, ledger):
        row = subject()
        with transaction.atomic():
            erase(row)
            transaction.set_rollback(True)
        assert words(row) == ["intent"]
        later = timezone.now() + dt.timedelta(minutes=20)
        assert erasures.settle(at=later) == 1
        assert words(row) == ["intent", "void"]
        assert erasures.erased(erasures.read()) == {}
        assert SubjectKey.objects.get(pk=row.pk).wrapped is not None
        # It may be erased for good afterwards.
        erase(SubjectKey.objects.get(pk=row.pk))
        assert row.pk in erasures.erased(erasures.read())

    def test_a_crash_between_commit_and_confirmation_leaves_the_person_erased(
        self, ledger, monkeypatch
    ):
        row = subject()
        monkeypatch.setattr(erasures, "confirm", lambda subject: 1 / 0)
        erase(row)
        assert words(row) == ["intent"]
        assert row.pk in erasures.erased(erasures.read())
        erasures.settle(at=timezone.now() + dt.timedelta(minutes=20))
        assert words(row) == ["intent", "done"]

    def test_a_transaction_that_may_still_be_open_is_not_judged(self, ledger):
        row = subject()
        with transaction.atomic():
            erase(row)
            assert erasures.settle() == 0
        assert words(row) == ["intent", "done"]


class TestChain:
    def three(self) -> bytes:
        for _ in range(3):
            erasures.intend(uuid.uuid4())
        return erasures.read()

    def test_it_holds_ids_and_times_and_nothing_else(self, ledger):
        lines = self.three().decode().splitlines()
        assert len(lines) == 4
        assert ledger.stat().st_mode & 0o777 == 0o600
        for line in lines:
            assert set(eval(line)) == {"n", "at", "what", "subject", "chain"}  # noqa: S307

    @pytest.mark.parametrize("harm", ["change", "drop", "swap", "garbage", "drop the first"])
    def test_a_line_changed_dropped_or_moved_breaks_it(self, ledger, harm):
        lines = self.three().splitlines(keepends=True)
        if harm == "change":
            lines[2] = lines[2].replace(b'"intent"', b'"void"')
        elif harm == "drop":
            del lines[1]
        elif harm == "swap":
            lines[1], lines[2] = lines[2], lines[1]
        elif harm == "drop the first":
            del lines[0]
        else:
            lines[1] = b"not JSON\n"
        with pytest.raises(erasures.BrokenLedger, match="line"):
            list(erasures.entries(b"".join(lines)))

    def test_half_a_line_after_a_power_cut_is_passed_over(self, ledger):
        whole = self.three()
        with ledger.open("ab") as file:
            file.write(b'{"n":4,"at":"2026')
        assert erasures.read() == whole
        erasures.intend(uuid.uuid4())
        assert [entry.number for entry in erasures.entries(erasures.read())] == [0, 1, 2, 3, 4]

    def test_many_processes_write_one_chain(self, ledger):
        code = (
            "import django, uuid; django.setup()\n"
            "from django.conf import settings; from pathlib import Path; import os\n"
            "settings.DESK_ERASURE_LEDGER = Path(os.environ['LEDGER'])\n"
            "from desk_core import erasures\n"
            "for _ in range(40): erasures.intend(uuid.uuid4())\n"
        )
        environment = {
            **os.environ,
            "LEDGER": str(ledger),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        }
        running = [
            subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(2)
        ]
        assert [each.wait(120) for each in running] == [0, 0]
        assert len(list(erasures.entries(erasures.read()))) == 81

    def test_a_ledger_is_put_back_where_there_is_none_or_its_beginning(self, ledger):
        whole = self.three()
        ledger.unlink()
        erasures.put_back(whole)
        erasures.put_back(whole)
        assert erasures.read() == whole
        ledger.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
        erasures.put_back(whole)
        assert erasures.read() == whole
        ledger.unlink()
        erasures.begin()
        with pytest.raises(erasures.BrokenLedger, match="another one"):
            erasures.put_back(whole)
