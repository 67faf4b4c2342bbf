"""What time has made useless goes."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from desk_core import repeating
from desk_core.models import AuditEntry
from service_requests import tracking
from service_requests.housekeeping import sweep
from service_requests.management.commands import sweep_requests
from service_requests.models import Receipt, TrackingSession
from tests.service_requests.factories import register

pytestmark = pytest.mark.django_db


def test_the_command_sweeps_once(capsys):
    credential = register().case.credentials.get()
    tracking.open_session(credential=credential)
    long_ago = timezone.now() - timedelta(days=400)
    Receipt.objects.update(expires_at=long_ago)
    TrackingSession.objects.update(created_at=long_ago)
    call_command("sweep_requests")
    assert "receipts: 1" in capsys.readouterr().out
    assert Receipt.objects.get().sealed is None
    assert not TrackingSession.objects.exists()


def test_no_line_of_the_trail_is_ever_swept():
    long_ago = timezone.now() - timedelta(days=4000)
    for action in ("staff.sign_in_failed", "case.read"):
        entry = AuditEntry(action=action, target="name:0123", at=long_ago)
        AuditEntry.objects.bulk_create([entry])
    before = AuditEntry.objects.count()
    sweep()
    assert AuditEntry.objects.count() == before


def test_with_every_it_survives_a_database_that_is_away(monkeypatch, caplog):
    rounds = []

    def broken():
        rounds.append(1)
        raise DatabaseError("away")

    class Stopped(Exception):
        pass

    def sleep(seconds):
        if len(rounds) == 3:
            raise Stopped

    monkeypatch.setattr(sweep_requests, "sweep", broken)
    monkeypatch.setattr(repeating.time, "sleep", sleep)
    monkeypatch.setattr(repeating, "close_old_connections", lambda: None)
    with pytest.raises(Stopped):
        call_command("sweep_requests", "--every", "1")
    assert len(rounds) == 3
    assert caplog.text.count("A round of sweep_requests failed") == 3
    with pytest.raises(DatabaseError):
        call_command("sweep_requests")
