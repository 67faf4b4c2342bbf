"""The doors of visits: the tracking page, the API, the admin and its day sheet."""

import html
import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from cms_pages.enums import Role
from cms_pages.models import DepartmentIndexPage, DepartmentPage
from desk_core.models import AuditEntry
from persian.jalali import TEHRAN, format_date
from persian.templatetags.persian import code_groups
from service_requests import credentials, slots, visit_words, visits, workflow
from service_requests.enums import State, VisitState
from service_requests.intake import new_submission_key
from service_requests.models import Case, Visit, VisitException, VisitingHours, VisitRules
from tests.cms_pages.factories import DepartmentFactory, add_page, make_site, staff_user
from tests.service_requests.factories import (
    booked,
    called,
    head_of,
    in_review,
    officer_of,
    receives,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
API = "/api/desk/v1"
HOURS = "service_requests_visitinghours_modeladmin_"
SHEET = "service_requests_admin:day_sheet"


def url(name: str) -> str:
    with translation.override("fa"):
        return reverse(f"service_requests:{name}")


def receipt_of(case):
    return credentials.reissue(case=case, actor=head_of(case), slip_key=new_submission_key())


def followed(case) -> Client:
    """A browser in which the case is open."""
    client, receipt = Client(), receipt_of(case)
    data = {"code": receipt.code, "password": receipt.password}
    assert client.post(url("track"), data).status_code == 302
    return client


def bearer(client, case) -> dict[str, str]:
    receipt = receipt_of(case)
    body = {"code": receipt.code, "password": receipt.password}
    answer = client.post(f"{API}/sessions", body, content_type="application/json")
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def screen(case) -> str:
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def act(client, case, action, **fields):
    case.refresh_from_db()
    data = {"action": action, f"{action}-expected": case.version}
    return client.post(
        screen(case), data | {f"{action}-{name}": value for name, value in fields.items()}
    )


# ---- the tracking page


def test_the_page_offers_times_by_day_and_takes_one():
    case, _officer = called()
    client = followed(case)
    page = client.get(url("case"))
    shown = page.content.decode()
    offers = slots.offers(case.department)
    for offer in offers[:20]:
        assert f'value="{offer.key}"' in shown
    assert "اصل شناسنامه" in shown
    ids = re.findall(r'name="slot" value="[^"]+" id="([^"]+)"', shown)
    assert ids[0] == "id_visit_slot_0"
    assert len(ids) == len(set(ids)) == len(offers)
    once = page.context["visit_form"]["message_id"].value()
    data = {"slot": offers[2].key, "message_id": str(once)}
    for _again in range(2):
        assert client.post(url("case_visit"), data).url == f"{url('case')}?booked"
    visit = Visit.objects.get()
    assert visit.starts_at == offers[2].starts_at
    page = client.get(f"{url('case')}?booked").content.decode()
    assert "ساختمان شمارهٔ ۲" in page
    assert url("case_visit_calendar") in page
    assert case.version + 2 == Case.objects.get().version  # a new password, and the time


def test_a_time_that_is_gone_is_said_at_the_field_with_the_rest_of_the_page():
    case, _officer = called()
    client = followed(case)
    for wrong in ("", "1-1", "x" * 5000, "\0"):
        page = client.post(url("case_visit"), {"slot": wrong})
        assert page.status_code == 200
        assert page.context["visit_form"].errors["slot"]
        assert 'href="#id_visit_slot_0"' in page.content.decode()
    assert Visit.objects.get().state == VisitState.WAITING


def test_the_calendar_file_is_a_download_of_the_own_visit_alone():
    case, _officer = called()
    client = followed(case)
    assert client.get(url("case_visit_calendar")).status_code == 404
    visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    answer = client.get(url("case_visit_calendar"))
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert f"UID:{Visit.objects.get().pk}" in text
    assert "ساختمان" in text.replace("\r\n ", "")
    assert "SUMMARY:مراجعهٔ حضوری" in text
    assert Client().get(url("case_visit_calendar")).status_code == 302


@pytest.mark.parametrize(
    "name", ["holiday/create", "calendarexception/create", "calendarexception"]
)
def test_who_closes_a_day_is_told_that_its_visits_are_called_off(client, name):
    client.force_login(staff_user(Role.ADMINISTRATOR))
    page = client.get(f"/admin/sla/{name}/")
    with translation.override("fa"):
        assert str(visit_words.CLOSING) in html.unescape(page.content.decode())


def test_who_changes_the_ordinary_week_is_not_told_so(client):
    client.force_login(staff_user(Role.ADMINISTRATOR))
    page = client.get("/admin/sla/weeklyschedule/create/")
    with translation.override("fa"):
        assert str(visit_words.CLOSING) not in html.unescape(page.content.decode())


CALLED_OFF = "The time that you had is called off, because nobody can be received then."


@pytest.mark.parametrize("again", [True, False])
def test_a_visit_called_off_at_some_hours_is_not_said_to_be_off_for_the_day(again):
    booked()
    Case.objects.update(language="en")
    said = visit_words.called_off(Visit.objects.get(), again=again)
    assert "at the time of your visit" in said
    assert ("which other times are free" in said) == again


def test_a_visit_that_was_called_off_says_so_beside_the_times_to_choose():
    case, _officer = booked()
    visit = Visit.objects.get()
    client = followed(case)
    assert not client.get(url("case")).context["visit_called_off"]
    day = visit.starts_at.astimezone(TEHRAN).date()
    VisitException.objects.create(
        visiting_hours=visit.slot.visiting_hours, reason="جلسه", first_day=day, last_day=day
    )
    visits.call_off_shut(at=timezone.now())
    page = client.get(url("case"))
    assert page.context["visit_called_off"]
    assert page.context["visit_days"]
    with translation.override("fa"):
        said = visit_words.called_off(visit, again=True)
    shown = html.unescape(page.content.decode())
    assert said in shown
    with translation.override("fa"):
        choose = gettext(CALLED_OFF + " Please choose another one.")
        no_more = gettext(CALLED_OFF)
    assert choose in shown
    ever = {"first_day": day - timedelta(days=9), "last_day": day + timedelta(days=99)}
    full = VisitException.objects.create(visiting_hours=visit.slot.visiting_hours, **ever)
    shown = html.unescape(client.get(url("case")).content.decode())
    assert no_more in shown
    assert choose not in shown, "none is promised where none is free"
    full.delete()
    case.refresh_from_db()
    visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    assert not client.get(url("case")).context["visit_called_off"]


def test_declining_on_the_page_may_say_why():
    case, _officer = called()
    client = followed(case)
    page = client.post(url("case_visit_decline"), {"text": "در سفر هستم."})
    assert page.context["decline_form"].errors["sure"]
    data = {"text": "در سفر هستم.", "sure": "on"}
    answer = client.post(url("case_visit_decline"), data)
    assert answer.url == f"{url('case')}?declined"
    page = client.get(answer.url)
    assert "در سفر هستم." in page.content.decode()
    assert page.context["shown_visit"] is None
    again = client.post(url("case_visit_decline"), {"text": "", "sure": "on"})
    assert again.status_code == 200
    assert Case.objects.get().state == State.IN_REVIEW


def test_without_a_visit_the_page_asks_nothing_about_one():
    case, _officer = in_review()
    client = followed(case)
    client.get(url("case"))
    with CaptureQueriesContext(connection) as queries:
        client.get(url("case"))
    assert not [each for each in queries.captured_queries if "_visit" in each["sql"]]


def test_the_page_takes_as_many_queries_for_many_times_as_for_few():
    case, _officer = called()
    VisitRules.objects.create(department=case.department, days_ahead=2)
    client = followed(case)
    counts = []
    for days in (2, 8):
        VisitRules.objects.update(days_ahead=days)
        client.get(url("case"))
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(url("case")).context["shown_visit"].offers) > 20 * (days - 1)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- the API


