"""Whole pages are kept for nobody in particular, never for somebody, and never longer than true."""

import gzip
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st

from desk_core.page_cache import (
    PageCacheMiddleware,
    cacheable,
    generation,
    purge,
    purge_now,
    purges_cache,
)
from desk_core.page_cache import middleware as middleware_module
from desk_core.page_cache import next_change as next_change_module
from desk_core.page_cache.next_change import (
    next_change,
    register_next_change,
    unregister_next_change,
)
from desk_core.page_cache.shelf import Copy, Shelf, shelf
from desk_core.responses import never_store
from persian.jalali import TEHRAN
from tests.desk_core.caches import running_on

made: list[str] = []


def _page(request: HttpRequest) -> HttpResponse:
    made.append(request.get_full_path())
    return HttpResponse(f"page {len(made)} of {request.get_host()} " + "متن " * 600)


@cacheable
def personal(request: HttpRequest) -> HttpResponse:
    return never_store(_page(request))


@cacheable
def form(request: HttpRequest) -> HttpResponse:
    response = _page(request)
    response.write(get_token(request))
    return response


@cacheable
def cookie(request: HttpRequest) -> HttpResponse:
    response = _page(request)
    response.set_cookie("seen", "yes")
    return response


@cacheable
def strange(request: HttpRequest) -> HttpResponse:
    response = _page(request)
    response["Vary"] = "X-Mood"
    return response


@cacheable
def gone(request: HttpRequest) -> HttpResponse:
    made.append("gone")
    return HttpResponse("gone", status=404)


@cacheable
def stream(request: HttpRequest) -> StreamingHttpResponse:
    made.append("stream")
    return StreamingHttpResponse([b"a"])


urlpatterns = [
    path("page/", cacheable(_page)),
    path("list/", cacheable(_page, query=("page",))),
    path("unmarked/", _page),
    path("personal/", personal),
    path("form/", form),
    path("cookie/", cookie),
    path("strange/", strange),
    path("gone/", gone),
    path("stream/", stream),
]


