import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk_core import delivery
from desk_core.channels.base import Channel, ChannelDown, GiveUp, TryAgain, Unsure
from desk_core.delivery import LEASE, LONGEST_PAUSE, deliver_due, pause_after
from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage
from desk_core.sealing import erase

W, S, Q = MessageState.WAITING, MessageState.SENT, MessageState.QUARANTINED


class Scripted(Channel):
    """A channel that notes each letter, then does what it was told."""

    letters: list = []
    does: object = None
    repeats = False
    opened = 0

    def __init__(self) -> None:
        type(self).opened += 1

    def can_repeat(self, letter) -> bool:
        return type(self).repeats

    def send(self, letter) -> str:
        type(self).letters.append(letter)
        does = type(self).does
        if callable(does):
            does = does(letter)
        if isinstance(does, BaseException):
            raise does
        return does or f"n{letter.local_id}"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def scripted(settings):
    Scripted.letters, Scripted.does, Scripted.repeats, Scripted.opened = [], None, False, 0
    path = f"{Scripted.__module__}.Scripted"
    settings.DESK_CHANNELS = {"email": path, "sms": path}
    return Scripted


def make_due(message: OutgoingMessage) -> None:
    OutgoingMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())


def fresh(message: OutgoingMessage) -> OutgoingMessage:
    return OutgoingMessage.objects.get(pk=message.pk)


class TestOneWorker:
    def test_what_is_due_is_sent_once_and_its_recipient_forgotten(self, enqueue, scripted):
        message = enqueue()
        assert deliver_due() == 1
        assert deliver_due() == 0
        message = fresh(message)
        assert (message.state, message.attempts, message.lease) == (S, 1, None)
        assert message.provider_id == f"n{message.local_id}"
        assert bytes(message.sealed) == b""
        assert message.finished_at is not None
        [letter] = scripted.letters
        assert letter.recipient == "+989123456789"
        assert letter.text == "Case 120000000005 & co"

    def test_an_email_has_its_subject_line_and_its_language(self, enqueue, scripted):
        enqueue(channel="email", recipient="a@example.ir")
        enqueue(channel="email", recipient="a@example.ir", language="en")
        deliver_due()
        persian, english = sorted(scripted.letters, key=lambda letter: -ord(letter.language[0]))
        assert persian.subject_line == english.subject_line == "Case 120000000005 & co"
        assert english.text == "Yes <120000000005>"
        assert persian.text == "بله <120000000005>"

    def test_a_batch_is_limited_and_opens_each_channel_once(self, enqueue, scripted):
        for _ in range(5):
            enqueue()
        assert deliver_due(limit=3) == 3
        assert len(scripted.letters) == 3
        assert scripted.opened == 1
        assert deliver_due(limit=3) == 2

    def test_a_message_for_later_waits(self, enqueue, scripted):
        message = enqueue()
        OutgoingMessage.objects.update(due_at=timezone.now() + timedelta(seconds=30))
        assert deliver_due() == 0
        assert fresh(message).state == W

    def test_a_passing_failure_is_tried_again_later(self, enqueue, scripted):
        message = enqueue()
        scripted.does = TryAgain("busy")
        deliver_due()
        message = fresh(message)
        assert (message.state, message.attempts, message.error) == (W, 1, "busy")
        assert message.lease is None
        wait = message.due_at - timezone.now()
        assert timedelta(seconds=10) < wait < timedelta(seconds=50)
        scripted.does = None
        make_due(message)
        deliver_due()
        message = fresh(message)
        assert (message.state, message.attempts, message.error) == (S, 2, "")

    def test_after_so_many_attempts_it_is_set_aside(self, enqueue, scripted, settings, caplog):
        settings.DESK_OUTBOX_ATTEMPTS = 3
        message = enqueue()
        scripted.does = TryAgain("busy")
        for _ in range(5):
            make_due(message)
            deliver_due()
        message = fresh(message)
        assert (message.state, message.attempts, message.error) == (Q, 3, "busy")
        assert len(scripted.letters) == 3
        assert "set aside" in caplog.text
        assert "9123456789" not in caplog.text

    def test_a_hopeless_one_is_set_aside_at_once(self, enqueue, scripted):
        message = enqueue()
        scripted.does = GiveUp("wrong number")
        deliver_due()
        assert (fresh(message).state, fresh(message).error) == (Q, "wrong number")
        # It can be looked at and queued again: what it says is still there.
        assert bytes(fresh(message).sealed) != b""

    def test_one_bad_letter_does_not_stop_the_others(self, enqueue, scripted, caplog):
        bad, good = enqueue(), enqueue()
        personal = "Maryam 0912"
        scripted.does = lambda letter: (
            ValueError(personal) if letter.local_id == bad.local_id else None
        )
        deliver_due()
        assert fresh(good).state == S
        assert fresh(bad).state == Q
        assert "ValueError" in fresh(bad).error
        assert personal not in fresh(bad).error + caplog.text

    def test_a_dead_channel_costs_one_attempt_of_one_message(self, enqueue, scripted):
        messages = [enqueue() for _ in range(4)]
        scripted.does = ChannelDown("no connection", after=timedelta(minutes=10))
        assert deliver_due() == 4
        assert len(scripted.letters) == 1
        rows = [fresh(message) for message in messages]
        assert sorted(row.attempts for row in rows) == [0, 0, 0, 1]
        assert all(row.state == W and row.lease is None for row in rows)
        assert all(row.due_at > timezone.now() + timedelta(minutes=9) for row in rows)

    def test_a_dead_channel_does_not_hold_up_the_other(self, enqueue, scripted):
        sms, email = enqueue(), enqueue(channel="email", recipient="a@example.ir")
        scripted.does = lambda letter: ChannelDown("x") if letter.channel == "sms" else None
        deliver_due()
        assert (fresh(sms).state, fresh(email).state) == (W, S)

    def test_a_channel_that_does_not_start_costs_no_attempt(self, enqueue, settings, caplog):
        message = enqueue()
        settings.DESK_CHANNELS = {"sms": "desk_core.channels.kavenegar.KavenegarChannel"}
        settings.DESK_KAVENEGAR = {}
        deliver_due()
        message = fresh(message)
        assert (message.state, message.attempts, message.lease) == (W, 0, None)
        assert message.due_at > timezone.now()
        assert "does not start" in caplog.text

    def test_a_message_of_an_erased_subject_is_cancelled(self, enqueue, scripted):
        message = enqueue()
        erase(message.subject_key)
        deliver_due()
        message = fresh(message)
        assert (message.state, message.error) == (MessageState.CANCELLED, "erased")
        assert bytes(message.sealed) == b""
        assert scripted.letters == []

    def test_a_message_that_was_tampered_with_is_set_aside(self, enqueue, scripted):
        one, two = enqueue(), enqueue()
        OutgoingMessage.objects.filter(pk=one.pk).update(sealed=two.sealed)
        deliver_due()
        assert (fresh(one).state, fresh(one).error) == (Q, "its seal is broken")
        assert fresh(two).state == S

    def test_a_template_that_breaks_sets_its_message_aside(self, enqueue, scripted):
        message = enqueue(template="test/broken")
        deliver_due()
        assert fresh(message).state == Q
        assert "test/broken.sms.txt does not render" in fresh(message).error

    def test_a_worker_that_is_told_to_stop_gives_back_what_it_did_not_begin(
        self, enqueue, scripted
    ):
        messages = [enqueue() for _ in range(3)]
        deliver_due(stop=lambda: len(scripted.letters) >= 1)
        states = sorted(fresh(message).state for message in messages)
        assert states == [S, W, W]
        assert not OutgoingMessage.objects.exclude(lease=None).exists()
        assert deliver_due() == 2

    def test_a_batch_costs_a_fixed_number_of_queries_and_two_writes_a_message(
        self, enqueue, scripted, django_assert_num_queries
    ):
        for _ in range(10):
            enqueue()
        # Claiming: savepoint, [select], update, release; reading; ten times two; giving back.
        claiming = 4 if connection.vendor == "postgresql" else 3
        with django_assert_num_queries(claiming + 1 + 20 + 1):
            deliver_due()


