"""What a case was promised: its clocks follow what happens to it."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from cms_pages.enums import Role
from persian.jalali import TEHRAN
from service_requests import agreement, conversation, credentials, intake, promises, workflow
from service_requests.enums import Kind, Source
from service_requests.models import Case, Receipt
from sla import scopes
from sla.enums import ClockEvent, Measure
from sla.models import CalendarException, Clock, ClockChange
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    answered,
    head_of,
    in_review,
    make_case,
    register,
    submission,
)
from tests.sla.factories import make_signed, ordinary_week, time_target

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

TARGETS = [time_target("first_response", 2), time_target("resolution", 15), time_target("visit", 3)]


@pytest.fixture(autouse=True)
def agreement_in_force(django_capture_on_commit_callbacks):
    """A signed agreement that promises two times, and a week of work."""
    with django_capture_on_commit_callbacks(execute=True):
        days = dict.fromkeys(("thursday", "friday"), "07:30-14:30")
        ordinary_week(**days)
        return make_signed(targets=TARGETS)


def clock(case, measure=Measure.RESOLUTION):
    return Clock.objects.filter(subject=case.code, measure=measure).latest("round")


def events(case, measure=Measure.RESOLUTION):
    rows = ClockChange.objects.filter(clock__subject=case.code, clock__measure=measure)
    return list(rows.order_by("pk").values_list("event", flat=True))


def at_day(case, days):
    """The closing of the office so many days after the registration."""
    day = case.registered_at.astimezone(TEHRAN).date() + timedelta(days=days)
    return datetime.combine(day, datetime.min.time(), TEHRAN) + timedelta(hours=14, minutes=30)


# Registration


def test_a_registered_case_has_a_clock_for_each_time_that_can_run_from_there(agreement_in_force):
    case = make_case()
    rows = Clock.objects.filter(subject=case.code)
    assert {row.measure for row in rows} == {Measure.FIRST_RESPONSE, Measure.RESOLUTION}
    for row, days in ((clock(case, Measure.FIRST_RESPONSE), 2), (clock(case), 15)):
        assert row.due_at == at_day(case, days)
        assert (row.version, row.department, row.kind) == (
            agreement_in_force.version,
            case.department,
            Kind.REQUEST,
        )
        assert row.started_at == case.registered_at
    assert events(case) == [ClockEvent.STARTED]


def test_a_registration_asks_for_nothing_and_adds_two_inserts():
    register()  # agreement and calendar are remembered from here on
    clean = submission()
    with CaptureQueriesContext(connection) as queries:
        intake.submit(
            submission=clean,
            submission_key=intake.new_submission_key(),
            source=Source.WEB,
            language="fa",
        )
    about = [query["sql"] for query in queries if "sla_" in query["sql"]]
    assert len(about) == 2
    assert all(sql.startswith("INSERT") for sql in about)


def test_a_closure_reaches_the_next_registration(django_capture_on_commit_callbacks):
    first = make_case()
    day = at_day(first, 1).date()
    with django_capture_on_commit_callbacks(execute=True):
        CalendarException.objects.create(reason="برف", first_day=day, last_day=day)
    second = make_case()
    assert clock(second).due_at == clock(first).due_at == at_day(first, 16)


def test_without_a_shared_cache_the_answer_is_looked_up_each_time(monkeypatch):
    monkeypatch.setattr(agreement, "shared_generation", lambda: "")
    assert clock(make_case()).due_at is not None


def test_a_case_under_no_agreement_has_no_clock_and_costs_no_question(
    agreement_in_force, monkeypatch
):
    nothing = agreement.AtRegistration(None, "هیچ", "1")
    monkeypatch.setattr(agreement.Remembered, "at_registration", lambda known, place: nothing)
    case, officer = in_review()
    assert not Clock.objects.exists()
    with CaptureQueriesContext(connection) as queries:
        workflow.answer(case=case, actor=officer, expected=case.version, text="کار انجام شد.")
        assert promises.dues_of(case) == []
    assert not [query for query in queries if "sla_clock" in query["sql"]]


def test_the_same_submission_twice_has_its_clocks_once():
    key = intake.new_submission_key()
    case = register(key=key).case
    register(key=key)
    assert Clock.objects.filter(subject=case.code).count() == 2


# What happens to a case


def test_the_first_deed_that_the_applicant_sees_is_the_first_response():
    case = make_case()
    head = head_of(case)
    case = workflow.assign(case=case, actor=head, expected=case.version, to=head)
    assert clock(case, Measure.FIRST_RESPONSE).stopped_at is None
    conversation.citizen_adds(case=case, text="یک نکتهٔ دیگر.")
    assert clock(case, Measure.FIRST_RESPONSE).stopped_at is None
    conversation.staff_writes(case=case, actor=head, text="نامهٔ شما رسید.")
    case.refresh_from_db()
    assert clock(case, Measure.FIRST_RESPONSE).stopped_at == case.events.last().at
    assert clock(case).stopped_at is None
    conversation.staff_writes(case=case, actor=head, text="باز هم.")
    assert events(case, Measure.FIRST_RESPONSE) == ["started", "stopped"]


def test_the_answer_ends_the_promise():
    case, officer = answered()
    assert clock(case).stopped_at == case.events.last().at
    assert clock(case).spent_minutes is not None
    change = ClockChange.objects.filter(clock=clock(case), event=ClockEvent.STOPPED).get()
    assert change.actor == officer
    workflow.close(case=case, actor=officer, expected=case.version)
    assert events(case) == ["started", "stopped"]


def test_a_rejection_ends_both_promises_at_once():
    case = make_case()
    head = head_of(case)
    workflow.reject(case=case, actor=head, expected=case.version, reason="خارج از وظیفه است.")
    assert not Clock.objects.filter(subject=case.code, stopped_at=None).exists()


def test_waiting_for_information_stops_the_time_until_the_reply():
    case, officer = in_review()
    case = workflow.ask_info(case=case, actor=officer, expected=case.version, text="نام روستا؟")
    assert clock(case).paused_at is not None
    conversation.staff_writes(case=case, actor=officer, text="یادآوری.")
    assert clock(case).paused_at is not None
    conversation.citizen_adds(case=case, text="روستای بالا.")
    assert clock(case).paused_at is None
    assert len(clock(case).pauses) == 1
    assert events(case) == ["started", "paused", "resumed"]


def test_waiting_for_a_visit_stops_the_time_until_the_case_goes_on():
    case, officer = in_review()
    case = workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=timezone.now() + timedelta(days=2),
        place="اتاق ۱۲",
    )
    assert clock(case).paused_at is not None
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    assert clock(case).paused_at is None


def test_what_is_withdrawn_ends_and_counts_in_no_month():
    case = make_case()
    workflow.withdraw(case=case)
    assert events(case) == ["started", "withdrawn"]
    assert set(Clock.objects.values_list("month", flat=True)) == {None}


def test_an_objection_is_a_new_round_of_both_promises():
    case, _officer = answered()
    workflow.object_to_answer(case=case, text="قانع نشدم.")
    rounds = set(Clock.objects.filter(subject=case.code).values_list("measure", "round"))
    assert rounds == {(m, n) for m in ("first_response", "resolution") for n in (1, 2)}
    assert clock(case).stopped_at is None
    assert clock(case).started_at > case.registered_at


def test_opening_it_again_by_staff_is_a_new_round_of_the_final_answer():
    case, officer = answered()
    case = workflow.close(case=case, actor=officer, expected=case.version)
    workflow.reopen(case=case, actor=head_of(case), expected=case.version, reason="اشتباه شد.")
    assert clock(case).round == 2
    assert clock(case, Measure.FIRST_RESPONSE).round == 1


def test_a_referred_case_counts_in_the_new_departments_hours():
    case, officer = in_review()
    other = DepartmentFactory()
    days = dict.fromkeys(("saturday", "sunday", "monday", "tuesday", "wednesday"), "")
    ordinary_week(department=other, thursday="8-12", **days)
    before = clock(case).due_at
    case = workflow.refer(
        case=case, actor=officer, expected=case.version, department=other, reason="کار آنجاست."
    )
    row = clock(case)
    assert (row.department, row.office) == (other, other)
    assert row.due_at > before
    assert row.due_at.astimezone(TEHRAN).weekday() == 3


def test_a_complaint_counts_in_the_hours_of_the_body_not_of_the_unit_complained_of():
    unit = DepartmentFactory()
    ordinary_week(department=unit, **dict.fromkeys(("saturday", "sunday", "monday"), ""))
    case = make_case(Kind.COMPLAINT, complained_department=unit.key)
    assert clock(case).office is None
    assert clock(case).department == unit
    assert clock(case).due_at == at_day(case, 15)


def test_a_step_that_fails_leaves_the_clocks_as_they_were(monkeypatch):
    case, officer = in_review()

    def broken(*args, **kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr("service_requests.workflow._tell", broken)
    with pytest.raises(RuntimeError):
        workflow.answer(case=case, actor=officer, expected=case.version, text="کار انجام شد.")
    assert clock(case).stopped_at is None


def test_clocks_stay_when_the_case_is_gone_and_name_nobody():
    case = make_case()
    code = case.code
    Receipt.objects.filter(credential__case=case)._raw_delete("default")
    case.events.all()._raw_delete("default")
    for rows in (case.credentials, case.identifiers, case.words):
        rows.all()._raw_delete("default")
    Case.objects.filter(pk=case.pk)._raw_delete("default")
    assert not Case.objects.exists()
    assert Clock.objects.filter(subject=code).count() == 2
    names = {field.name for field in Clock._meta.get_fields()}
    assert not names & {"case", "person", "applicant"}


# Where it shows


def test_the_receipt_and_the_tracking_page_say_by_when(client):
    receipt = register()
    case = receipt.case
    credential = credentials.verify(
        code=receipt.code, password=receipt.password, address="192.0.2.1", human_check_passed=0
    )
    assert credential.case == case
    due, final = promises.dues_of(case)
    assert (due.measure, final.measure) == (Measure.FIRST_RESPONSE, Measure.RESOLUTION)
    client.post(
        reverse("service_requests:track"), {"code": receipt.code, "password": receipt.password}
    )
    shown = client.get(reverse("service_requests:case")).content.decode()
    with translation.override("fa"):
        assert final.text in shown
        assert due.text in shown


def test_staff_see_by_when_and_what_moved_it_of_cases_they_may_see(client):
    case, officer = in_review()
    client.force_login(officer)
    address = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    shown = client.get(address)
    assert [due.state for due in shown.context["dues"]] == ["kept", "running"]
    assert len(shown.context["clock_trace"]) == 3
    Clock.objects.filter(measure="resolution").update(due_at=timezone.now() - timedelta(days=1))
    late = client.get(address)
    assert "overdue" in [due.state for due in late.context["dues"]]
    assert "pill-major" in late.content.decode()
    client.force_login(staff_user(Role.OFFICER))
    assert client.get(address).status_code == 404


def test_programs_read_by_when(client):
    receipt = register()
    opened = client.post(
        "/api/desk/v1/sessions",
        json.dumps({"code": receipt.code, "password": receipt.password}),
        content_type="application/json",
    ).json()
    found = client.get(
        "/api/desk/v1/session/case", headers={"Authorization": f"Bearer {opened['token']}"}
    ).json()
    assert [(row["measure"], row["state"]) for row in found["due"]] == [
        ("first_response", "running"),
        ("resolution", "running"),
    ]
    assert datetime.fromisoformat(found["due"][1]["due_at"]) == at_day(receipt.case, 15)


def test_the_kinds_of_cases_are_those_that_a_target_may_name():
    assert {value for value, _label in scopes.kinds()} == set(Kind.values)


# Set aside by mistake


@pytest.mark.parametrize("by_the_applicant", [False, True])
def test_a_case_set_aside_by_mistake_is_promised_what_it_was_promised_before(by_the_applicant):
    case, officer = in_review()
    due = clock(case).due_at
    case = workflow.mark_spam(case=case, actor=officer, expected=case.version)
    aside = clock(case)
    assert (aside.stopped_at, aside.month) == (case.set_aside_at, None)
    assert promises.dues_of(case) == [
        shown for shown in promises.dues_of(case) if shown.measure != Measure.RESOLUTION
    ]
    if by_the_applicant:
        case = workflow.reopen_for_applicant(case=case, text="این درخواست جدی است")
    else:
        case = workflow.restore(case=case, actor=officer, expected=case.version)
    after = clock(case)
    assert (after.round, after.stopped_at, after.due_at) == (1, None, due)
    assert after.month is not None
    assert events(case)[-2:] == [ClockEvent.WITHDRAWN, ClockEvent.RESUMED]


def test_a_question_set_aside_and_taken_up_again_waits_for_its_applicant_still():
    case, officer = in_review()
    case = workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام کوچه؟")
    case = workflow.mark_spam(case=case, actor=officer, expected=case.version)
    case = workflow.restore(case=case, actor=officer, expected=case.version)
    assert clock(case).paused_at is not None
    assert clock(case).stopped_at is None


def test_a_joined_case_counts_no_promise_twice_and_its_answer_revives_none():
    main, officer = in_review()
    second = make_case(department=main.department.key)
    second = workflow.merge(case=second, actor=officer, expected=1, into=main.code)
    main.refresh_from_db()
    workflow.answer(case=main, actor=officer, expected=main.version, text="کار انجام شد.")
    assert clock(main).month is not None
    assert (clock(second).month, clock(second).stopped_at is None) == (None, False)
