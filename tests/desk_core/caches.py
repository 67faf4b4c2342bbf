"""The caches that the site may run on, for tests that have to hold on each of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from desk_core.throttles import guard_cache

# Each process that runs tests empties a database of its own; the last two are for the drills.
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6
LEG = int(os.environ.get("DESK_TEST_LEG", "0"))
SERVER = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
REDIS = urlsplit(SERVER)._replace(path=f"/{1 + 6 * LEG + PROCESS}").geturl()
KINDS = ("database", "redis", "memory")
BACKENDS = {
    "database": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "desk_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "guard": {"BACKEND": "desk_core.guard_cache.GuardCache", "LOCATION": "desk_guard"},
    "redis": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS},
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "desk"},
}


def redis_answers() -> bool:
    import redis

    try:
        return bool(redis.Redis.from_url(REDIS, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


@contextmanager
def running_on(kind: str, settings: Any, **options: Any) -> Iterator[None]:
    """Run the site on a cache of that kind; skipped where no Redis answers."""
    if kind == "redis" and not redis_answers():
        pytest.skip("no Redis on this machine")
    backend = dict(BACKENDS[kind])
    if options:
        backend["OPTIONS"] = options
    settings.CACHES = {"default": backend}
    if kind == "database":
        # As `deployment.complete` makes it.
        settings.CACHES = {**settings.CACHES, "guard": BACKENDS["guard"]}
        settings.DESK_GUARD_CACHE = "guard"
        call_command("createcachetable", verbosity=0)
    cache.clear()
    guard_cache().clear()
    yield
    cache.clear()
    guard_cache().clear()
    if kind == "database" and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS desk_cache")
            cursor.execute("DROP TABLE IF EXISTS desk_guard")
