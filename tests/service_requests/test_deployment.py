"""What a site gets from `deployment.complete`, and what stays its own."""

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from desk_core.human_check import tickets
from desk_core.throttles import Limit, guard_cache, hit, peek
from service_requests import deployment

TABLE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "desk_cache",
    "OPTIONS": {"MAX_ENTRIES": 40},
}
REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://x"}
MANY = Limit("crowd", rate=5, seconds=3600)


def completed(tmp_path, **settings):
    made = {"INSTALLED_APPS": [], "MIDDLEWARE": [], "TEMPLATES": [], "DESK_VAR": tmp_path}
    made |= settings
    deployment.complete(made)
    return made


@pytest.fixture
def tables(settings, transactional_db, tmp_path):
    """The caches of a site that keeps its cache in a table."""
    made = completed(tmp_path, CACHES={"default": dict(TABLE)})
    settings.CACHES = made["CACHES"]
    settings.DESK_GUARD_CACHE = made.get("DESK_GUARD_CACHE", "default")
    call_command("createcachetable", verbosity=0)
    yield
    with connection.cursor() as cursor:
        for cache in settings.CACHES.values():
            cursor.execute(f"DROP TABLE IF EXISTS {cache['LOCATION']}")


def test_what_guards_the_doors_forgets_nothing_in_a_crowd(tables):
    ticket = tickets.issue(difficulty=1)
    assert tickets.spend(ticket, "")
    for _ in range(3):
        hit(MANY, "0")
    for number in range(400):
        hit(MANY, f"somebody {number}")
        caches["default"].set(f"page-{number}", "x")
    assert tickets.spend(tickets.issue(difficulty=1), "")
    assert not tickets.spend(ticket, "")
    assert peek(MANY, "0").n == 3


def test_a_site_with_redis_or_a_choice_of_its_own_is_left_as_it_is(tmp_path):
    redis = completed(tmp_path, CACHES={"default": REDIS})
    assert list(redis["CACHES"]) == ["default"]
    assert "DESK_GUARD_CACHE" not in redis
    own = completed(tmp_path, CACHES={"default": dict(TABLE)}, DESK_GUARD_CACHE="mine")
    assert own["DESK_GUARD_CACHE"] == "mine"
    assert list(own["CACHES"]) == ["default"]


def test_the_guards_table_loses_only_what_is_over(tables):
    for number in range(350):
        hit(MANY, f"somebody {number}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE desk_guard SET expires = '2001-01-01 00:00:00'")
        tickets.spend(tickets.issue(difficulty=1), "")
        cursor.execute("SELECT COUNT(*) FROM desk_guard")
        assert cursor.fetchone() == (1,)
    assert guard_cache() is caches["guard"]
