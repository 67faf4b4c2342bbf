"""What all machine faces have in common: who may not be seen, caches, other sites, bad requests."""

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms_pages.models import ServicePage
from notices import appearances
from notices.enums import Kind
from notices.models import NoticeIndexPage, NoticePage
from tests.cms_pages.factories import ServiceFactory, add_page, translate
from tests.notices.faces_site import addresses, get, message
from tests.notices.factories import ago, ahead, clock, draft, publish, published

pytestmark = [pytest.mark.django_db, pytest.mark.face]


@pytest.fixture
def index(shared_index):
    return shared_index


SUMMARY = "/status/api/v2/summary.json"
MARKS = re.compile(r"nishane-(\w+)-\d|نشانه (\w+) \d")
ETAG = re.compile(r'"[0-9a-f]{32}"')
OTHERS = [
    "/",
    "/status/",
    "/status/history/",
    "/status/services/roads/",
    "/road/",
    "/en/road/",
    "/sitemap.xml",
    "/search/?q=نشانه",
    "/api/desk/v1/notices",
    "/api/v2/pages/?type=notices.NoticePage",
]


@pytest.fixture
def service(index):
    return ServiceFactory(key="roads")


def marked(service, name):
    """An outage that runs, a window that is open and one to come; each found in any text."""
    window = {"kind": Kind.MAINTENANCE, "services": [service]}
    fields = [
        {"services": [service]},
        {"starts_at": ago(hours=1), "expected_end": ahead(hours=1), **window},
        {"starts_at": ahead(hours=10), "expected_end": ahead(hours=12), **window},
    ]
    return [
        {"title": f"نشانه {name} {number}", "slug": f"nishane-{name}-{number}", **each}
        for number, each in enumerate(fields)
    ]


# Where only what is over would be, where notices have no title, and where the withdrawn ones count.
HIDDEN_TOO = [
    "/api/desk/v1/notices?over=true",
    "/api/desk/v1/status",
    "/api/desk/v1/availability/roads",
    "/status/availability/roads/",
]


def as_drafts(index, fields):
    return [draft(index, **each) for each in fields]


def as_future(index, fields):
    return [publish(draft(index, go_live_at=ahead(hours=1), **each)) for each in fields]


def as_withdrawn(index, fields):
    pages = [published(index, **each) for each in fields]
    for page in pages:
        page.unpublish()
    return pages


def as_private(index, fields):
    pages = [published(index, **each) for each in fields]
    for page in pages:
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    return pages


def as_part_of_something_private(index, fields):
    home = index.get_parent()
    archive = NoticeIndexPage(title="بایگانی", slug="archive", locale=index.locale)
    home.add_child(instance=archive)
    PageViewRestriction.objects.create(page=archive, restriction_type="password", password="x")
    return [published(archive, **each) for each in fields]


def as_expired(index, fields):
    pages = [published(index, **each) for each in fields]
    Page.objects.filter(pk__in=[page.pk for page in pages]).update(expire_at=ago(minutes=1))
    return pages


def as_deleted(index, fields):
    pages = [published(index, **each) for each in fields]
    keys = [str(page.notice_id) for page in pages]
    for page in pages:
        NoticePage.objects.get(pk=page.pk).delete()
    assert all(keys)
    return pages


PERSON = {
    **{"kind": "request", "person_type": "natural", "first_name": "پروین", "last_name": "اعتصامی"},
    **{"national_id": "0499370899", "mobile": "09121234567", "consent": "on"},
}


@pytest.fixture
def passport(service, index):
    """The service's own page, in both languages, and the way into the request form from it."""
    home = index.get_parent().specific
    page = add_page(home, ServicePage, title="راه", slug="road", service=service)
    page.save_revision().publish()
    return page, translate(page, "en", title="Road")