def test_the_api_offers_takes_moves_and_declines(client):
    case, _officer = called()
    headers = bearer(client, case)
    seen = client.get(f"{API}/session/case", headers=headers).json()
    assert (seen["visit"]["state"], seen["visit"]["bring"]) == ("waiting", "اصل شناسنامه")
    assert {"book_visit", "decline_visit"} <= set(seen["steps"])
    times = client.get(f"{API}/session/visit/times", headers=headers).json()
    assert client.get(f"{API}/session/visit/calendar", headers=headers).status_code == 404

    def post(path, body):
        return client.post(
            f"{API}/session/{path}", body, content_type="application/json", headers=headers
        )

    once = {"slot": times[0]["slot"], "message_id": str(uuid.uuid4())}
    for _again in range(2):
        chosen = post("visit", once)
        assert chosen.status_code == 200, chosen.content
    visit = chosen.json()["visit"]
    assert (visit["state"], visit["starts_at"]) == ("booked", times[0]["starts_at"])
    assert "move_visit" in chosen.json()["steps"]
    assert "book_visit" not in chosen.json()["steps"]
    moved = post("visit", {"slot": times[1]["slot"]}).json()["visit"]
    assert moved["starts_at"] == times[1]["starts_at"]
    calendar = client.get(f"{API}/session/visit/calendar", headers=headers)
    assert b"SEQUENCE:1\r\n" in b"".join(calendar.streaming_content)
    gone = post("visit", {"slot": "1-1"})
    assert gone.status_code == 422
    assert "slot" in gone.json()["errors"]
    declined = post("visit/decline", {"text": ""}).json()
    assert (declined["visit"], declined["state"]) == (None, State.IN_REVIEW)
    assert post("visit", {"slot": times[3]["slot"]}).status_code == 409
    assert client.get(f"{API}/session/visit/times", headers=headers).json() == []


