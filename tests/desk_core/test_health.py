"""The two addresses that monitors ask, and that they tell nothing else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from desk_core import health


@pytest.mark.parametrize("address", ["/health/live/", "/health/ready/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_they_answer_and_are_kept_nowhere(client, db, address, method):
    response = getattr(client, method)(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "application/json"
    assert not response.cookies


def test_alive_asks_nothing(client):
    assert client.get("/health/live/").json() == {"state": "ok"}


@pytest.mark.parametrize("address", ["/health/live/", "/health/ready/"])
def test_they_are_only_read(client, db, address):
    assert client.post(address).status_code == 405


def test_ready_says_what_works(client, db):
    assert client.get("/health/ready/").json() == {
        "state": "ok", "database": "ok", "cache": "ok", "outbox": "ok",
    }  # fmt: skip


def test_a_message_that_waits_too_long_is_late_and_the_site_is_still_served(client, enqueue):
    message = enqueue()
    assert client.get("/health/ready/").json()["outbox"] == "ok"
    message.due_at = timezone.now() - timedelta(minutes=16)
    message.save(update_fields=["due_at"])
    response = client.get("/health/ready/")
    assert (response.status_code, response.json()["outbox"]) == (200, "late")
    assert response.json()["state"] == "late"


def test_circulars_that_wait_their_turn_are_no_fault(client, enqueue):
    message = enqueue(bulk=True)
    message.due_at = timezone.now() - timedelta(hours=3)
    message.save(update_fields=["due_at"])
    assert client.get("/health/ready/").json()["outbox"] == "ok"


def _fails(*args: object, **kwargs: object) -> None:
    raise OSError("password=secret host=10.0.0.5")


def test_without_a_cache_it_is_not_ready_and_says_no_more(client, db, monkeypatch):
    monkeypatch.setattr(cache, "set", _fails)
    response = client.get("/health/ready/")
    assert response.status_code == 503
    assert (response.json()["state"], response.json()["cache"]) == ("away", "away")
    assert "secret" not in response.content.decode()


def test_without_a_database_it_is_not_ready_and_says_no_more(client, db, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", _fails)
        broken.setattr(health, "_outbox", _fails)
        response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["database"] == "away"
    assert "secret" not in response.content.decode()
