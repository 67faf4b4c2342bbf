import base64
import os
import statistics
import time

import pytest
from django.db import connection, transaction

from desk_core import passwords
from desk_core.passwords import HashInTransaction, hash_secret, needs_rehash, verify_secret

# Taken before the tests' cheap one is put in its place.
AS_SERVED = passwords._hasher


@pytest.fixture(autouse=True)
def _at_its_real_cost(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", AS_SERVED)


def test_the_right_secret_verifies_and_another_does_not():
    stored = hash_secret("1234567890123456")
    assert verify_secret("1234567890123456", stored)
    assert not verify_secret("1234567890123457", stored)
    assert not verify_secret("", stored)
    assert stored.startswith("desk1$1$argon2id$v=19$m=19456,t=2,p=1$")
    assert "1234567890123456" not in stored
    assert hash_secret("1234567890123456") != stored
    assert not needs_rehash(stored)


def test_a_stolen_database_without_the_pepper_allows_no_guessing(settings):
    stored = hash_secret("1234567890123456")
    settings.DESK_PEPPER = base64.b64encode(os.urandom(32)).decode()
    assert not verify_secret("1234567890123456", stored)


def test_a_new_pepper_keeps_the_old_hashes_until_it_is_dropped(settings, caplog):
    old = settings.DESK_PEPPER
    stored = hash_secret("secret")
    new = base64.b64encode(os.urandom(32)).decode()
    settings.DESK_PEPPER = {"2": new, "1": old}
    assert verify_secret("secret", stored)
    assert needs_rehash(stored)
    assert hash_secret("secret").startswith("desk1$2$")
    settings.DESK_PEPPER = {"2": new}
    assert not verify_secret("secret", stored)
    assert "pepper 1 is not in DESK_PEPPER" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "stored", ["", "x", "desk1$", "desk1$1$", "desk1$1$argon2id$", "desk1$1$argon2id$v=19$m=1$a$b",
               "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2g", "desk1$9$argon2id$x"],
)  # fmt: skip
def test_a_stored_text_that_is_no_hash_verifies_nothing(stored):
    assert not verify_secret("anything", stored)
    assert needs_rehash(stored)


@pytest.mark.parametrize("secret", ["", "a" * 1_000_000, "\ud800", "\0", "۱۲۳۴"])
def test_any_text_can_be_hashed(secret):
    assert verify_secret(secret, hash_secret(secret))


def test_nobodys_secret_never_verifies():
    assert not verify_secret("", None)
    assert not verify_secret("1234567890123456", None)


def test_an_unknown_code_costs_the_same_as_a_wrong_password():
    stored = hash_secret("1234567890123456")

    def cost(target: str | None) -> float:
        began = time.process_time()
        verify_secret("6543210987654321", target)
        return time.process_time() - began

    pairs = [(cost(stored), cost(None)) for _ in range(15)]
    known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))
    assert known > 0.004
    assert unknown == pytest.approx(known, rel=0.25)


@pytest.mark.django_db
def test_a_hash_inside_a_transaction_is_refused():
    with transaction.atomic():
        with pytest.raises(HashInTransaction):
            hash_secret("x")
        with pytest.raises(HashInTransaction):
            verify_secret("x", None)


@pytest.mark.django_db
def test_the_transaction_around_a_test_does_not_count():
    assert connection.in_atomic_block
    assert verify_secret("x", hash_secret("x"))


def test_no_more_hashes_run_at_once_than_there_are_cores():
    assert passwords._room._initial_value <= max(2, os.cpu_count() or 2)