@pytest.fixture(autouse=True)
def _page_cache_on(settings, monkeypatch) -> Iterator[None]:
    """On, with addresses of its own, and without what the floors above have registered."""
    monkeypatch.setattr(next_change_module, "_registered", [])
    settings.DESK_PAGE_CACHE = True
    settings.ROOT_URLCONF = __name__
    made.clear()
    shelf.drop()
    yield
    shelf.drop()


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody without any cookie."""
    return client


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """Seconds that are added to the clocks of the page cache."""
    ahead = [0.0]
    real_time, real_monotonic = time.time, time.monotonic

    class Clock:
        time = staticmethod(lambda: real_time() + ahead[0])
        monotonic = staticmethod(lambda: real_monotonic() + ahead[0])

    class Now(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(real_time() + ahead[0], tz)

    monkeypatch.setattr("desk_core.page_cache.shelf.time", Clock)
    monkeypatch.setattr(middleware_module, "time", Clock)
    monkeypatch.setattr(middleware_module, "datetime", Now)
    return ahead


def hit_of(response: HttpResponse) -> str:
    return response.get("X-Desk-Cache", "none")


class TestWhatIsKept:
    def test_a_marked_page_is_made_once(self, reader):
        first, second = reader.get("/page/"), reader.get("/page/")
        assert (hit_of(first), hit_of(second)) == ("miss", "hit")
        assert first.content == second.content
        assert len(made) == 1

    def test_the_headers_are_the_same_from_the_shelf(self, reader):
        first, second = reader.get("/page/"), reader.get("/page/")
        one, two = dict(first.items()), dict(second.items())
        one.pop("X-Desk-Cache"), two.pop("X-Desk-Cache")
        assert one == two
        assert "Content-Security-Policy" in two
        assert two["Cache-Control"] == "public, max-age=0, must-revalidate"

    def test_head_is_answered_from_the_shelf_without_a_body(self, reader):
        length = reader.get("/page/")["Content-Length"]
        response = reader.head("/page/")
        assert (hit_of(response), response.content, response["Content-Length"]) == (
            "hit", b"", length,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "address",
        ["/unmarked/", "/personal/", "/form/", "/cookie/", "/strange/", "/gone/", "/stream/",
         "/page/?x=1", "/list/?page=1&page=2", "/list/?page=" + "1" * 17],
    )  # fmt: skip
    def test_what_may_differ_is_made_each_time(self, reader, address):
        for _ in range(2):
            Client().get(address)
        assert len(made) == 2

    def test_a_named_query_is_kept_apart(self, reader):
        assert hit_of(reader.get("/list/?page=2")) == "miss"
        assert hit_of(reader.get("/list/?page=2")) == "hit"
        assert hit_of(reader.get("/list/?page=3")) == "miss"

    @pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
    def test_only_reading_is_answered_from_the_shelf(self, reader, method):
        reader.get("/page/")
        assert hit_of(getattr(reader, method)("/page/")) == "none"

    def test_hosts_and_schemes_are_kept_apart(self, reader):
        reader.get("/page/")
        assert b"localhost" in reader.get("/page/", headers={"host": "localhost"}).content
        assert hit_of(reader.get("/page/", secure=True)) == "miss"

    def test_a_host_that_is_not_ours_is_refused_as_ever(self, reader, db):
        reader.get("/page/")
        assert reader.get("/page/", headers={"host": "evil.example"}).status_code == 400

    def test_it_can_be_switched_off(self, settings):
        settings.DESK_PAGE_CACHE = False
        with pytest.raises(MiddlewareNotUsed):
            PageCacheMiddleware(lambda request: HttpResponse())


class TestWhoIsSomebody:
    def test_who_is_signed_in_gets_a_page_of_their_own(self, reader, settings):
        reader.get("/page/")
        reader.cookies[settings.SESSION_COOKIE_NAME] = "abc"
        response = reader.get("/page/")
        assert hit_of(response) == "none"
        assert response["Cache-Control"] == "private, no-cache"
        assert len(made) == 2

    def test_what_is_made_for_a_cookie_is_kept_for_nobody(self, reader):
        reader.cookies["anything"] = "x"
        assert hit_of(reader.get("/page/")) == "none"
        assert hit_of(Client().get("/page/")) == "miss"

    def test_a_harmless_cookie_reads_from_the_shelf(self, reader):
        Client().get("/page/")
        reader.cookies["csrftoken"] = "x"
        assert hit_of(reader.get("/page/")) == "hit"

    def test_an_authorised_request_is_not_answered_from_the_shelf(self, reader):
        reader.get("/page/")
        assert hit_of(reader.get("/page/", headers={"authorization": "Bearer x"})) == "none"


class TestUnchangedAndPacked:
    def test_a_browser_that_has_it_gets_no_body(self, reader):
        tag = reader.get("/page/")["ETag"]
        for known in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
            response = reader.get("/page/", headers={"if-none-match": known})
            assert (response.status_code, response.content) == (304, b"")
            assert response["ETag"] == tag
            assert "Content-Length" not in response
        assert reader.get("/page/", headers={"if-none-match": '"x"'}).status_code == 200

    def test_a_browser_that_unpacks_gets_it_packed(self, reader):
        plain = reader.get("/page/")
        packed = reader.get("/page/", headers={"accept-encoding": "br, gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert int(packed["Content-Length"]) == len(packed.content)
        assert "Accept-Encoding" in packed["Vary"]
        assert "Content-Encoding" not in reader.get("/page/")

    @pytest.mark.parametrize(
        ("accepted", "packed"),
        [("gzip;q=0", False), ("gzip; q=0, br", False), ("gzip;q=0.5", True), ("identity", False)],
    )
    def test_who_refuses_packing_gets_it_plain(self, reader, accepted, packed):
        reader.get("/page/")
        response = reader.get("/page/", headers={"accept-encoding": accepted})
        assert response.has_header("Content-Encoding") is packed


@pytest.mark.django_db(transaction=True)
class TestPurge:
    def test_it_shows_at_once_in_the_process_that_purged(self, reader):
        reader.get("/page/")
        purge()
        assert hit_of(reader.get("/page/")) == "miss"

    def test_it_waits_for_the_commit(self, reader):
        reader.get("/page/")
        with transaction.atomic():
            purges_cache(sender=None)
            assert hit_of(reader.get("/page/")) == "hit"
        assert hit_of(reader.get("/page/")) == "miss"

    def test_a_rolled_back_change_purges_nothing(self, reader):
        reader.get("/page/")
        with transaction.atomic():
            purge()
            transaction.set_rollback(True)
        assert hit_of(reader.get("/page/")) == "hit"

    def test_a_page_begun_before_a_purge_is_not_kept(self, rf):
        def slow(request):
            purge_now()
            response = HttpResponse("old")
            response.desk_cacheable = frozenset()
            return response

        middleware = PageCacheMiddleware(slow)
        assert middleware(rf.get("/page/")).content == b"old"
        assert not shelf.plain.copies

    @pytest.mark.parametrize("kind", ["database", "redis"])
    def test_another_process_sees_it_within_a_second(self, kind, settings, reader, tmp_path):
        with running_on(kind, settings):
            shelf.drop()
            reader.get("/page/")
            _purge_in_another_process(kind)
            began = time.monotonic()
            while hit_of(reader.get("/page/")) == "hit":
                assert time.monotonic() - began < 1
                time.sleep(0.02)

    @pytest.mark.parametrize("kind", ["database", "redis", "memory"])
    def test_every_purge_makes_a_new_mark(self, kind, settings):
        with running_on(kind, settings):
            marks = {generation.shared_generation()}
            for _ in range(3):
                purge_now()
                marks.add(generation.shared_generation())
            assert len(marks) == 4

    def test_an_emptied_shared_cache_purges(self, reader, clock):
        from django.core.cache import cache

        reader.get("/page/")
        cache.clear()
        clock[0] += 1
        assert hit_of(reader.get("/page/")) == "miss"

    def test_without_the_shared_cache_pages_are_made_anew_and_nothing_breaks(
        self, reader, clock, monkeypatch
    ):
        reader.get("/page/")
        monkeypatch.setattr(
            middleware_module, "shared_generation", lambda: (_ for _ in ()).throw(OSError("away"))
        )
        clock[0] += 1
        for _ in range(3):
            response = reader.get("/page/")
            assert (response.status_code, hit_of(response)) == (200, "miss") or hit_of(
                response
            ) == "none"
        assert len(made) == 4


def _purge_in_another_process(kind: str) -> None:
    """Purge from a process of its own that shares only the cache with this one."""
    from django.conf import settings as now
    from django.db import connection

    database = connection.settings_dict
    script = f"""
        from django.conf import settings
        settings.configure(
            CACHES={now.CACHES!r}, SECRET_KEY="x" * 50, USE_TZ=True,
            DATABASES={{"default": {{
                "ENGINE": {database["ENGINE"]!r}, "NAME": {str(database["NAME"])!r},
                "USER": {database["USER"]!r}, "HOST": {database["HOST"]!r},
                "PASSWORD": {database["PASSWORD"]!r}, "PORT": {database["PORT"]!r},
            }}}},
        )
        import django
        django.setup()
        from desk_core.page_cache.generation import purge
        purge()
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )


class TestByItself:
    def test_a_copy_dies_at_the_next_known_change(self, reader, clock):
        @register_next_change
        def change(at: datetime, request: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(seconds=100)

        try:
            reader.get("/page/")
            clock[0] = 99
            assert hit_of(reader.get("/page/")) == "hit"
            clock[0] = 100.1
            assert hit_of(reader.get("/page/")) == "miss"
        finally:
            unregister_next_change(change)

    def test_the_first_of_several_changes_counts(self):
        at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
        functions = [
            register_next_change(lambda at, request, hours=hours: at + timedelta(hours=hours))
            for hours in (5, 2, 9)
        ]
        register_next_change(nothing := lambda at, request: None)
        try:
            assert next_change(at) == at + timedelta(hours=2)
        finally:
            for function in [*functions, nothing]:
                unregister_next_change(function)

    def test_a_function_that_fails_costs_a_minute_and_no_page(self, caplog):
        @register_next_change
        def broken(at: datetime, request: object = None) -> datetime:
            raise RuntimeError

        at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
        try:
            assert next_change(at) == at + timedelta(minutes=1)
        finally:
            unregister_next_change(broken)

    def test_the_next_changes_are_asked_for_once_for_all_pages(self, reader):
        asked = []
        register_next_change(count := lambda at, request: asked.append(at))
        try:
            for number in range(5):
                reader.get("/list/", {"page": number})
            assert len(asked) == 1
        finally:
            unregister_next_change(count)

    @given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
    def test_midnight_in_tehran_is_the_latest(self, at):
        change = next_change(at)
        assert at < change <= at + timedelta(hours=25)
        assert change.astimezone(TEHRAN).time().isoformat() == "00:00:00"

    def test_a_page_begun_before_a_change_is_not_kept_after_it(self, rf, clock):
        register_next_change(change := lambda at, request: at + timedelta(seconds=5))

        def slow(request):
            clock[0] += 6
            response = HttpResponse("of yesterday")
            response.desk_cacheable = frozenset()
            return response

        try:
            PageCacheMiddleware(slow)(rf.get("/page/"))
            assert not shelf.plain.copies
        finally:
            unregister_next_change(change)


class TestBounds:
    def put(self, holder: Shelf, name: str, size: int = 100) -> bool:
        copy = Copy(b"x" * size, None, {}, {}, {}, name)
        return holder.put(
            ("http", "h", name, ""), copy, epoch=holder.epoch, dies_at=time.time() + 60
        )

    def holder(self, **bounds: int) -> Shelf:
        holder = Shelf(**bounds)
        holder.look(lambda: "g")
        return holder

    def test_the_number_of_copies_is_bounded_and_what_is_read_stays(self):
        holder = self.holder(most_copies=10)
        self.put(holder, "read")
        for number in range(50):
            holder.copies["http", "h", "read", ""].used = True
            self.put(holder, f"p{number}")
        assert len(holder.copies) == 10
        assert ("http", "h", "read", "") in holder.copies

    def test_their_bytes_are_bounded(self):
        holder = self.holder(most_bytes=100_000)
        for number in range(50):
            self.put(holder, f"p{number}", size=6_000)
        assert holder.bytes == sum(copy.size for copy in holder.copies.values()) <= 100_000
        assert not self.put(holder, "huge", size=50_000)

    def test_counting_a_query_up_pushes_no_plain_page_out(self, reader):
        reader.get("/page/")
        for number in range(300):
            reader.get(f"/list/?page={number}")
        assert len(shelf.queried.copies) == 200
        assert hit_of(reader.get("/page/")) == "hit"

    def test_putting_a_page_again_counts_its_bytes_once(self):
        holder = self.holder()
        self.put(holder, "a")
        self.put(holder, "a")
        assert holder.bytes == next(iter(holder.copies.values())).size

    def test_many_threads_keep_it_whole(self):
        holder = self.holder(most_copies=20)

        def run(seed: int) -> None:
            for number in range(300):
                self.put(holder, f"p{(seed * 7 + number) % 60}")
                if number % 50 == 0:
                    holder.drop()
                    holder.look(lambda: "g")

        crowd = [threading.Thread(target=run, args=(seed,)) for seed in range(6)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        assert len(holder.copies) <= 20
        assert holder.bytes == sum(copy.size for copy in holder.copies.values())


def test_a_hit_asks_no_database_and_no_cache(rf: RequestFactory, monkeypatch):
    def view(request):
        response = HttpResponse("x")
        response.desk_cacheable = frozenset()
        return response

    middleware = PageCacheMiddleware(view)
    middleware(rf.get("/page/"))
    monkeypatch.setattr(
        middleware_module, "shared_generation", lambda: pytest.fail("asked the shared cache")
    )
    assert middleware(rf.get("/page/"))["X-Desk-Cache"] == "hit"
