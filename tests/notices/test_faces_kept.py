"""Machine faces come from the copies of the page cache, and are new when anything is."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.http import http_date, parse_http_date
from wagtail.models import PageViewRestriction

from desk_core.page_cache import purge_now
from desk_core.page_cache.shelf import shelf
from notices import appearances, updates
from notices.enums import Impact, Kind
from notices.machine_faces.answers import CACHE_RULE
from tests.cms_pages.factories import ServiceFactory
from tests.notices.faces_site import addresses, get
from tests.notices.factories import ago, ahead, clock, published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
CACHE = "desk_core.page_cache.PageCacheMiddleware"
SUMMARY = "/status/api/v2/summary.json"


@pytest.fixture(autouse=True)
def _with_the_page_cache(settings):
    settings.DESK_PAGE_CACHE = True
    settings.MIDDLEWARE = [CACHE, *[name for name in settings.MIDDLEWARE if name != CACHE]]
    purge_now()
    yield
    purge_now()


@pytest.fixture
def index(shared_index):
    return shared_index


def kept(client, address):
    """Seen once, and once more when it has its date; then there is a copy."""
    get(client, address)
    with clock(timezone.now() + timedelta(seconds=5)):
        return get(client, address)


def test_the_copy_of_a_face_asks_the_database_nothing(index, client, django_assert_num_queries):
    service = ServiceFactory(key="roads")
    published(index, services=[service])
    for address in addresses(key="roads"):
        first = kept(client, address)
        assert first["X-Desk-Cache"] == "miss", address
        with django_assert_num_queries(0):
            copy = get(client, address, origin="https://elsewhere.example")
        assert copy["X-Desk-Cache"] == "hit", address
        assert copy.content == first.content
        assert copy["Access-Control-Allow-Origin"] == "*"
        assert copy["Cache-Control"] == CACHE_RULE
        with django_assert_num_queries(0):
            for asked in (
                {"if-none-match": copy["ETag"]},
                {"if-modified-since": copy["Last-Modified"]},
            ):
                known = client.get(address, headers=asked)
                assert (known.status_code, known.content) == (304, b"")
                assert known["Access-Control-Allow-Origin"] == "*"
                assert known["Cache-Control"] == CACHE_RULE


def test_who_asks_conditionally_first_leaves_a_copy_too(index, client):
    tag = kept(client, SUMMARY)["ETag"]
    purge_now()
    with clock(timezone.now() + timedelta(seconds=5)):
        assert client.get(SUMMARY, headers={"if-none-match": tag}).status_code == 304
    assert get(client, SUMMARY)["X-Desk-Cache"] == "hit"


def test_a_later_date_is_as_good_as_its_own_and_a_head_as_a_get(index, client):
    answer = kept(client, SUMMARY)
    modified = parse_http_date(answer["Last-Modified"])
    for seconds, status in ((0, 304), (3600, 304), (-1, 200)):
        since = {"if-modified-since": http_date(modified + seconds)}
        assert client.get(SUMMARY, headers=since).status_code == status
    assert client.get(SUMMARY, headers={"if-modified-since": "yesterday"}).status_code == 200
    known = {"if-none-match": answer["ETag"]}
    assert client.head(SUMMARY, headers=known).status_code == 304
    purge_now()  # without a copy
    with clock(timezone.now() + timedelta(seconds=5)):
        assert client.head(SUMMARY, headers=known).status_code == 304


def test_an_update_is_on_the_face_at_once(index, client, django_capture_on_commit_callbacks):
    service = ServiceFactory()
    page = published(index, services=[service], impact=Impact.PARTIAL, starts_at=ago(hours=1))
    assert "همین‌جا" not in kept(client, SUMMARY).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        updates.post(notice=page.notice, state="identified", text="همین‌جا", author=None, key="once")
    assert "همین‌جا" in get(client, SUMMARY).content.decode()


def test_a_cancel_is_in_the_feed_as_soon_as_it_is_noted(
    index, client, django_capture_on_commit_callbacks
):
    page = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1))
    feed = "/status/cap.rss"
    kept(client, feed)
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    purge_now()
    assert "Cancel" not in kept(client, feed).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert appearances.note_all() == 1
    assert "Cancel" in get(client, feed).content.decode()


def test_a_copy_dies_when_a_window_opens(index, client):
    opens = ahead(minutes=5)
    published(index, kind=Kind.MAINTENANCE, starts_at=opens, expected_end=ahead(hours=3))
    assert kept(client, SUMMARY)["X-Desk-Cache"] == "miss"
    # Or at midnight, whichever is first.
    assert timezone.now().timestamp() < shelf.plain.dies_at <= opens.timestamp()


def test_what_is_appended_against_copies_makes_none(index, client):
    kept(client, SUMMARY)
    for query in ("?_=1700000000", "?x"):
        assert "X-Desk-Cache" not in get(client, SUMMARY + query)


def test_somebody_who_is_signed_in_gets_no_copy_and_leaves_none(index, client, admin_client):
    get(client, SUMMARY)
    with clock(timezone.now() + timedelta(seconds=5)):
        assert "X-Desk-Cache" not in get(admin_client, SUMMARY)
        assert get(client, SUMMARY)["X-Desk-Cache"] == "miss"