# ---- the screen of a case


def test_staff_call_note_and_call_off_on_the_screen(client):
    case, officer = in_review()
    client.force_login(officer)
    assert 'value="call_visit"' not in client.get(screen(case)).content.decode()
    receives(case.department)
    assert 'value="call_visit"' in client.get(screen(case)).content.decode()
    assert act(client, case, "call_visit", bring="کارت ملی").status_code == 302
    assert Visit.objects.get().state == VisitState.WAITING
    assert 'value="note_came"' not in client.get(screen(case)).content.decode()
    assert act(client, case, "cancel_visit", text="").status_code == 422
    assert act(client, case, "cancel_visit", text="لازم نشد.").status_code == 302
    assert Visit.objects.get().state == VisitState.CANCELLED
    act(client, case, "call_visit")
    case.refresh_from_db()
    visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    now = timezone.now() - timedelta(minutes=1)
    Visit.objects.filter(state=VisitState.BOOKED).update(starts_at=now)
    page = client.get(screen(case)).content.decode()
    assert 'value="note_came"' in page
    assert 'value="note_missed"' in page
    assert act(client, case, "note_came").status_code == 302
    assert Visit.objects.filter(state=VisitState.CAME).count() == 1


def test_what_ended_by_itself_is_not_said_of_the_applicant(client):
    case, officer = called()
    visits.expire_unanswered(at=timezone.now() + timedelta(days=9))
    client.force_login(officer)
    with translation.override("fa"):
        label = translation.gettext("the desk itself")
    assert label in client.get(screen(case)).content.decode()


# ---- visiting hours for everybody


def department_page(department):
    made = make_site()
    listing = add_page(made.home, DepartmentIndexPage, title="واحدها")
    return add_page(listing, DepartmentPage, title=department.name, department=department)


def test_the_page_of_a_department_shows_where_and_when_people_are_received(
    client, settings, django_capture_on_commit_callbacks
):
    settings.DESK_PAGE_CACHE = True
    department = DepartmentFactory()
    address = department_page(department).get_url()
    assert "department-visits" not in client.get(address).content.decode()
    days = dict.fromkeys(VisitingHours.BY_WEEKDAY, "")
    today = timezone.now().astimezone(TEHRAN).date()
    with django_capture_on_commit_callbacks(execute=True):
        row = receives(department, place="اتاق ۱۴", **{**days, "saturday": "8-12"})
        receives(DepartmentFactory(), place="جای دیگر")
        receives(department, place="جای گذشته", last_day=date(2021, 1, 1))
        closed = VisitException.objects.create(
            visiting_hours=row, reason="علت داخلی", first_day=today, last_day=today, hours=""
        )
    page = client.get(address).content.decode()
    assert "department-visits" in page
    assert "اتاق ۱۴" in page
    assert "شنبه ۸:۰۰ تا ۱۲:۰۰" in page.replace("یکشنبه", "").replace("پنجشنبه", "")
    with translation.override("fa"):
        assert visit_words.week_words(row)[0] in page
        assert visit_words.exception_sentence(closed) in page
    for kept in ("جای دیگر", "جای گذشته", "علت داخلی"):
        assert kept not in page