class TestCrash:
    """A worker dies in the middle of a message."""

    def crash(self, scripted) -> None:
        scripted.does = Killed()
        with pytest.raises(Killed):
            deliver_due()
        scripted.does = None

    def test_nobody_else_takes_it_before_the_lease_ends(self, enqueue, scripted):
        enqueue()
        self.crash(scripted)
        assert deliver_due() == 0

    def test_what_may_have_been_sent_is_not_sent_twice(self, enqueue, scripted):
        message = enqueue()
        self.crash(scripted)
        make_due(message)
        deliver_due()
        assert len(scripted.letters) == 1
        assert (fresh(message).state, fresh(message).error) == (
            Q,
            "it may have been sent already",
        )

    def test_what_was_claimed_but_not_begun_is_sent(self, enqueue, scripted):
        messages = [enqueue() for _ in range(3)]
        self.crash(scripted)
        OutgoingMessage.objects.update(due_at=timezone.now())
        deliver_due()
        assert sorted(fresh(message).state for message in messages) == [Q, S, S]
        assert len({letter.local_id for letter in scripted.letters}) == len(scripted.letters)

    def test_a_channel_that_tells_repeats_is_asked_again(self, enqueue, scripted):
        scripted.repeats = True
        message = enqueue()
        self.crash(scripted)
        make_due(message)
        deliver_due()
        first, second = scripted.letters
        assert first.local_id == second.local_id
        assert (first.unsure_since, second.attempt) == (None, 2)
        assert second.unsure_since is not None
        assert fresh(message).state == S

    def test_a_letter_that_kills_its_worker_each_time_is_set_aside(
        self, enqueue, scripted, settings
    ):
        settings.DESK_OUTBOX_ATTEMPTS = 3
        scripted.repeats = True
        message = enqueue()
        for _ in range(3):
            make_due(message)
            self.crash(scripted)
        make_due(message)
        deliver_due()
        assert fresh(message).state == Q
        assert len(scripted.letters) == 3

    def test_a_lost_reply_is_repeated_only_where_it_can_be(self, enqueue, scripted):
        scripted.does = Unsure("no reply")
        for scripted.repeats, state in ((False, Q), (True, W)):
            message = enqueue()
            deliver_due()
            message = fresh(message)
            assert message.state == state
            assert "no reply" in message.error
        assert message.started_at is not None

    def test_a_later_certain_failure_does_not_make_the_first_certain(self, enqueue, scripted):
        scripted.repeats = True
        message = enqueue()
        scripted.does = Unsure("no reply")
        deliver_due()
        since = fresh(message).started_at
        scripted.does = TryAgain("busy")
        make_due(message)
        deliver_due()
        assert fresh(message).started_at == since

    def test_a_crash_after_a_lost_reply_keeps_the_time_of_the_first_attempt(
        self, enqueue, scripted
    ):
        scripted.repeats = True
        message = enqueue()
        scripted.does = Unsure("no reply")
        deliver_due()
        since = fresh(message).started_at
        make_due(message)
        self.crash(scripted)
        assert fresh(message).started_at == since

    def test_nothing_is_begun_when_the_lease_is_nearly_over(self, enqueue, scripted, monkeypatch):
        message = enqueue()
        monkeypatch.setattr(delivery, "LEASE", timedelta(seconds=30))
        deliver_due()
        assert scripted.letters == []
        assert (fresh(message).state, fresh(message).attempts) == (W, 0)

    def test_an_outcome_that_comes_after_the_lease_changes_nothing(self, enqueue, scripted, caplog):
        message = enqueue()

        def stall(letter) -> None:
            OutgoingMessage.objects.update(lease=None, due_at=timezone.now() + LEASE)

        scripted.does = stall
        deliver_due()
        assert fresh(message).state == W
        assert "lease ended" in caplog.text


