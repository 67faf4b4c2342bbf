"""Counting how often something happens, for everybody at once: limits per address, code or site.

A count is kept in the shared cache in windows of `Limit.seconds`; what is reported is the sliding
estimate "this window, plus the part of the last window that still reaches into the past
`seconds`", so that a burst across the border of two windows is seen as one burst.

Counting is atomic wherever the cache lives. Redis, Memcached and local memory count in one step;
Django's database cache reads, adds one and writes back, which loses counts under load, so there
the counting is one `INSERT … ON CONFLICT … DO UPDATE … RETURNING` on the cache's own table.

A throttle never says no by itself: the caller decides what being over a limit costs. Count outside
of a transaction: in the database cache a rolled-back transaction takes its counts with it.
"""

import hashlib
import ipaddress
import secrets
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest

# Kept a little longer than two windows: the last one must still be readable in this one.
MARGIN_SECONDS = 60
# One new count in so many lets the database cache look for rows that have expired.
SWEEP_EVERY = 20


@dataclass(frozen=True)
class Limit:
    """At most `rate` events in any `seconds`; `name` keeps its counts apart from other limits'."""

    name: str
    rate: int
    seconds: int

    def __post_init__(self) -> None:
        """Refuse limits that could never hold."""
        if self.rate < 1 or self.seconds < 1:
            raise ValueError("A limit needs a rate and a time of at least 1.")


@dataclass(frozen=True)
class Count:
    """How often it happened lately, this time included, and whether that is over the limit."""

    n: int
    over: bool


def hit(limit: Limit, key: str) -> Count:
    """Count one event under `key` and say where that leaves it.

    The key is stored only as a digest: it may be an address or a code.
    """
    now = time.time()
    current, before = _increment(guard_cache(), *_windows(limit, key, now), 2 * limit.seconds)
    return _count(limit, current, before, now)


def peek(limit: Limit, key: str) -> Count:
    """Where `key` stands, without counting. `over` says whether the next hit would be too many."""
    now = time.time()
    count = _count(limit, *_read(guard_cache(), *_windows(limit, key, now)), now)
    return Count(count.n, count.n >= limit.rate)


def reset(limit: Limit, key: str) -> None:
    """Forget what was counted under `key`, for example after the right password."""
    now = time.time()
    guard_cache().delete_many(_windows(limit, key, now))


def client_address(request: HttpRequest) -> str:
    """Return the address to count by: the client's, an IPv6 one cut to its /64 network.

    `DESK_TRUSTED_PROXIES` is the number of our own proxies in front (0 by default: the header is
    the client's own word and is not read). With n of them the n-th entry of `X-Forwarded-For` from
    the right is the one that our outermost proxy saw. What is no address becomes "unknown".
    """
    return _network(sender(request))


def sender(request: HttpRequest) -> str:
    """The client's whole address as our proxies saw it, for comparing; it may be no address."""
    candidate = request.META.get("REMOTE_ADDR", "")
    proxies = getattr(settings, "DESK_TRUSTED_PROXIES", 0)
    if proxies:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= proxies and hops[-proxies].strip():
            candidate = hops[-proxies].strip()
    return candidate


def _network(text: str) -> str:
    """The counting form of an address: IPv4 whole (also when mapped into IPv6), IPv6 as /64."""
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def guard_cache() -> BaseCache:
    """The shared cache that holds counts and used-up tickets (`DESK_GUARD_CACHE`, an alias).

    One that forgets nothing before its time: see `desk_core.guard_cache` and the system check.
    """
    return caches[getattr(settings, "DESK_GUARD_CACHE", "default")]


def _windows(limit: Limit, key: str, at: float) -> tuple[str, str]:
    """Where this window is counted, and the one before it."""
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()
    start = f"desk-throttle:{limit.name}:{limit.seconds}:{digest}:"
    number = int(at // limit.seconds)
    return f"{start}{number}", f"{start}{number - 1}"


def _count(limit: Limit, current: int, before: int, now: float) -> Count:
    still_counts = 1 - (now % limit.seconds) / limit.seconds
    n = current + int(before * still_counts)
    return Count(n, n > limit.rate)


def _increment(cache: BaseCache, key: str, key_before: str, lifetime: int) -> tuple[int, int]:
    """This window's count with one more, and that of the window before."""
    if isinstance(cache, DatabaseCache):
        return _increment_in_database(cache, key, key_before, lifetime)
    for _attempt in range(3):
        cache.add(key, 0, lifetime + MARGIN_SECONDS)
        try:
            return cache.incr(key), int(cache.get(key_before, 0))
        except ValueError:  # evicted between the two steps
            continue
    return 1, 0


def _read(cache: BaseCache, key: str, key_before: str) -> tuple[int, int]:
    """The counts of this window and of the one before."""
    if not isinstance(cache, DatabaseCache):
        found = cache.get_many([key, key_before])
        return int(found.get(key, 0)), int(found.get(key_before, 0))
    connection, table = _table(cache)
    keys = [cache.make_and_validate_key(each) for each in (key, key_before)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT cache_key, value FROM {table} WHERE cache_key IN (%s, %s)",  # noqa: S608
            keys,
        )
        counts = dict(cursor.fetchall())
    return int(counts.get(keys[0], 0)), int(counts.get(keys[1], 0))


def _increment_in_database(
    cache: DatabaseCache, key: str, key_before: str, lifetime: int
) -> tuple[int, int]:
    """One statement, so that the database itself keeps two writers from counting the same number.

    The number is kept as plain text in the cache's table and never read through the cache's API.
    """
    connection, table = _table(cache)
    expires = datetime.fromtimestamp(int(time.time()) + lifetime + MARGIN_SECONDS, tz=UTC)
    sql = (
        f"INSERT INTO {table} (cache_key, value, expires) VALUES (%s, '1', %s) "  # noqa: S608
        f"ON CONFLICT (cache_key) DO UPDATE SET "
        f"value = CAST(CAST({table}.value AS integer) + 1 AS text) "
        f"RETURNING value, (SELECT b.value FROM {table} b WHERE b.cache_key = %s)"
    )
    # Alone it is a transaction of its own; inside another one a failure must not spoil that.
    inside = connection.in_atomic_block
    guard = transaction.atomic(using=connection.alias) if inside else nullcontext()
    with guard, connection.cursor() as cursor:
        cursor.execute(
            sql,
            [
                cache.make_and_validate_key(key),
                connection.ops.adapt_datetimefield_value(expires),
                cache.make_and_validate_key(key_before),
            ],
        )
        [(current, before)] = cursor.fetchall()
    count = int(current)
    if count == 1 and secrets.randbelow(SWEEP_EVERY) == 0:
        _sweep(cache)
    return count, int(before or 0)


def _sweep(cache: DatabaseCache) -> None:
    """Let the cache tidy up: its own writes are what removes expired rows from its table."""
    cache.set("desk-throttle:sweep", 1, MARGIN_SECONDS)


def _table(cache: DatabaseCache) -> tuple[BaseDatabaseWrapper, str]:
    connection = connections[router.db_for_write(cache.cache_model_class)]
    return connection, connection.ops.quote_name(cache._table)  # type: ignore[attr-defined]
