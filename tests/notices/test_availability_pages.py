"""Availability as people and programs see it: both calendars, both languages, safe files."""

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from notices.enums import Impact, Kind
from notices.models import NoticePage
from tests.cms_pages.factories import ServiceFactory
from tests.notices import worked_example as example
from tests.notices.factories import ago, ahead, draft, published

pytestmark = [pytest.mark.django_db, pytest.mark.face]
ALL = "/status/availability/"
ONE = "/status/availability/land-enquiry/"


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.fixture
def over(index):
    """The month of the worked example is over; the clock stands in the next one."""
    example.build(index)
    with example.month_is_over():
        yield index


def data(client, url):
    return json.loads(text_of(client, url))


def test_the_page_of_a_service_shows_the_month_as_by_hand(over, client):
    body = text_of(client, ONE)
    assert "۹۹٫۳۰۲" in body
    assert "۹۸٫۳۳۳" in body
    english = text_of(client, f"/en{ONE}")
    assert "99.302%" in english
    assert "Aban 1405" in english
    assert "3 of 4" in english


def test_all_services_stand_beside_each_other(over, client):
    body = text_of(client, f"/en{ALL}")
    for key in ("land-enquiry", "counter"):
        assert f"/en/status/availability/{key}/" in body
    assert "Partly unavailable: 50%" in body
    assert "48 h" in body
    assert "8 h a month" in body
    assert "99.302%" in body
    assert "98.5" not in body


def test_every_counted_stretch_leads_to_its_notice(over, client):
    body = text_of(client, ONE)
    pages = NoticePage.objects.filter(notice__affected__service__key="land-enquiry")
    weighing = pages.exclude(notice__affected__impact=Impact.DEGRADED)
    assert weighing.count() == 6
    for page in weighing:
        assert page.url in body


def test_outages_that_cost_no_downtime_stand_beside_their_times(index, client):
    services = [ServiceFactory(key="map")]
    published(index, services=services, impact=Impact.DEGRADED, starts_at=ago(minutes=30))
    body = text_of(client, "/en/status/availability/map/")
    assert 'data-label="Outages with downtime">0<' in body
    assert 'data-label="Outages told of">1<' in body


def test_the_words_under_no_downtime_name_the_month(over, client):
    assert "No downtime was told of in Azar 1405." in text_of(client, f"/en{ONE}")


def test_a_month_without_target_has_no_empty_line_for_its_result(over, client):
    body = text_of(client, f"/en{ONE}")
    assert ">no target<" in body
    assert 'data-label="Result"' not in body


def test_gregorian_months_are_months_of_tehran(over, client):
    found = data(client, f"{ONE}figures.json?calendar=gregorian")
    assert found["calendar"] == "gregorian"
    [service] = found["services"]
    assert service["this_month"]["month"] == "2026-11"
    october = service["months"][-1]
    assert (october["month"], october["first_day"]) == ("2026-10", "2026-10-01")
    assert [(each["from"], each["minutes"]) for each in october["stretches"]] == [
        ("2026-10-25T06:30:00+00:00", 60),
        ("2026-10-25T07:30:00+00:00", 30),
        ("2026-10-25T08:00:00+00:00", 45),
    ]
    assert october["downtime_minutes"] == 113
    assert "October 2026" in text_of(client, f"/en{ONE}?calendar=gregorian")


def test_the_json_says_all_that_the_page_says(over, client):
    [service] = data(client, f"{ONE}figures.json")["services"]
    month = service["months"][-1]
    assert month["month"] == "1405-08"
    assert month["availability_percent"] == 99.302
    assert (month["due_minutes"], month["available_minutes"]) == (42_000, 41_707)
    assert (month["agreed_minutes"], month["known_minutes"]) == (43_200, 42_480)
    assert month["excused_minutes"] == 480
    assert month["outages"]["count"] == 4
    assert month["notices"]["windows_in_time"] == 3
    assert month["frozen"] is None
    assert sum(each["downtime_minutes"] for each in month["stretches"]) == 292.5
    assert all(each["notices"] for each in month["stretches"])
    assert month["result"] == "none"
    assert service["months"][0]["availability_percent"] is None


def test_the_csv_is_persian_and_runs_nothing(over, client):
    name = "=HYPERLINK(1)"
    service = ServiceFactory(key="land-enquiry")
    service.name = name
    service.save()
    response = client.get(f"{ONE}figures.csv")
    content = b"".join(response.streaming_content)
    assert content.startswith("\ufeff".encode())
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert all(len(row) == len(table[0]) for row in table)
    assert all(row[0] == f"'{name}" for row in table[1:])
    assert any("1405-08" in row[2] and row[5] == "99.302" for row in table)
    assert any(row[3] == "1405/08/03 10:00" for row in table)


