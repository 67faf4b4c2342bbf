"""What agreements and hours put into every page, and the rule about fees."""

from datetime import date, datetime, time
from unittest.mock import patch

import pytest
from django.utils.translation import override

from cms_pages import service_rules
from cms_pages.frame import frame_for
from cms_pages.models import Department, Service
from desk_core.page_cache.next_change import next_change
from persian.jalali import TEHRAN, from_jalali
from sla import slots
from sla.models import WeeklySchedule
from tests.sla.factories import clauses, make_index, make_page, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


def clock(*jalali, hour=12):
    moment = datetime.combine(from_jalali(*jalali), time(hour), TEHRAN)
    return patch("django.utils.timezone.now", return_value=moment)


@pytest.fixture
def request_here(rf, index):
    return rf.get("/")


@pytest.fixture
def hours(db):
    days = dict.fromkeys(("saturday", "sunday", "monday", "tuesday", "wednesday"), "07:30-14:30")
    return WeeklySchedule.objects.create(name="ساعت", first_day=from_jalali(1405, 1, 1), **days)


def test_without_an_agreement_the_frame_says_nothing(request_here):
    assert slots.footer_agreement(request_here) == ""
    assert slots.home_agreement(request_here) == ""
    make_page(live=True)
    assert slots.footer_agreement(request_here) == ""


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ((1405, 9, 1), "valid until 1405/12/29"),
        ((1406, 1, 1), "expired, was valid until 1405/12/29"),
    ],
)
def test_the_foot_says_until_when_or_since_when(request_here, day, said):
    page = make_signed(valid_to=from_jalali(1405, 12, 29))
    with clock(*day), override("en"):
        html = slots.footer_agreement(request_here)
    assert said in html
    assert page.get_url() in html


def test_card_and_foot_together_are_one_query(request_here, django_assert_num_queries):
    make_signed()
    frame_for(request_here).site  # noqa: B018 – the frame is read with every page
    make_signed(valid_from=date(2027, 4, 1), valid_to=date(2028, 1, 1))
    from wagtail.models import Site

    Site.get_site_root_paths()
    with django_assert_num_queries(1), clock(1405, 9, 1):
        assert slots.home_agreement(request_here)
        assert slots.footer_agreement(request_here)


def test_the_foot_says_who_is_at_work(request_here, hours):
    with clock(1405, 9, 1), override("en"):
        assert "until 14:30" in slots.footer_hours(request_here)
    with clock(1405, 9, 1, hour=20), override("en"):
        assert "next work on Monday 2 Azar at 7:30" in slots.footer_hours(request_here)


def test_without_hours_the_foot_says_nothing(request_here):
    assert slots.footer_hours(request_here).strip() == ""


def test_a_departments_page_shows_its_week(request_here, hours):
    from types import SimpleNamespace

    department = Department.objects.create(key="land", name="زمین")
    assert slots.department_hours(request_here) == ""
    request_here.desk_page = SimpleNamespace(department=department)
    with clock(1405, 9, 1), override("en"):
        html = slots.department_hours(request_here)
    assert html.count("7:30 to 14:30") == 5
    assert html.count("closed") == 2
    assert html.index("Saturday") < html.index("Friday")


def test_a_cached_page_ends_when_the_office_opens_or_closes(hours):
    at = datetime.combine(from_jalali(1405, 9, 1), time(8), TEHRAN)
    assert next_change(at) == datetime.combine(from_jalali(1405, 9, 1), time(14, 30), TEHRAN)


def test_the_home_page_carries_card_and_hours(client, hours):
    make_signed()
    with clock(1405, 9, 1):
        body = client.get("/").content.decode()
    assert "1405" not in body.split("<footer")[0].replace("۱۴۰۵", "")
    assert "۱۴:۳۰" in body.split("<footer")[1]


# The free clause


@pytest.fixture
def service(db):
    department = Department.objects.create(key="land", name="زمین")
    return Service.objects.create(key="permit", name="پروانه", department=department)


def test_a_fee_is_refused_while_the_free_clause_is_in_force(service):
    make_signed(clauses=clauses(free=True))
    with clock(1405, 9, 1), override("en"):
        [reason] = service_rules.objections(service, {"fee": 5000})
        assert service_rules.objections(service, {"fee": 0}) == []
        assert service_rules.objections(service, {}) == []
    assert "هزینه‌ها" in reason
    assert "clause 3" in reason
    assert "version 1" in reason


def test_a_fee_may_stand_when_nothing_forbids_it(service):
    make_page(live=True, clauses=clauses(free=True), key="unsigned")
    make_signed()
    with clock(1405, 9, 1):
        assert service_rules.objections(service, {"fee": 5000}) == []
    make_signed(clauses=clauses(free=True), valid_to=from_jalali(1405, 6, 31), key="old")
    with clock(1405, 9, 1):
        assert service_rules.objections(service, {"fee": 5000}) == []


# The API


def test_the_api_gives_clauses_state_validity_and_signatures(client):
    page = make_signed(clauses=clauses(free=True))
    with clock(1405, 9, 1):
        answer = client.get(f"/api/v2/pages/{page.pk}/")
    assert answer.status_code == 200
    found = answer.json()
    assert found["state"] == "in_force"
    assert found["validity"]["to"] == "2027-03-20"
    assert found["validity"]["days_left"] > 0
    assert [clause["anchor"] for clause in found["clauses"]] == ["purpose", "period", "fees"]
    assert found["clauses"][2]["free"] is True
    assert found["clauses"][0]["html"] == "<p>کیفیت خدمت.</p>"
    assert found["signatures"][0]["letter_number"] == "123/ص"
    assert found["parties"][0]["name"] == "ادارهٔ نمونه"
    assert found["digest"] == page.version.signed_text.digest
    assert found["number"] == 1


def test_the_api_of_a_signed_version_reads_the_sealed_text(client):
    from sla.models import AgreementPage

    page = make_signed()
    AgreementPage.objects.filter(pk=page.pk).update(clauses=[])
    found = client.get(f"/api/v2/pages/{page.pk}/").json()
    assert len(found["clauses"]) == 2


def test_drafts_are_not_in_the_api(client):
    make_index()
    page = make_page()
    assert client.get(f"/api/v2/pages/{page.pk}/").status_code == 404
