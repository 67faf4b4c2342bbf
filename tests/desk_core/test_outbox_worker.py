import os
import signal
import sqlite3
import threading
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections

from desk_core.enums import MessageState
from desk_core.locks import when_unlocked
from desk_core.management.commands import outbox_worker
from desk_core.models import OutgoingMessage

S = MessageState.SENT


def count(state: str) -> int:
    return OutgoingMessage.objects.filter(state=state).count()


@pytest.mark.django_db
class TestOnce:
    def test_everything_due_is_sent_in_batches(self, enqueue, mail):
        for _ in range(12):
            enqueue()
        call_command("outbox_worker", "--once", "--batch", "5")
        assert count(S) == 12
        assert len(list(mail.glob("*-sms-*.txt"))) == 12

    def test_nothing_due_ends_at_once(self, db):
        call_command("outbox_worker", "--once")

    def test_the_signals_are_given_back(self, db):
        before = signal.getsignal(signal.SIGTERM)
        call_command("outbox_worker", "--once")
        assert signal.getsignal(signal.SIGTERM) is before

    def test_a_database_that_is_away_ends_a_single_run_with_its_error(self, db, monkeypatch):
        def away(**kwargs):
            raise OperationalError("no such host")

        monkeypatch.setattr(outbox_worker, "deliver_due", away)
        with pytest.raises(OperationalError):
            call_command("outbox_worker", "--once")


@pytest.mark.django_db(transaction=True)
class TestLongRunning:
    def test_it_works_until_it_is_told_to_stop(self, enqueue, mail):
        enqueue()

        def later() -> None:
            try:
                wait_for(lambda: count(S) == 1)
                when_unlocked(lambda: enqueue())
                wait_for(lambda: count(S) == 2)
            finally:
                # Whatever went wrong, the worker is not left running for ever.
                connections.close_all()
                os.kill(os.getpid(), signal.SIGTERM)

        thread = threading.Thread(target=later)
        thread.start()
        call_command("outbox_worker", "--poll", "0.05")
        thread.join()
        assert count(S) == 2

    def test_it_outlives_a_database_that_goes_away(self, enqueue, mail, monkeypatch, caplog):
        enqueue()
        real = outbox_worker.deliver_due
        failures = iter([OperationalError("server closed the connection"), OperationalError("x")])

        def flaky(**kwargs) -> int:
            if kwargs["channels"] == outbox_worker.LANES[1]:
                return 0
            for failure in failures:
                raise failure
            done = real(**kwargs)
            os.kill(os.getpid(), signal.SIGTERM)
            return done

        monkeypatch.setattr(outbox_worker, "deliver_due", flaky)
        call_command("outbox_worker", "--poll", "0.01")
        assert count(S) == 1
        assert caplog.text.count("does not answer") == 2

    def test_it_outlives_a_database_that_is_locked(self, enqueue, mail):
        """Somebody else holds SQLite's write lock for longer than SQLite itself waits."""
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL locks rows")
        enqueue()
        path = connection.settings_dict["NAME"]
        held = threading.Event()
        connection.cursor().execute("PRAGMA busy_timeout = 50")

        def hold() -> None:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(0.6)
            other.execute("COMMIT")
            other.close()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        try:
            with pytest.raises(OperationalError, match="locked"):
                OutgoingMessage.objects.update(error="x")
            call_command("outbox_worker", "--once")
        finally:
            thread.join()
            connection.close()
        assert count(S) == 1


def wait_for(condition, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.django_db
class TestRequeue:
    def run(self, *args: str) -> str:
        out = StringIO()
        call_command("requeue_messages", *args, stdout=out)
        return out.getvalue()

    def test_only_what_certainly_was_not_sent_unless_told_otherwise(self, enqueue):
        rows = [enqueue() for _ in range(3)]
        quarantined = MessageState.QUARANTINED
        OutgoingMessage.objects.update(state=quarantined, error="kavenegar: 424")
        OutgoingMessage.objects.filter(pk=rows[0].pk).update(error="it may have been sent already")
        assert self.run("--channel", "email") == "0 messages queued again.\n"
        assert self.run() == "2 messages queued again.\n"
        assert count(quarantined) == 1
        assert self.run("--unsure") == "1 messages queued again.\n"
        assert count(MessageState.WAITING) == 3


class TestLocks:
    def test_other_errors_are_not_waited_for(self):
        calls = []

        def write() -> None:
            calls.append(1)
            raise OperationalError("no such table")

        with pytest.raises(OperationalError):
            when_unlocked(write)
        assert len(calls) == 1

    def test_it_gives_up_in_the_end(self):
        def write() -> None:
            raise OperationalError("database is locked")

        began = time.monotonic()
        with pytest.raises(OperationalError):
            when_unlocked(write, seconds=0.3)
        assert time.monotonic() - began < 2

    @pytest.mark.django_db
    def test_inside_a_transaction_it_does_not_try_again(self):
        calls = []

        def write() -> None:
            calls.append(1)
            raise OperationalError("database is locked")

        with pytest.raises(OperationalError):
            when_unlocked(write)
        assert len(calls) == 1