def test_the_workbook_says_the_same_as_the_csv(over, client):
    answer = client.get(f"/en{ALL}figures.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    found = list(sheet.values)
    assert found[0][0] == "Service"
    table = list(
        csv.reader(
            io.StringIO(
                b"".join(client.get(f"/en{ALL}figures.csv").streaming_content).decode("utf-8-sig")
            )
        )
    )
    assert [["" if cell is None else str(cell) for cell in row] for row in found] == table


def test_taking_a_notice_down_hides_its_words_and_keeps_its_minutes(over, client):
    before = data(client, f"{ONE}figures.json")["services"][0]["months"][-1]
    page = NoticePage.objects.filter(notice__starts_at=example.at(15, 22)).get()
    page.title = "نشانه"
    page.save()
    assert "نشانه" in text_of(client, ONE)
    page.unpublish()
    after = data(client, f"{ONE}figures.json")["services"][0]["months"][-1]
    assert after["downtime_minutes"] == before["downtime_minutes"]
    gone = [each for each in after["stretches"] if each["withdrawn"]]
    assert len(gone) == 1
    assert gone[0]["notices"] == []
    for url in (ONE, ALL, f"{ONE}figures.json"):
        body = text_of(client, url)
        assert "نشانه" not in body
        assert str(page.notice_id) not in body


def test_what_is_private_is_named_nowhere(over, client):
    page = NoticePage.objects.filter(notice__starts_at=example.at(15, 22)).get()
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    body = text_of(client, f"{ONE}figures.json")
    assert str(page.notice_id) not in body


def test_a_draft_and_an_outage_of_the_future_count_nothing(index, client, settings):
    settings.DESK_AVAILABILITY_SINCE = "2020-01-01T00:00:00+03:30"
    service = ServiceFactory(key="map")
    draft(index, title="نشانه", services=[service], starts_at=ago(hours=5))
    published(index, title="فردا", services=[service], starts_at=ahead(hours=3))
    [found] = data(client, "/status/availability/map/figures.json")["services"]
    assert found["this_month"]["downtime_minutes"] == 0
    assert found["this_month"]["stretches"] == []


def test_a_running_outage_counts_up_to_now_and_the_page_lives_minutes_only(
    index, client, settings, django_capture_on_commit_callbacks
):
    settings.DESK_AVAILABILITY_SINCE = "2020-01-01T00:00:00+03:30"
    service = ServiceFactory(key="map")
    url = "/status/availability/map/figures.json"
    with django_capture_on_commit_callbacks(execute=True):
        assert data(client, url)["services"][0]["this_month"]["downtime_minutes"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        published(index, services=[service], starts_at=ago(minutes=30))
    lost = data(client, url)["services"][0]["this_month"]["downtime_minutes"]
    assert lost in (30, 31)


def test_windows_ahead_stand_on_the_page(index, client):
    service = ServiceFactory(key="map")
    published(
        index,
        title="نگهداری",
        services=[service],
        kind=Kind.MAINTENANCE,
        starts_at=ahead(days=3),
        expected_end=ahead(days=3, hours=2),
    )
    assert "نگهداری" in text_of(client, ALL)
    assert "نگهداری" in text_of(client, "/status/availability/map/")
    other = ServiceFactory(key="other")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("notices.current.RECENT", timedelta())
        main = text_of(client, f"/status/availability/{other.key}/").split("<main")[1]
    assert "نگهداری" not in main


@pytest.mark.parametrize(
    "url",
    [
        "/status/availability/no-such/",
        "/status/availability/no-such/figures.csv",
        f"{ALL}?calendar=lunar",
        f"{ALL}figures.json?calendar=",
        f"{ALL}figures.pdf",
    ],
)
def test_nonsense_is_not_found(index, client, url):
    assert client.get(url).status_code == 404


def test_a_service_that_is_not_offered_has_no_page(index, client):
    ServiceFactory(key="gone", active=False)
    assert client.get("/status/availability/gone/").status_code == 404


def test_queries_do_not_grow_with_services_and_notices(over, client):
    def count(url):
        with CaptureQueriesContext(connection) as caught:
            text_of(client, url)
        return len(caught)

    count(f"{ALL}figures.json")  # what a process reads once
    with_few = [count(ALL), count(f"{ALL}figures.json")]
    more = [ServiceFactory() for _number in range(4)]
    for number in range(3):
        for service in more:
            example.outage(
                over,
                service,
                Impact.PARTIAL,
                *(example.at(8 + number, hour) for hour in (9, 9, 12)),
            )
    assert [count(ALL), count(f"{ALL}figures.json")] == with_few


def test_the_status_pages_lead_here(index, client):
    service = ServiceFactory(key="map")
    assert f'href="{ALL}"' in text_of(client, "/status/")
    assert f'href="{ALL}map/"' in text_of(client, f"/status/services/{service.key}/")


def test_before_anything_is_known_nothing_is_claimed(db, client, index):
    ServiceFactory(key="map")
    found = data(client, "/status/availability/map/figures.json")["services"][0]
    assert found["known_since"] is None
    assert found["this_month"]["availability_percent"] is None
    assert found["this_month"]["coverage_percent"] == 0
    body = text_of(client, "/en/status/availability/map/")
    assert "not known" in body