def request_form():
    """The step of the form in which a visitor of this service describes the case."""
    visitor = Client()
    address = reverse("service_requests:submit")
    visitor.post(f"{address}?service=roads", PERSON)
    visitor.post(reverse("service_requests:submit_person"), PERSON)
    return text_of(visitor, reverse("service_requests:submit_words"))


def texts(client):
    """Every face in both languages, with the pages, the search, the sitemap and the APIs."""
    found = {}
    for address in addresses(key="roads"):
        for prefix in ("", "/en"):
            found[prefix + address] = text_of(client, prefix + address)
    found["the request form"] = request_form()
    return found | {address: text_of(client, address) for address in OTHERS}


def text_of(client, address):
    """Calendars unfolded, so that nothing in them is cut in two."""
    return get(client, address).content.decode().replace("\r\n ", "")


# Who holds an alert of what was public learns by its id that it is withdrawn, in no other place.
WITHDRAWALS = {f"{prefix}/status/cap.{form}" for prefix in ("", "/en") for form in ("rss", "atom")}
ONCE_PUBLIC = {"withdrawn", "private", "expired", "deleted"}
# A sentence of the desk, its components, badges, a script: these name no notice.
NAMELESS = {
    "/status/api/v2/status.json",
    "/status/api/v2/components.json",
    "/status/widget.js",
    "/status/badge.svg",
    "/status/services/roads/badge.svg",
    "/status/availability/roads/badge.svg",
}
HIDDEN = {
    "draft": as_drafts,
    "future": as_future,
    "withdrawn": as_withdrawn,
    "private": as_private,
    "within": as_part_of_something_private,
    "expired": as_expired,
    "deleted": as_deleted,
}


