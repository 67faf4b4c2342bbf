"""A worker process that is killed without warning, in the middle of a message."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from desk_core.enums import MessageState
from desk_core.models import OutgoingMessage
from tests.desk_core.gateways import KEY, KavenegarGateway

ROOT = Path(__file__).resolve().parents[2]


def worker(gateway: KavenegarGateway, tmp_path: Path, *args: str) -> subprocess.Popen:
    """A real worker on this test's database."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{at['NAME']}"
    else:
        url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.desk_core.worker_settings",
        "DESK_VAR": str(tmp_path / "var"),
        "DESK_KAVENEGAR": json.dumps({"API_KEY": KEY, "BASE_URL": f"{gateway.url}/v1"}),
        "TEST_TEMPLATES": str(tmp_path / "templates"),
    }
    command = [sys.executable, "manage.py", "outbox_worker", "--batch", "6", *args]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_repeats_nothing(enqueue, tmp_path):
    messages = [enqueue() for _ in range(6)]
    with KavenegarGateway().serving() as gateway:
        gateway.mood = "accept and hang on"
        process = worker(gateway, tmp_path)
        try:
            until = time.monotonic() + 60
            while len(gateway.accepted) < 1 and time.monotonic() < until:
                time.sleep(0.02)
            # The gateway has the message, the worker has no reply yet.
            process.kill()
        finally:
            process.wait(10)
        assert len(gateway.accepted) == 1
        rows = OutgoingMessage.objects.filter(state=MessageState.WAITING)
        assert rows.count() == 6
        assert rows.exclude(lease=None).count() == 6
        assert rows.exclude(started_at=None).count() == 1

        gateway.mood = "well"
        OutgoingMessage.objects.update(due_at=timezone.now())  # the lease has run out
        assert worker(gateway, tmp_path, "--once").wait(60) == 0
    sent = [message["localid"] for message in gateway.accepted]
    assert sorted(sent) == sorted(str(message.local_id) for message in messages)
    assert OutgoingMessage.objects.filter(state=MessageState.SENT).count() == 6
    assert gateway.calls.count("sms/statuslocalmessageid") == 1
