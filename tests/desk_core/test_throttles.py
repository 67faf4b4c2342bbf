"""Counting is exact under load on every cache, slides over windows, and knows whom it counts."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from desk_core import throttles
from desk_core.throttles import Limit, client_address, hit, peek, reset
from tests.desk_core.caches import KINDS, running_on

MANY = Limit("test", rate=5, seconds=3600)


@pytest.fixture(params=KINDS)
def any_cache(request, settings, transactional_db) -> Iterator[str]:
    with running_on(request.param, settings):
        yield request.param


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """A clock that stands still in the middle of nowhere: `clock[0] += 5` moves it."""
    now = [time.time() // 3600 * 3600 + 60.0]
    monkeypatch.setattr(throttles.time, "time", lambda: now[0])
    return now


def test_the_limit_is_over_only_past_its_rate(any_cache):
    counts = [hit(MANY, "a") for _ in range(7)]
    assert [count.n for count in counts] == [1, 2, 3, 4, 5, 6, 7]
    assert [count.over for count in counts] == [False] * 5 + [True] * 2


def test_keys_and_limits_are_counted_apart(any_cache):
    for _ in range(3):
        hit(MANY, "a")
    assert hit(MANY, "b").n == 1
    assert hit(Limit("other", rate=5, seconds=3600), "a").n == 1


def test_peeking_does_not_count_and_says_whether_the_next_is_too_many(any_cache):
    assert (peek(MANY, "a").n, peek(MANY, "a").over) == (0, False)
    for _ in range(5):
        hit(MANY, "a")
    assert (peek(MANY, "a").n, peek(MANY, "a").over) == (5, True)
    assert peek(MANY, "a").n == 5


def test_reset_forgets(any_cache):
    for _ in range(6):
        hit(MANY, "a")
    reset(MANY, "a")
    assert peek(MANY, "a").n == 0
    assert hit(MANY, "a").n == 1


def test_no_hit_is_lost_when_many_come_at_once(any_cache):
    threads, each, seen, failures = 8, 25, [], []

    def run() -> None:
        try:
            for _ in range(each):
                seen.append(hit(MANY, "crowd").n)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=run) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert not failures
    assert sorted(seen) == list(range(1, threads * each + 1))


def test_a_burst_across_the_border_of_two_windows_is_one_burst(any_cache, clock):
    limit = Limit("burst", rate=10, seconds=100)
    clock[0] = clock[0] // 100 * 100 + 99
    for _ in range(10):
        assert not hit(limit, "a").over
    clock[0] += 2  # one second into the next window: nearly all of the burst still counts
    assert hit(limit, "a").n == 10
    assert hit(limit, "a").over


def test_what_is_older_than_two_windows_is_forgotten(any_cache, clock):
    limit = Limit("old", rate=10, seconds=100)
    for _ in range(10):
        hit(limit, "a")
    clock[0] += 100
    assert 0 < peek(limit, "a").n <= 10
    clock[0] += 100
    assert peek(limit, "a").n == 0


@pytest.mark.django_db(transaction=True)
def test_the_key_is_kept_only_as_a_digest(settings):
    from django.db import connection

    with running_on("database", settings):
        hit(MANY, "203.0.113.77")
        with connection.cursor() as cursor:
            cursor.execute("SELECT cache_key, value FROM desk_guard")
            assert "203.0.113.77" not in str(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_the_cache_table_is_swept_of_old_counts(settings, monkeypatch):
    from django.db import connection

    monkeypatch.setattr(throttles, "SWEEP_EVERY", 1)
    with running_on("database", settings):
        few = {**settings.CACHES["guard"], "OPTIONS": {"MAX_ENTRIES": 20}}
        settings.CACHES = {**settings.CACHES, "guard": few}
        for number in range(30):
            hit(Limit("short", rate=1, seconds=1), f"k{number}")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE desk_guard SET expires = '2001-01-01 00:00:00'")
            hit(MANY, "fresh")
            cursor.execute("SELECT COUNT(*) FROM desk_guard")
            assert cursor.fetchone()[0] < 20


@pytest.mark.parametrize(("rate", "seconds"), [(0, 60), (5, 0), (-1, 60)])
def test_impossible_limits_are_refused(rate, seconds):
    with pytest.raises(ValueError, match="at least 1"):
        Limit("none", rate=rate, seconds=seconds)


def _request(remote: str, forwarded: str | None = None):
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **extra)


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, "198.51.100.7", None, "198.51.100.7"),
        (0, "198.51.100.7", "10.0.0.1", "198.51.100.7"),
        (1, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        (1, "127.0.0.1", "", "127.0.0.1"),
        (1, "127.0.0.1", "nonsense", "unknown"),
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2:ffff::1", None, "2001:db8:1:2::/64"),
        (0, "::ffff:203.0.113.9", None, "203.0.113.9"),
        (0, "fe80::1%eth0", None, "fe80::/64"),
        (0, "", None, "unknown"),
    ],
)
def test_the_address_is_that_of_the_client_and_not_what_it_claims(
    settings, proxies, remote, forwarded, expected
):
    settings.DESK_TRUSTED_PROXIES = proxies
    assert client_address(_request(remote, forwarded)) == expected


@given(st.text(max_size=80))
def test_no_forwarded_header_breaks_it(header):
    from django.test import override_settings

    with override_settings(DESK_TRUSTED_PROXIES=1):
        assert client_address(_request("127.0.0.1", header))