def test_the_api_says_where_departments_receive_people(client, django_assert_num_queries):
    row = receives(DepartmentFactory(), place_en="Room 14")
    asked = {"path": f"{API}/departments", "headers": {"Accept-Language": "en"}}
    (found,) = client.get(**asked).json()
    (place,) = found["visiting_hours"]
    assert (place["place"], place["minutes"], place["exceptions"]) == ("Room 14", 30, [])
    assert place["from_day"] == row.first_day.isoformat()
    assert place["week"]
    before = CaptureQueriesContext(connection)
    with before:
        client.get(**asked)
    for _each in range(3):
        receives(DepartmentFactory())
    with django_assert_num_queries(len(before)):
        assert len(client.get(**asked).json()) == 4


# ---- visiting hours in the admin


def form_of_hours(department, **changes):
    days = dict.fromkeys(VisitingHours.BY_WEEKDAY, "")
    return {
        "department": department.pk,
        "place": "اتاق ۱۴",
        "place_en": "",
        "minutes": "20",
        "capacity": "2",
        "first_day": "1405/09/01",
        "last_day": "",
        **days,
        "saturday": "۸ تا ۱۲",
        "sunday": "8-12",
        **changes,
    }


def test_a_head_publishes_hours_and_hears_them_back_in_a_sentence(client):
    department, other = DepartmentFactory(), DepartmentFactory()
    head = staff_user(Role.HEAD, department)
    client.force_login(head)
    create = reverse(f"{HOURS}create")
    page = client.get(create).content.decode()
    assert f'value="{department.pk}"' in page
    assert f'<option value="{other.pk}"' not in page
    answer = client.post(create, form_of_hours(department), follow=True)
    row = VisitingHours.objects.get()
    assert (row.saturday, row.capacity) == ("08:00-12:00", 2)
    shown = answer.content.decode()
    assert "شنبه، یکشنبه ۸:۰۰ تا ۱۲:۰۰" in shown
    assert "۲۰" in shown
    refused = client.post(create, form_of_hours(other))
    assert refused.status_code == 200
    assert VisitingHours.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"saturday": "8"}, "saturday"),
        ({"saturday": "", "sunday": ""}, "saturday"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "999999999999"}, "minutes"),
        ({"capacity": "-1"}, "capacity"),
        ({"first_day": "1405/13/01"}, "first_day"),
        ({"last_day": "1404/01/01"}, "last_day"),
        ({"place": ""}, "place"),
        ({"place": "x" * 201}, "place"),
    ],
)
def test_bad_hours_get_a_message_at_their_field_and_store_nothing(client, changes, field):
    department = DepartmentFactory()
    client.force_login(staff_user(Role.HEAD, department))
    page = client.post(reverse(f"{HOURS}create"), form_of_hours(department, **changes))
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not VisitingHours.objects.exists()


def test_hours_belong_to_their_department(client):
    row = receives(DepartmentFactory())
    edit = reverse(f"{HOURS}edit", args=[row.pk])
    delete = reverse(f"{HOURS}delete", args=[row.pk])
    for who, status in (
        (staff_user(Role.HEAD), 404),
        (staff_user(Role.OFFICER, row.department), 403),
        (staff_user(Role.AUDITOR), 403),
        (staff_user(Role.ADMINISTRATOR), 200),
        (staff_user(Role.HEAD, row.department), 200),
    ):
        client.force_login(who)
        got = [client.get(address).status_code for address in (edit, delete)]
        # Wagtail's own refusal leads back to the home of the admin.
        assert all(code in (status, 302 if status == 403 else status) for code in got), (who, got)
    client.force_login(staff_user(Role.COMPLAINTS))
    assert client.get(reverse(f"{HOURS}index")).status_code in (302, 403)


def test_hours_in_which_somebody_has_a_time_cannot_be_deleted(client):
    case, _officer = booked()
    row = VisitingHours.objects.get()
    client.force_login(staff_user(Role.HEAD, case.department))
    client.post(reverse(f"{HOURS}delete", args=[row.pk]))
    assert VisitingHours.objects.filter(pk=row.pk).exists()


def test_an_exception_says_who_is_booked_on_its_days(client):
    case, _officer = booked()
    visit = Visit.objects.get()
    client.force_login(staff_user(Role.HEAD, case.department))
    day = format_date(visit.starts_at, digits=False)
    answer = client.post(
        reverse("service_requests_visitexception_modeladmin_create"),
        {
            "visiting_hours": visit.slot.visiting_hours_id,
            "reason": "بازدید",
            "first_day": day,
            "last_day": day,
            "hours": "",
            "capacity": "",
        },
        follow=True,
    )
    said = visit_words.booked_sentence(VisitException.objects.get())
    assert said
    assert said in html.unescape(answer.content.decode())