@pytest.mark.indexed
def test_what_is_public_is_on_every_face_and_nothing_else_on_any(
    index, passport, service, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        hidden = {name: hide(index, marked(service, name)) for name, hide in HIDDEN.items()}
    appearances.note_all()
    found = texts(client)
    for address in HIDDEN_TOO:
        found[address] = text_of(client, address)
    for address, text in found.items():
        for name, pages in hidden.items():
            assert f"nishane-{name}" not in text, address
            assert f"نشانه {name}" not in text, address
            for page in pages:
                told = address in WITHDRAWALS and name in ONCE_PUBLIC
                assert page.notice_id is None or (str(page.notice_id) in text) == told, address
        if address.endswith("/status.json"):
            assert json.loads(text)["status"]["indicator"] == "none"
    for page in (page for pages in hidden.values() for page in pages if page.notice_id):
        for address in (message(page.notice_id), f"/api/desk/v1/notices/{page.notice_id}"):
            assert client.get(address).status_code == 404

    with django_capture_on_commit_callbacks(execute=True):
        pages = [published(index, **each) for each in marked(service, "public")]
    found = texts(client)
    without = {address for address, text in found.items() if "public" not in _marks(text)}
    assert without == NAMELESS | {f"/en{address}" for address in NAMELESS}
    for page in pages:
        assert str(page.notice_id) in text_of(client, message(page.notice_id))
        assert sum(str(page.notice_id) in text for text in found.values()) >= 12


def _marks(text):
    return {name for pair in MARKS.findall(text) for name in pair}


def test_every_face_is_tagged_kept_shortly_and_open_to_other_sites(index, service, client):
    published(index, services=[service])
    for address in addresses(key="roads"):
        response = get(client, address, origin="https://elsewhere.example")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert ETAG.fullmatch(response["ETag"]), address
        assert response["Cache-Control"] == (
            "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies
        known = client.get(address, headers={"if-none-match": response["ETag"]})
        assert (known.status_code, known.content) == (304, b"")
        assert known["ETag"] == response["ETag"]
        assert known["Access-Control-Allow-Origin"] == "*"
        weak = client.get(address, headers={"if-none-match": f"W/{response['ETag']}"})
        assert weak.status_code == 304
        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head["ETag"] == response["ETag"]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("page", ["/status/", "/status/services/roads/"])
def test_pages_name_the_faces_of_their_language(index, service, client, prefix, page):
    text = get(client, prefix + page).content.decode()
    named = set(re.findall(r'href="([^"]+\.(?:rss|atom|json|ics))"', text))
    assert named == {
        f"{prefix}{page}{name}"
        for name in ("history.rss", "history.atom", "history.json", "maintenance.ics")
    }
    for address in named:
        get(client, address)


def test_pages_and_the_api_are_not_open_to_other_sites(index, client):
    for address in ("/status/", "/", "/api/desk/v1/notices"):
        response = get(client, address, origin="https://elsewhere.example")
        assert "Access-Control-Allow-Origin" not in response


def test_a_browser_that_asks_first_is_told_how(index, client):
    response = client.options(SUMMARY, headers={"origin": "https://elsewhere.example"})
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(index, client, method):
    response = getattr(client, method)(SUMMARY)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_the_date_is_that_of_the_last_change_of_the_face_itself(index, client):
    start = timezone.now().replace(microsecond=0)
    second = timedelta(seconds=1)
    with clock(start - timedelta(hours=1)):
        page = published(index)
    with clock(start):
        assert "Last-Modified" not in get(client, SUMMARY)  # it may change within this second
    with clock(start + 5 * second):
        dated = get(client, SUMMARY)["Last-Modified"]
        assert client.get(SUMMARY, headers={"if-modified-since": dated}).status_code == 304
    # A withdrawal takes the newest times away: a date made of them would say "not modified".
    page.unpublish()
    with clock(start + 6 * second):
        gone = get(client, SUMMARY, **{"if-modified-since": dated})
    assert json.loads(gone.content)["incidents"] == []
    with clock(start + 9 * second):
        later = get(client, SUMMARY, **{"if-modified-since": dated})
        assert later["Last-Modified"] > dated
        assert (
            client.get(SUMMARY, headers={"if-modified-since": later["Last-Modified"]}).status_code
            == 304
        )
    # A clock that was set back dates nothing into the future.
    with clock(start - timedelta(days=1)):
        assert "Last-Modified" not in get(client, SUMMARY)


def test_without_a_shared_cache_faces_have_only_no_date(index, client, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "get", away)
    for _time in range(2):
        response = get(client, SUMMARY)
        assert "ETag" in response
        assert "Last-Modified" not in response
    assert "shared cache is away" in caplog.text


@pytest.mark.parametrize(
    "query",
    [
        "?page=-1",
        "?limit=99999999999999999999",
        "?callback=alert(1)//",
        "?_=1700000000000",
        "?x=%00&x=%FF&%D9%81",
        "?" + "a" * 3000,
    ],
)
def test_parameters_mean_nothing(index, client, query):
    with clock(timezone.now()):
        plain = get(client, SUMMARY)
        response = get(client, SUMMARY + query)
    assert response.content == plain.content
    assert response["ETag"] == plain["ETag"]


@pytest.mark.parametrize(
    "address",
    [
        "/status/api/v2/nothing.json",
        "/status/api/v2/",
        "/status/api/v3/summary.json",
        "/status/api/v2/summary.xml",
        "/status/services/nothing/history.rss",
        "/status/services/nothing/maintenance.ics",
    ],
)
def test_what_is_not_there_is_said_in_short_and_to_other_sites_too(index, client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert json.loads(response.content) == {"error": "not found"}
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "address",
    [
        "/status/history.xml",
        "/status/services/%00/history.rss",
        "/status/services/..%2F..%2Fetc/history.rss",
        "/status/services/roads/history.pdf",
        "/status/history.rss/",
    ],
)
def test_addresses_of_no_face_are_not_found(index, client, address):
    assert client.get(address).status_code == 404


def test_a_service_that_is_not_offered_has_no_faces(index, service, client):
    service.active = False
    service.save()
    for address in addresses(key="roads"):
        if "/services/" in address:
            assert client.get(address).status_code == 404
