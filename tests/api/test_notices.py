"""Notices through the desk API: what is asked for, and nothing that is not public."""

import uuid

import pytest

from notices import listing, updates
from notices.enums import Impact, Kind
from notices.models import NoticePage
from tests.cms_pages.factories import ServiceFactory, translate
from tests.notices.factories import ago, ahead, clock, draft, make_index, published
from tests.shared_content import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

API = "/api/desk/v1"


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker):
    """A running outage, a window to come, news, and two outages that are over."""
    with made_once(django_db_blocker):
        index = make_index()
        mine, other = ServiceFactory(key="permits"), ServiceFactory(key="plots")
        outage = published(index, title="قطعی", services=[mine], impact=Impact.PARTIAL)
        published(
            index,
            title="نگهداری",
            kind=Kind.MAINTENANCE,
            services=[other],
            starts_at=ahead(hours=5),
            expected_end=ahead(hours=6),
        )
        published(index, title="خبر", kind=Kind.ANNOUNCEMENT)
        for hours, title in ((30, "دیروز"), (60, "پریروز")):
            with clock(ago(hours=hours)):
                page = published(index, title=title, services=[other])
                updates.post(
                    notice=page.notice, state="resolved", text="رفع شد.", author=None, key="r"
                )
        hidden = draft(index, title="پیش‌نویس")
        withdrawn = published(index, title="پس‌گرفته")
        withdrawn.unpublish()
        yield {"index": index, "outage": outage, "hidden": hidden, "withdrawn": withdrawn}


def titles(client, query=""):
    response = client.get(f"{API}/notices{query}")
    assert response.status_code == 200
    return [each["title"] for each in response.json()]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["قطعی", "خبر", "نگهداری"]),
        ("?kind=outage", ["قطعی"]),
        ("?kind=maintenance&service=permits", []),
        ("?service=plots", ["نگهداری"]),
        ("?service=nothing", []),
        ("?over=true", ["دیروز", "پریروز"]),
        ("?over=true&service=permits", []),
        ("?over=true&kind=outage&page=2", []),
    ],
)
def test_notices_by_kind_and_service_now_and_before(desk, client, query, wanted):
    assert titles(client, query) == wanted


def test_the_past_comes_by_pages(desk, client, monkeypatch):
    monkeypatch.setattr(listing, "PER_PAGE", 1)
    assert titles(client, "?over=true&page=2") == ["پریروز"]


@pytest.mark.parametrize(
    "query",
    ["?kind=nothing", "?page=0", "?page=-1", "?page=x", "?over=perhaps", "?service=a%00b"],
)
def test_nonsense_is_refused_with_its_field(desk, client, query):
    response = client.get(f"{API}/notices{query}")
    assert response.status_code == 422
    assert list(response.json()["errors"]) == [query[1:].split("=")[0]]


def test_one_notice_in_the_reader_s_language(desk, client):
    page = desk["outage"]
    translate(NoticePage.objects.get(pk=page.pk), "en", title="Outage", slug="outage")
    address = f"{API}/notices/{page.notice_id}"
    found = client.get(address, headers={"accept-language": "en"})
    assert (found.json()["title"], found["Content-Language"]) == ("Outage", "en")
    persian = client.get(address)
    assert persian.json()["title"] == "قطعی"
    known = client.get(address, headers={"if-none-match": persian["ETag"]})
    assert known.status_code == 304


def test_what_is_not_public_is_not_there(desk, client):
    for key in (desk["withdrawn"].notice_id, uuid.uuid4()):
        assert client.get(f"{API}/notices/{key}").status_code == 404
    assert client.get(f"{API}/notices/nonsense").status_code == 422
    everything = titles(client) + titles(client, "?over=true")
    assert not {"پیش‌نویس", "پس‌گرفته"} & set(everything)


def test_the_state_of_every_service(desk, client):
    found = client.get(f"{API}/status", headers={"accept-language": "en"})
    body = found.json()
    assert (body["state"], body["sentence"]) == ("partial", "Some services are partly unavailable.")
    assert {each["key"]: (each["state"], each["notices"]) for each in body["services"]} == {
        "permits": ("partial", [str(desk["outage"].notice_id)]),
        "plots": ("operational", []),
    }
    assert (
        client.get(
            f"{API}/status", headers={"accept-language": "en", "if-none-match": found["ETag"]}
        ).status_code
        == 304
    )


def test_as_many_queries_for_many_as_for_few(desk, client, django_assert_num_queries):
    client.get(f"{API}/notices")
    with django_assert_num_queries(1):
        client.get(f"{API}/notices")
    with django_assert_num_queries(2):
        client.get(f"{API}/notices?over=true")
