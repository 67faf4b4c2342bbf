"""Availability through the desk API: the same as the pages' own JSON, described in OpenAPI."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices.enums import Impact
from tests.cms_pages.factories import ServiceFactory
from tests.notices import worked_example as example
from tests.notices.factories import make_index
from tests.shared_content import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

API = "/api/desk/v1/availability"
PAGES = "/status/availability/"


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker):
    """The worked example, its month over."""
    with made_once(django_db_blocker):
        index = make_index()
        example.build(index)
        yield index


@pytest.fixture(autouse=True)
def _over(desk):
    with example.month_is_over():
        yield


def values(found):
    """Numbers as numbers, moments as one form of them."""
    if isinstance(found, dict):
        return {key: values(each) for key, each in found.items()}
    if isinstance(found, list):
        return [values(each) for each in found]
    return found.replace("+00:00", "Z") if isinstance(found, str) else found


@pytest.mark.parametrize("query", ["", "?calendar=jalali", "?calendar=gregorian"])
def test_it_says_what_the_pages_json_says(client, query):
    said = client.get(f"{API}{query}")
    assert said.status_code == 200
    assert values(said.json()) == values(client.get(f"{PAGES}figures.json{query}").json())
    one = client.get(f"{API}/land-enquiry{query}").json()
    pages = client.get(f"{PAGES}land-enquiry/figures.json{query}").json()
    assert values(one) == values(pages)
    assert [each["key"] for each in one["services"]] == ["land-enquiry"]


def test_the_days_are_told_with_their_notices(client):
    [service] = client.get(f"{API}/land-enquiry").json()["services"]
    days = {each["day"]: each for each in service["last_90_days"]["days"]}
    assert len(days) == 90
    third = days["2026-10-25"]
    assert (third["state"], third["worst_impact"]) == ("impaired", "major")
    assert (third["downtime_minutes"], len(third["notices"])) == (113, 2)
    assert days["2026-11-11"]["state"] == "planned"
    assert days["2026-10-22"]["state"] == "unknown"
    assert service["last_90_days"]["availability_percent"] == 99.31


def test_the_name_is_in_the_language_asked_for(client):
    service = ServiceFactory(key="land-enquiry")
    service.name_en = "Land enquiry"
    service.save()
    found = client.get(f"{API}/land-enquiry", headers={"accept-language": "en"}).json()
    assert found["services"][0]["name"] == "Land enquiry"


@pytest.mark.parametrize(
    ("address", "status"),
    [("/no-such", 404), ("/land\0enquiry", 404), ("?calendar=lunar", 422), ("?calendar=", 422)],
)
def test_nonsense_is_refused(client, address, status):
    assert client.get(f"{API}{address}").status_code == status


def test_it_is_described(client):
    described = client.get("/api/desk/v1/openapi.json").json()
    for path in (API, API + "/{key}"):
        answer = described["paths"][path]["get"]["responses"]["200"]
        assert answer["content"]["application/json"]["schema"]["$ref"].endswith("AvailabilityOut")
    stretch = described["components"]["schemas"]["StretchOut"]["properties"]
    assert {"from", "to"} <= set(stretch)


def test_as_many_queries_for_many_as_for_few(desk, client):
    def count():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(API).status_code == 200
        return len(caught)

    count()
    few = count()
    for number in range(4):
        moments = [example.at(8 + number, hour) for hour in (9, 9, 12)]
        example.outage(desk, ServiceFactory(), Impact.PARTIAL, *moments)
    assert count() == few <= 8