@given(st.integers(0, 1000))
def test_the_pause_doubles_and_is_bounded_and_spread(attempts):
    pause = pause_after(attempts)
    base = min(timedelta(seconds=30) * 2 ** (max(attempts, 1) - 1), LONGEST_PAUSE) \
        if attempts < 40 else LONGEST_PAUSE  # fmt: skip
    assert base * 0.5 <= pause <= base * 1.5


def test_pauses_differ():
    assert len({pause_after(3) for _ in range(20)}) > 15


@pytest.mark.django_db(transaction=True)
class TestManyWorkers:
    def test_several_workers_send_each_message_once(self, enqueue, scripted):
        total, workers = 60, 4
        for _ in range(total):
            enqueue()
        claimed: list[int] = []
        errors: list[BaseException] = []
        ready = threading.Barrier(workers)

        def work() -> None:
            try:
                ready.wait()
                while number := deliver_due(limit=7):
                    claimed.append(number)
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert errors == []
        numbers = [letter.local_id for letter in scripted.letters]
        assert len(numbers) == len(set(numbers)) == total
        assert OutgoingMessage.objects.filter(state=S, attempts=1).count() == total
        assert sum(claimed) == total

    def test_a_claim_passes_over_rows_that_another_worker_is_claiming(self, enqueue, scripted):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer at a time")
        held, free = enqueue(), enqueue()
        locked, done = threading.Event(), threading.Event()

        def hold() -> None:
            from django.db import transaction

            with transaction.atomic():
                list(OutgoingMessage.objects.select_for_update().filter(pk=held.pk))
                locked.set()
                done.wait(20)
            connections.close_all()

        thread = threading.Thread(target=hold)
        thread.start()
        locked.wait(20)
        try:
            assert deliver_due() == 1
        finally:
            done.set()
            thread.join()
        assert (fresh(held).state, fresh(free).state) == (W, S)

    def test_an_outcome_is_written_down_although_the_database_was_locked(
        self, enqueue, scripted, settings
    ):
        message = enqueue()
        real = OutgoingMessage.objects.none().__class__.update
        failures = iter([True] * 3)

        def update(self, **values):
            if values.get("state") == S and next(failures, False):
                raise OperationalError("database is locked")
            return real(self, **values)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(OutgoingMessage.objects.none().__class__, "update", update)
            assert deliver_due() == 1
        assert fresh(message).state == S
        assert len(scripted.letters) == 1
