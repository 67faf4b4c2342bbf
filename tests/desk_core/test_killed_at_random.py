"""Workers under load that are killed at random moments: nothing is lost, nothing is told twice."""

import os
import random
import signal
import time
import warnings
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage
from tests.desk_core.gateways import KEY, KavenegarGateway

FREE, PATTERNS, ROUNDS = 40, 16, 6


def worker(*options: str) -> int:
    """A worker process with connections of its own; forked, for it to start at once."""
    connections.close_all()
    with warnings.catch_warnings():
        # The threads of the gateway stay behind in this process, as they should.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    failed = 1
    try:
        call_command("outbox_worker", "--batch", "5", "--poll", "0.02", *options)
        failed = 0
    finally:
        os._exit(failed)


def wait_until(reached) -> None:
    until = time.monotonic() + 30
    while not reached() and time.monotonic() < until:
        time.sleep(0.002)


@pytest.mark.django_db(transaction=True)
def test_each_message_arrives_once_however_often_workers_are_killed(enqueue, tmp_path, settings):
    settings.DESK_CHANNELS = {"sms": "desk_core.channels.kavenegar.KavenegarChannel"}
    (tmp_path / "templates/test/known.sms.txt").write_text("{{ code }}", encoding="utf-8")
    free = [enqueue() for _ in range(FREE)]
    known = [enqueue(template="test/known", context={"code": f"c{n}"}) for n in range(PATTERNS)]
    chance = random.Random(1405)
    with KavenegarGateway().serving() as gateway:
        settings.DESK_KAVENEGAR = {
            "API_KEY": KEY,
            "BASE_URL": f"{gateway.url}/v1",
            "TEMPLATES": {"test/known": {"template": "hello", "tokens": {"token": "code"}}},
        }
        gateway.slow = 0.03
        for _round in range(ROUNDS):
            pair = [worker() for _ in range(2)]
            enough = len(gateway.accepted) + chance.randrange(2, 9)
            wait_until(lambda enough=enough: len(gateway.accepted) >= enough)
            time.sleep(chance.random() * 0.05)
            for pid in pair:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            # Their leases have run out.
            OutgoingMessage.objects.filter(state=MessageState.WAITING).update(due_at=timezone.now())
        gateway.slow = 0
        _pid, status = os.waitpid(worker("--once"), 0)
        assert os.waitstatus_to_exitcode(status) == 0

    arrived = Counter(each["localid"] for each in gateway.accepted if "localid" in each)
    assert arrived == Counter(str(message.local_id) for message in free)
    assert set(states(free)) == {MessageState.SENT}
    # A pattern carries no number of ours: what is unsure waits for a person instead of going twice.
    tokens = Counter(each["token"] for each in gateway.accepted if "token" in each)
    assert max(tokens.values()) == 1
    unsure = OutgoingMessage.objects.filter(state=MessageState.QUARANTINED)
    assert set(unsure.values_list("error", flat=True)) <= {"it may have been sent already"}
    assert sum(states(known).values()) == PATTERNS
    assert set(states(known)) <= {MessageState.SENT, MessageState.QUARANTINED}
    assert len(tokens) >= states(known)[MessageState.SENT]


def states(messages) -> Counter:
    rows = OutgoingMessage.objects.filter(pk__in=[message.pk for message in messages])
    return Counter(rows.values_list("state", flat=True))