def test_rules_are_said_back_too(client):
    department = DepartmentFactory()
    client.force_login(staff_user(Role.HEAD, department))
    answer = client.post(
        reverse("service_requests_visitrules_modeladmin_create"),
        {
            "department": department.pk,
            "notice_hours": "48",
            "days_ahead": "14",
            "answer_days": "5",
            "second_try": "on",
        },
        follow=True,
    )
    assert VisitRules.objects.get().notice_hours == 48
    assert "۴۸" in answer.content.decode()


# ---- the list and the day sheet


def test_the_list_shows_visits_of_visible_cases_in_a_fixed_number_of_queries(client):
    case, officer = booked()
    stranger, _officer = booked()
    index = reverse("service_requests_visit_modeladmin_index")
    client.force_login(officer)
    page = client.get(index).content.decode()
    assert screen(case) in page
    assert screen(stranger) not in page
    for query in ("day=today", "day=tomorrow", "day=to_note", "state__exact=booked"):
        assert client.get(f"{index}?{query}").status_code == 200
    assert client.get(f"{index}?day=x").status_code == 400
    with CaptureQueriesContext(connection) as few:
        client.get(index)
    for _each in range(3):
        booked(department=case.department.key)
    with CaptureQueriesContext(connection) as many:
        client.get(index)
    assert len(few) == len(many)


def sheet(client, visit, **more):
    day = format_date(visit.starts_at, digits=False)
    return client.get(reverse(SHEET), {"day": day, **more})


def test_the_day_sheet_shows_what_a_front_desk_needs_and_no_more(client):
    case, officer = booked()
    stranger, _officer = booked()
    visit = Visit.objects.get(case=case)
    client.force_login(officer)
    answer = sheet(client, visit)
    page = answer.content.decode()
    assert str(code_groups(case.code)) in page
    assert str(code_groups(stranger.code)) not in page
    assert "گ… آ…" in page
    assert "ساختمان شمارهٔ ۲" in page
    for secret in ("گلنار", "آزمونی", "بنفشه", "0499370899", "09123456789", "شناسنامه"):
        assert secret not in page
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="visit.day_sheet")
    assert (entry.actor_id, entry.detail["rows"]) == (officer.pk, 1)


def test_the_secretariat_gets_codes_without_names_and_auditors_nothing(client):
    case, officer = in_review()
    workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=timezone.now() + timedelta(days=1),
        place="اتاق پنهان",
    )
    visit = Visit.objects.get()
    client.force_login(staff_user(Role.SECRETARIAT))
    page = sheet(client, visit, department=case.department_id).content.decode()
    assert str(code_groups(case.code)) in page
    assert "گ…" not in page
    assert "اتاق پنهان" not in page, "a sealed place"
    client.force_login(officer)
    assert "اتاق پنهان" in sheet(client, visit).content.decode()
    for role in (Role.AUDITOR, Role.EDITOR, Role.ADMINISTRATOR):
        client.force_login(staff_user(role))
        assert client.get(reverse(SHEET)).status_code in (302, 403)


@pytest.mark.parametrize("query", ["day=1405/13/01", "day=x", "department=99999999", "day=%00"])
def test_a_bad_day_or_department_is_said_and_shows_nothing(client, query):
    case, officer = booked()
    client.force_login(officer)
    page = client.get(f"{reverse(SHEET)}?{query}")
    assert page.status_code == 422
    assert str(code_groups(case.code)) not in page.content.decode()


def test_the_sheet_takes_as_many_queries_for_many_as_for_one(client):
    case, _officer = called()
    VisitingHours.objects.update(capacity=9)
    key = slots.offers(case.department)[0].key
    visits.choose(case=case, slot=key)
    client.force_login(officer_of(case))
    visit = Visit.objects.get()
    sheet(client, visit)
    with CaptureQueriesContext(connection) as one:
        sheet(client, visit)
    for _each in range(3):
        visits.choose(case=called(department=case.department.key)[0], slot=key)
    with CaptureQueriesContext(connection) as many:
        assert len(sheet(client, visit).context["lines"]) == 4
    assert len(one) == len(many)
