"""The address that open pages ask: cheap, and the same while nothing has changed."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notices import updates
from notices.enums import Impact, UpdateState
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
LIVE = "/status/live/"


@pytest.fixture
def index(shared_index):
    return shared_index


def text_of(client):
    response = client.get(LIVE)
    assert response.status_code == 200
    return response.content.decode()


def test_it_stays_the_same_until_something_is_said(index, client):
    service = ServiceFactory(key="roads")
    seen = [text_of(client), text_of(client)]
    page = published(index, services=[service])
    seen += [text_of(client), text_of(client)]
    said = {"state": UpdateState.IDENTIFIED, "text": "علت پیدا شد.", "author": None, "key": "1"}
    updates.post(notice=page.notice, impacts={service: Impact.MAJOR}, **said)
    seen += [text_of(client), text_of(client)]
    assert seen[0::2] == seen[1::2]
    assert len(set(seen)) == 3


def test_it_brings_the_banner_and_the_line_of_the_footer(index, client):
    page = published(index)
    text = text_of(client)
    assert f'data-notice="{page.notice_id}"' in text
    assert set(re.findall(r'data-live="([^"]+)"', text)) == {"banner", "home-status", "foot"}
    assert "<html" not in text


def test_whoever_has_it_already_hears_304_from_the_kept_copy(index, settings):
    settings.DESK_PAGE_CACHE = True
    client = Client()
    first = client.get(LIVE)
    with CaptureQueriesContext(connection) as queries:
        second = client.get(LIVE, headers={"if-none-match": first["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert second["X-Desk-Cache"] == "hit"
    assert [each for each in queries if "notice" in each["sql"]] == []


@pytest.mark.parametrize("address", ["/", "/status/", "/submit/"])
def test_every_page_with_a_frame_says_where_to_ask(index, client, address):
    text = client.get(address, follow=True).content.decode()
    assert f'data-live-source="{LIVE}"' in text
    assert f'data-live-source="/en{LIVE}"' in client.get(f"/en{LIVE}").content.decode()


def test_queries_do_not_grow_with_notices(index, client, django_assert_max_num_queries):
    published(index, services=[ServiceFactory()])
    text_of(client)
    with CaptureQueriesContext(connection) as few:
        text_of(client)
    allowed = len(few)
    for _number in range(4):
        published(index, services=[ServiceFactory()])
    text_of(client)
    with django_assert_max_num_queries(allowed):
        text_of(client)
