"""Badges: small pictures of a state or a figure, for pages of other sites."""

import xml.etree.ElementTree as ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notices.enums import Impact
from notices.machine_faces.badges import COLOURS, LABEL_COLOUR, Badge
from tests.cms_pages.factories import ServiceFactory
from tests.cms_pages.test_contrast import contrast
from tests.notices import worked_example as example
from tests.notices.factories import published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def index(shared_index):
    return shared_index


@pytest.fixture
def service(index):
    return ServiceFactory(key="roads", name="راه‌ها & پل‌ها", name_en="Roads <all>")


def picture(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314 – our own, and well-formed


def said(svg):
    return svg.find(f"{SVG}title").text


@pytest.mark.parametrize(
    ("prefix", "direction", "language"), [("", "rtl", "fa"), ("/en", "ltr", "en")]
)
def test_a_badge_speaks_the_language_of_its_address(index, client, prefix, direction, language):
    svg = picture(client, f"{prefix}/status/badge.svg")
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == said(svg)
    assert svg.attrib["direction"] == direction
    assert svg.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language


def test_the_badge_of_the_desk_says_the_worst_state(index, service, client):
    address = "/en/status/badge.svg"
    assert said(picture(client, address)) == "Services: All in order"
    published(index, services=[service], impact=Impact.MAJOR)
    assert said(picture(client, address)) == "Services: Unavailable"


def test_the_badge_of_a_service_says_its_own_state_alone(index, service, client):
    published(index, services=[ServiceFactory(key="other")])
    assert said(picture(client, "/en/status/services/roads/badge.svg")) == "Roads <all>: In order"
    published(index, services=[service], impact=Impact.PARTIAL)
    svg = picture(client, "/en/status/services/roads/badge.svg")
    assert said(svg) == "Roads <all>: Partly unavailable"
    persian = picture(client, "/status/services/roads/badge.svg")
    assert "راه‌ها & پل‌ها" in said(persian)


def test_the_words_stand_beside_each_other_in_the_reading_direction():
    for language, first_is_right in (("fa", True), ("en", False)):
        with translation.override(language):
            svg = ElementTree.fromstring(Badge("name", "state", "ok").svg())  # noqa: S314
        width = float(svg.attrib["width"])
        label, message = svg.iter(f"{SVG}text")
        assert (float(label.attrib["x"]) > float(message.attrib["x"])) is first_is_right
        edges = []
        for words in (label, message):
            half = float(words.attrib["textLength"]) / 2
            edges.append((float(words.attrib["x"]) - half, float(words.attrib["x"]) + half))
        left, right = sorted(edges)
        assert 0 < left[0] < left[1] < right[0] < right[1] < width


def test_a_long_name_is_cut_off_and_stays_whole_in_the_title():
    svg = ElementTree.fromstring(Badge("n" * 200, "state", "ok").svg())  # noqa: S314
    label = next(svg.iter(f"{SVG}text"))
    assert label.text == "n" * 43 + "…"
    assert "n" * 200 in said(svg)


def test_no_tone_is_told_by_its_colour_alone():
    signs = {tone: Badge("a", "b", tone).svg().split("<g color", 1)[1] for tone in COLOURS}
    assert len(set(signs.values())) == len(COLOURS)


@pytest.mark.parametrize("colour", [LABEL_COLOUR, *COLOURS.values()])
def test_white_can_be_read_on_every_part(colour):
    assert contrast("#ffffff", colour) >= 4.5


def test_the_availability_of_the_last_closed_month_is_cut_off(shared_index, client):
    example.build(shared_index)
    with example.month_is_over():
        svg = picture(client, "/en/status/availability/land-enquiry/badge.svg")
    assert "Aban 1405: 99.302%" in said(svg)


def test_without_a_closed_month_there_are_no_figures_yet(index, service, client):
    svg = picture(client, "/en/status/availability/roads/badge.svg")
    assert said(svg).endswith("no figures yet")


@pytest.mark.parametrize("place", ["services/nowhere", "services/gone", "availability/gone"])
def test_for_a_service_that_is_not_offered_the_picture_says_so(index, client, place):
    ServiceFactory(key="gone", active=False)
    svg = picture(client, f"/en/status/{place}/badge.svg", status=404)
    assert said(svg) == "Services: no such service"
    assert client.get(f"/status/{place}/badge.svg")["Access-Control-Allow-Origin"] == "*"


def test_nothing_in_a_badge_is_refused_by_a_strict_policy(index, service, client):
    text = client.get("/status/services/roads/badge.svg").content.decode()
    for word in ("style", "<script", "http://", "https://", " id="):
        assert word not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    "address",
    [
        "/status/badge.svg",
        "/status/services/roads/badge.svg",
        "/status/availability/roads/badge.svg",
    ],
)
def test_queries_do_not_grow_with_services_and_notices(
    index, service, client, django_assert_max_num_queries, address
):
    published(index, services=[service])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    allowed = len(few)
    for number in range(4):
        published(index, services=[service, ServiceFactory(key=f"more-{number}")])
    client.get(address)
    with django_assert_max_num_queries(allowed):
        client.get(address)
