"""The box for other sites: as a script with its data, as a page for a frame, and what to copy."""

import json
import re

import pytest

from notices.boxes import MOST
from notices.enums import Impact, Kind
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ahead, published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture
def index(shared_index):
    return shared_index


@pytest.fixture
def service(index):
    return ServiceFactory(key="roads", name_en="Roads")


def data(client, address="/en/status/widget.json"):
    response = client.get(address)
    assert response.status_code == 200
    return json.loads(response.content)


def test_the_script_is_small_and_depends_on_nothing(index, client):
    text = client.get("/status/widget.js").content.decode()
    assert len(text.encode()) < 4_096
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "import",
    ):
        assert word not in text
    places = json.loads(re.search(r"const places = ({.*});", text)[1])
    assert {code: (each["path"], each["dir"]) for code, each in places.items()} == {
        "fa": ("/status/", "rtl"),
        "en": ("/en/status/", "ltr"),
    }


def test_the_data_say_what_runs_and_comes_with_whole_addresses(index, service, client):
    assert data(client)["sentence"] == "All services are in order."
    published(index, title="Gateway", services=[service], impact=Impact.MAJOR)
    times = {"starts_at": ahead(hours=5), "expected_end": ahead(hours=6)}
    published(index, title="Window", kind=Kind.MAINTENANCE, services=[service], **times)
    found = data(client, "/en/status/services/roads/widget.json")
    assert (found["sentence"], found["tone"]) == ("Unavailable", "major")
    assert found["url"] == "http://testserver/en/status/services/roads/"
    assert [each["title"] for each in found["notices"]] == ["Gateway", "Window"]
    assert all(each["url"].startswith("http://testserver/") for each in found["notices"])


def test_of_many_notices_the_box_shows_a_few_and_says_that_there_are_more(index, client):
    for number in range(MOST + 2):
        published(index, title=f"n{number}")
    found = data(client)
    assert (len(found["notices"]), found["more"]) == (MOST, 2)


@pytest.mark.parametrize("address", ["/status/embed/", "/en/status/embed/roads/"])
def test_the_page_for_frames_may_stand_in_any_page_and_sets_no_cookie(
    index, service, client, address
):
    published(index, title="Gateway", services=[service])
    response = client.get(address)
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert not response.cookies
    text = response.content.decode()
    assert "Gateway" in text
    assert "data-notice" not in text
    links = re.findall(r"<a [^>]+>", text)
    assert links
    assert all('target="_top"' in link for link in links)


@pytest.mark.parametrize("address", ["/status/", "/status/services/roads/", "/status/own-site/"])
def test_no_other_page_may_stand_in_a_foreign_frame(index, service, client, address):
    response = client.get(address)
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_what_is_to_be_copied_leads_to_addresses_that_answer(index, service, client):
    for address in ("/en/status/own-site/", "/en/status/services/roads/own-site/"):
        text = client.get(address).content.decode().replace("&quot;", '"').replace("&lt;", "<")
        named = set(re.findall(r'(?:src|href)="http://testserver([^"]+)"', text))
        assert len(named) >= 4
        for each in named:
            assert client.get(each).status_code == 200, each
    assert 'data-service="roads"' in text
    assert "[![State of “Roads”](http://testserver/en/status/services/roads/badge.svg)]" in text


def test_a_name_with_quotes_breaks_no_line_that_is_copied(index, client):
    ServiceFactory(key="odd", name_en='A "b" <c> [d]')
    text = client.get("/en/status/services/odd/own-site/").content.decode()
    assert "alt=&quot;State of “A &amp;quot;b&amp;quot; &amp;lt;c&amp;gt; [d]”&quot;" in text
    assert "[![State of “A &quot;b&quot; &lt;c&gt; (d)”]" in text


@pytest.mark.parametrize("page", ["/status/", "/status/services/roads/"])
def test_the_status_pages_lead_there(index, service, client, page):
    assert f"{page}own-site/" in client.get(page).content.decode()


@pytest.mark.parametrize("place", ["embed/gone/", "services/gone/own-site/"])
def test_a_service_that_is_not_offered_has_none(index, client, place):
    ServiceFactory(key="gone", active=False)
    assert client.get(f"/status/{place}").status_code == 404
