import base64
import os
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from desk_core.locks import when_unlocked
from desk_core.models import SubjectKey
from desk_core.rotation import left_by_key, rotate
from desk_core.sealing import Erased, erase, new_subject, open_subject

NEW = base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def old(settings) -> dict[str, str]:
    return dict(settings.DESK_KEYRING)


def run(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("rotate_keys", *args, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{err.getvalue()}{error}"
    return out.getvalue(), err.getvalue()


def stored(number: int) -> list[tuple]:
    subjects = [new_subject() for _ in range(number)]
    for subject in subjects:
        subject.save()
    return [(s.row.pk, s.seal(str(s.row.pk).encode(), record="r")) for s in subjects]


def assert_all_open(sealed: list[tuple]) -> None:
    for pk, value in sealed:
        subject = open_subject(SubjectKey.objects.get(pk=pk))
        assert subject.open(value, record="r") == str(pk).encode()


@pytest.mark.django_db
class TestRotation:
    def test_every_key_moves_and_everything_still_opens(self, settings, old):
        sealed = stored(25)
        settings.DESK_KEYRING = {"new": NEW, **old}
        assert_all_open(sealed)
        assert left_by_key() == {"dev1": 25}
        out, err = run("--batch", "10")
        assert "25 data keys re-wrapped under 'new'." in out
        assert "not needed" in out
        assert err == ""
        settings.DESK_KEYRING = {"new": NEW}
        assert_all_open(sealed)

    def test_a_key_can_be_known_before_it_is_used(self, settings, old):
        settings.DESK_KEYRING = {**old, "new": NEW}
        assert new_subject().row.key_id == "dev1"

    def test_running_it_again_does_nothing(self, settings, old):
        stored(3)
        settings.DESK_KEYRING = {"new": NEW, **old}
        run()
        before = list(SubjectKey.objects.order_by("pk").values_list("wrapped", flat=True))
        out, _err = run()
        assert "0 data keys" in out
        after = list(SubjectKey.objects.order_by("pk").values_list("wrapped", flat=True))
        assert list(map(bytes, before)) == list(map(bytes, after))

    def test_check_only_tells(self, settings, old):
        stored(3)
        settings.DESK_KEYRING = {"new": NEW, **old}
        out, err = run("--check")
        assert out == ""
        assert "Keep the other keys in DESK_KEYRING: 'dev1' wraps 3." in err
        assert left_by_key() == {"dev1": 3}

    def test_what_cannot_be_moved_is_named_and_the_rest_moves(self, settings, old):
        sealed = stored(5)
        broken, lost = SubjectKey.objects.order_by("pk")[:2]
        SubjectKey.objects.filter(pk=broken.pk).update(wrapped=b"broken")
        SubjectKey.objects.filter(pk=lost.pk).update(key_id="lost")
        settings.DESK_KEYRING = {"new": NEW, **old}
        out, err = run("--batch", "2")
        assert "3 data keys" in out
        assert str(broken.pk) in err
        assert "Key 'lost' is not in DESK_KEYRING" in err
        assert "'dev1' wraps 1, 'lost' wraps 1" in err
        assert_all_open([item for item in sealed if item[0] not in (broken.pk, lost.pk)])

    def test_an_erased_key_stays_erased(self, settings, old):
        stored(4)
        settings.DESK_KEYRING = {"new": NEW, **old}
        rows = list(SubjectKey.objects.order_by("pk"))
        steps = rotate(batch=1)
        next(steps)
        for row in rows:
            erase(row)
        assert [progress.done for progress in steps] == []
        assert not SubjectKey.objects.filter(wrapped__isnull=False).exists()
        for row in SubjectKey.objects.all():
            with pytest.raises(Erased):
                open_subject(row)

    def test_a_key_erased_between_reading_and_writing_is_passed_over(
        self, settings, old, monkeypatch
    ):
        from desk_core import rotation

        stored(3)
        settings.DESK_KEYRING = {"new": NEW, **old}
        victim = SubjectKey.objects.order_by("pk").first()
        real = rotation._write

        def late(wrapped: dict) -> int:
            erase(victim)
            return real(wrapped)

        monkeypatch.setattr(rotation, "_write", late)
        assert [progress.done for progress in rotate()] == [2]
        assert SubjectKey.objects.get(pk=victim.pk).wrapped is None

    def test_a_batch_is_one_read_and_one_write(self, settings, old, django_assert_num_queries):
        stored(30)
        settings.DESK_KEYRING = {"new": NEW, **old}
        with django_assert_num_queries(2 + 3 * 2 + 1):
            assert [progress.done for progress in rotate(batch=10)] == [10, 20, 30]


@pytest.mark.django_db(transaction=True)
def test_the_site_serves_while_keys_rotate(settings, old):
    sealed = stored(400)
    settings.DESK_KEYRING = {"new": NEW, **old}
    stopping = threading.Event()
    errors: list[BaseException] = []
    made: list[tuple] = []
    opened = 0

    def serve(step) -> None:
        try:
            while not stopping.is_set():
                step()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    def read() -> None:
        nonlocal opened
        for pk, value in sealed[::7]:
            subject = open_subject(SubjectKey.objects.get(pk=pk))
            assert subject.open(value, record="r") == str(pk).encode()
            opened += 1

    def write() -> None:
        subject = new_subject()

        def insert() -> None:
            with transaction.atomic():
                subject.row._state.adding = True
                subject.save()

        when_unlocked(insert)
        made.append((subject.row.pk, subject.seal(str(subject.row.pk).encode(), record="r")))

    threads = [threading.Thread(target=serve, args=(step,)) for step in (read, read, write)]
    for thread in threads:
        thread.start()
    try:
        out, err = run("--batch", "20")
    finally:
        stopping.set()
        for thread in threads:
            thread.join(60)
    assert errors == []
    assert opened > 0
    assert len(made) > 0
    assert "400 data keys re-wrapped" in out
    assert err == ""
    settings.DESK_KEYRING = {"new": NEW}
    assert_all_open(sealed + made)
