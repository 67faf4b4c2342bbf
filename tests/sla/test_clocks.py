"""Clocks of cases: their verbs, the calendar's changes, what they leave behind."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms_pages.enums import Role
from persian.jalali import TEHRAN
from sla import calendar_changes, clocks, closures, dues, holidays, months, working_time
from sla import clock as arithmetic
from sla.enums import ClockEvent, Measure, Unit
from sla.models import CalendarChange, CalendarException, Clock, ClockChange, Holiday
from sla.promises import Promises, of_version
from sla.state import today
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, staff_user
from tests.sla.factories import make_page, make_signed, ordinary_week, sign, time_target

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # Sunday 1405/09/01, 9:30
BOTH = [time_target("first_response", 1), time_target("resolution", 5)]


def wall(moment):
    """A moment as day of the month and time in Tehran."""
    return moment.astimezone(TEHRAN).strftime("%m-%d %H:%M")


@pytest.fixture
def roads():
    return DepartmentFactory(key="roads")


@pytest.fixture
def promises(roads):
    ordinary_week()
    page = make_signed(targets=BOTH)
    return of_version(page.version_id, at=START - timedelta(days=1))


@pytest.fixture
def begin(promises, roads):
    """Start the clocks of a case."""

    def start(subject="120000000005", at=START, **values):
        given = {
            "promises": promises,
            "department": roads,
            "service": None,
            "kind": "request",
            "office_id": roads.pk,
            "measures": clocks.FROM_REGISTRATION,
            **values,
        }
        return clocks.start(subject=subject, at=at, **given)

    return start


def one(measure=Measure.RESOLUTION):
    return Clock.objects.filter(measure=measure).latest("round")


def events(row):
    return list(row.changes.values_list("event", flat=True))


# Starting


def test_a_clock_runs_for_each_promise_and_says_what_it_counts_by(begin, promises, roads):
    begin()
    first, last = one(Measure.FIRST_RESPONSE), one()
    assert (wall(first.due_at), wall(last.due_at)) == ("11-23 14:30", "11-29 14:30")
    assert (last.month, last.target_key, last.version_id) == (
        140509,
        "resolution",
        promises.version_id,
    )
    assert (last.amount, last.unit, last.department_id) == (5, Unit.WORKING_DAYS, roads.pk)
    change = last.changes.get()
    assert (change.event, change.due_before, change.due_after) == (
        ClockEvent.STARTED,
        None,
        last.due_at,
    )


def test_nothing_promised_is_no_clock(begin, roads):
    assert begin(promises=Promises(None)) == []
    assert begin(promises=of_version(make_page(key="draft", targets=BOTH).version_id)) == []
    elsewhere = make_signed(key="else", targets=[time_target(department="roads")])
    other = of_version(elsewhere.version_id, at=START)
    assert begin(promises=other, department=DepartmentFactory(key="housing")) == []
    assert not Clock.objects.exists()


def test_the_most_specific_target_counts(begin, roads):
    repair = ServiceFactory(key="repair", department=roads)
    page = make_signed(
        key="narrow",
        targets=[
            time_target(amount=20),
            time_target(amount=10, kind="complaint"),
            time_target(amount=7, department="roads"),
            time_target(amount=2, service="repair"),
        ],
    )
    promised = of_version(page.version_id, at=START)
    for subject, values in {
        "1": {"service": repair, "kind": "complaint"},
        "2": {"kind": "complaint"},
        "3": {"kind": "complaint", "department": DepartmentFactory(key="housing")},
        "4": {"department": DepartmentFactory(key="housing")},
    }.items():
        begin(subject, promises=promised, **values)
    amounts = dict(Clock.objects.values_list("subject", "amount"))
    assert amounts == {"1": 2, "2": 7, "3": 10, "4": 20}


def test_starting_while_one_runs_leaves_it_and_afterwards_is_a_new_round(begin):
    begin()
    assert begin(at=START + timedelta(hours=1)) == []
    clocks.stop(clocks=clocks.running("120000000005"), at=START + timedelta(days=1))
    begin(at=START + timedelta(days=2), measures=(Measure.RESOLUTION,))
    assert (one().round, one(Measure.FIRST_RESPONSE).round) == (2, 1)


def test_a_registration_costs_two_statements_and_no_look_up(
    promises, roads, django_assert_num_queries
):
    common = {"promises": promises, "department": roads, "service": None, "kind": "request"}
    with django_assert_num_queries(2):
        rows = clocks.prepared(subject="1", office_id=roads.pk, at=START, **common)
        clocks.store(rows)
    with django_assert_num_queries(0):
        nothing = {**common, "promises": Promises(None)}
        clocks.store(clocks.prepared(subject="2", office_id=None, at=START, **nothing))


# Pausing, resuming, stopping, moving


def test_waiting_for_the_applicant_is_added_to_the_promise(begin):
    begin()
    before = one().due_at
    asked, replied = START + timedelta(days=1), START + timedelta(days=3)
    clocks.pause(clocks=clocks.running("120000000005"), at=asked)
    clocks.pause(clocks=clocks.running("120000000005"), at=asked + timedelta(hours=1))
    assert (one().paused_at, one().due_at) == (asked, before)
    clocks.resume(clocks=clocks.running("120000000005"), at=replied)
    clocks.resume(clocks=clocks.running("120000000005"), at=replied + timedelta(hours=1))
    row = one()
    assert row.paused_at is None
    assert clocks.pauses_of(row) == [(asked, replied)]
    # Monday to Wednesday do not count; Thursday and Friday are closed.
    assert wall(row.due_at) == "12-02 14:30"
    assert row.month == 140509
    assert events(row) == ["started", "paused", "resumed"]
    assert row.changes.last().due_before == before


def test_an_ended_clock_knows_what_was_spent_and_ends_once(begin):
    begin()
    end = START + timedelta(days=1, hours=2)
    clocks.stop(clocks=clocks.running("120000000005"), at=end)
    clocks.stop(clocks=list(Clock.objects.all()), at=end + timedelta(days=9))
    row = one()
    assert row.stopped_at == end
    # 9:30 to 14:30, then 7:30 to 11:30.
    assert row.spent_minutes == 5 * 60 + 4 * 60
    assert events(row) == ["started", "stopped"]


def test_ending_while_it_waits_ends_the_waiting_too(begin):
    begin()
    asked, end = START + timedelta(hours=1), START + timedelta(days=30)
    clocks.pause(clocks=clocks.running("120000000005"), at=asked)
    clocks.stop(clocks=clocks.running("120000000005"), at=end)
    row = one()
    assert row.spent_minutes == 60
    assert row.stopped_at <= row.due_at
    assert row.paused_at is None


def test_what_is_withdrawn_in_time_counts_in_no_month_and_what_was_late_already_does(begin):
    begin("1")
    begin("2")
    soon, late = START + timedelta(hours=1), START + timedelta(days=60)
    clocks.stop(clocks=clocks.running("1"), at=soon, withdrawn=True)
    clocks.stop(clocks=clocks.running("2"), at=late, withdrawn=True)
    months = set(Clock.objects.values_list("subject", "month"))
    assert months == {("1", None), ("2", 140509)}
    assert ClockChange.objects.filter(event=ClockEvent.WITHDRAWN).count() == 4
    assert dues.dues_of("1") == []
    assert {due.state for due in dues.dues_of("2")} == {dues.MISSED}


def test_another_department_takes_over_the_promise_with_its_own_hours(begin, roads):
    housing = DepartmentFactory(key="housing")
    ordinary_week(department=housing, sunday="", monday="")
    begin()
    at = START + timedelta(hours=1)
    clocks.move(
        clocks=clocks.running("120000000005"),
        department_id=housing.pk,
        office_id=housing.pk,
        at=at,
    )
    row = one()
    assert (row.department, row.office, row.amount) == (housing, housing, 5)
    assert wall(row.due_at) == "12-02 14:30"
    assert events(row) == ["started", "moved"]


def test_how_it_stands_is_said_in_a_word(begin):
    begin()
    first, last = dues.dues_of("120000000005", at=START)
    assert (first.measure, first.state, last.state) == ("first_response", "running", "running")
    late = {due.state for due in dues.dues_of("120000000005", at=START + timedelta(days=20))}
    assert late == {"overdue"}
    clocks.pause(clocks=clocks.running("120000000005"), at=START + timedelta(minutes=1))
    waiting = {due.state for due in dues.dues_of("120000000005", at=START + timedelta(days=20))}
    assert waiting == {"waiting"}


# The calendar changes


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run what a change of the calendar leaves to be done."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def close(day, department=None, **values):
    return CalendarException.objects.create(
        reason="آلودگی هوا", department=department, first_day=day, last_day=day, **values
    )


def test_a_sudden_closure_moves_the_clocks_and_leaves_a_trace(begin, roads, committed):
    begin("1")
    begin("2", office_id=None)
    begin("3", at=START - timedelta(days=40))
    clocks.stop(clocks=clocks.running("3"), at=START)
    with committed():
        close(date(2026, 11, 24))
    assert {wall(row.due_at) for row in Clock.objects.filter(measure="resolution")} == {
        "11-30 14:30",
        wall(Clock.objects.get(subject="3", measure="resolution").due_at),
    }
    change = CalendarChange.objects.latest("pk")
    assert (change.moved, change.department, change.finished_at is not None) == (2, None, True)
    trace = clocks.trace("1").last()
    assert (trace.event, trace.change) == (ClockEvent.CALENDAR, change)
    assert (wall(trace.due_before), wall(trace.due_after)) == ("11-29 14:30", "11-30 14:30")
    assert "آلودگی هوا" in trace.reason
    assert not clocks.trace("3").filter(event=ClockEvent.CALENDAR).exists()


def test_a_departments_change_moves_its_own_clocks_only(begin, roads, committed):
    begin("1")
    begin("2", office_id=None)
    with committed():
        close(date(2026, 11, 24), roads)
    moved = ClockChange.objects.filter(event=ClockEvent.CALENDAR)
    assert set(moved.values_list("clock__subject", flat=True)) == {"1"}


def test_a_row_that_goes_to_another_department_is_looked_at_for_all(begin, roads, committed):
    begin("1")
    with committed():
        row = close(date(2026, 11, 24), roads)
    with committed():
        row.department = DepartmentFactory()
        row.save()
    assert wall(Clock.objects.get(subject="1", measure="resolution").due_at) == "11-29 14:30"


def test_taking_a_closure_away_gives_the_time_back(begin, committed):
    begin()
    with committed():
        row = close(date(2026, 11, 24))
    with committed():
        row.delete()
    assert wall(one().due_at) == "11-29 14:30"
    assert events(one()) == ["started", "calendar", "calendar"]


def test_hours_that_come_later_give_a_due_time_to_what_had_none(roads, committed):
    promised = of_version(make_signed(targets=BOTH).version_id)
    clocks.store(
        clocks.prepared(
            promises=promised,
            subject="1",
            department=roads,
            service=None,
            kind="request",
            office_id=roads.pk,
            at=START,
        )
    )
    assert (one().due_at, one().month) == (None, None)
    assert dues.dues_of("1")[0].state == dues.UNKNOWN
    with committed():
        ordinary_week()
    assert (wall(one().due_at), one().month) == ("11-29 14:30", 140509)


def test_holidays_that_are_filled_in_moved_and_confirmed_are_followed(begin, committed):
    begin()
    with committed():
        assert holidays.fill(year=1405)[0]
    assert CalendarChange.objects.latest("pk").finished_at is not None
    with committed():
        day = Holiday.objects.create(day=date(2026, 11, 24), name="عید", provisional=True)
    assert wall(one().due_at) == "11-30 14:30"
    with committed():
        assert closures.confirm_holiday(holiday=day)
    assert not closures.confirm_holiday(holiday=day)
    assert CalendarChange.objects.latest("pk").moved == 0
    with committed():
        day.refresh_from_db()
        day.cancelled = True
        day.save()
    assert wall(one().due_at) == "11-29 14:30"


def test_a_paused_clock_keeps_its_pause_when_the_calendar_changes(begin, committed):
    begin()
    clocks.pause(clocks=clocks.running("120000000005"), at=START + timedelta(hours=1))
    with committed():
        close(date(2026, 11, 24))
    row = one()
    assert row.paused_at is not None
    assert wall(row.due_at) == "11-30 14:30"


def test_many_clocks_are_recalculated_in_batches_of_few_statements(
    begin, monkeypatch, django_assert_max_num_queries
):
    for number in range(12):
        begin(str(number))
    close(date(2026, 11, 24))
    monkeypatch.setattr(clocks, "BATCH", 12)
    # Two batches of 12 clocks and one empty: savepoint, clocks, calendar, update, trace each.
    with django_assert_max_num_queries(20):
        assert clocks.recalculate(reason="آزمون") == 12
    assert clocks.recalculate(reason="آزمون") == 0
    # The first responses are due the day before the closure: they stay.
    assert ClockChange.objects.filter(event=ClockEvent.CALENDAR).count() == 12


def test_a_case_registered_while_the_calendar_changed_is_settled_by_the_sweep(begin, committed):
    with committed():
        close(date(2026, 11, 24))
    # It was being registered with the calendar as it was before.
    Clock.objects.all().delete()
    at = timezone.now()
    begin("1", at=at)
    stale = one().due_at + timedelta(days=3)
    Clock.objects.filter(measure="resolution").update(due_at=stale)
    assert calendar_changes.settle() == 0
    assert calendar_changes.settle(at=at + timedelta(minutes=5)) >= 1
    assert one().due_at != stale
    assert calendar_changes.settle(at=at + timedelta(minutes=9)) == 0


def test_a_change_whose_task_was_lost_is_followed_by_the_sweep(begin):
    begin()
    close(date(2026, 11, 24))  # on_commit never comes in this test
    assert wall(one().due_at) == "11-29 14:30"
    calendar_changes.settle(at=timezone.now() + timedelta(hours=1))
    assert wall(one().due_at) == "11-30 14:30"


def test_a_queue_that_is_away_fails_no_change(begin, committed, monkeypatch):
    from sla import tasks

    def away(*args, **kwargs):
        raise RuntimeError("no queue")

    monkeypatch.setattr(type(tasks.follow_calendar_change), "enqueue", away)
    with committed():
        close(date(2026, 11, 24))
    assert CalendarException.objects.exists()
    assert CalendarChange.objects.latest("pk").finished_at is None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_step_that_is_under_way_when_the_calendar_changes_ends_with_the_new_one(begin, roads):
    (_first, row) = begin()
    housing = DepartmentFactory(key="housing")
    begun = threading.Event()

    def change_calendar():
        begun.wait(10)
        try:
            close(date(2026, 11, 24))  # its task runs at once
        finally:
            connections.close_all()

    other = threading.Thread(target=change_calendar)
    other.start()
    with transaction.atomic():
        held = clocks.running(row.subject)
        clocks.move(
            clocks=held, department_id=housing.pk, office_id=housing.pk, at=START, actor=None
        )
        begun.set()
        time.sleep(0.5)
    other.join(30)
    assert not other.is_alive()
    row.refresh_from_db()
    assert (wall(row.due_at), row.office) == ("11-30 14:30", housing)
    assert events(row) == ["started", "moved", "calendar"]


# Explaining, closing


def test_how_a_due_time_came_about_is_told_with_the_names_of_the_days(begin, roads, committed):
    begin()
    with committed():
        close(date(2026, 11, 24), roads)
        Holiday.objects.create(day=date(2026, 11, 25), name="عید")
    found = clocks.explain(one())
    assert found.due == one().due_at
    assert [(row.because, row.reason) for row in found.closed[:2]] == [
        ("special", "آلودگی هوا"),
        ("holiday", "عید"),
    ]
    assert isinstance(found, arithmetic.Explanation)


def test_an_office_is_closed_once_however_often_it_is_said(roads):
    row = closures.close_day(day=today(), reason="  برودت  هوا ", department=roads)
    assert closures.close_day(day=today(), reason="برودت هوا", department=roads) == row
    assert (row.reason, row.hours, row.first_day) == ("برودت هوا", "", today())
    noon = datetime.combine(today(), datetime.min.time(), TEHRAN) + timedelta(hours=12)
    ordinary_week(friday="07:30-14:30", thursday="07:30-14:30")
    assert not working_time.is_open(roads, noon)


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"reason": "x" * 161}, {"reason": "a\0b"}, {"day": date(2020, 1, 1)}],
)
def test_a_closure_without_reason_or_in_the_past_is_refused(wrong):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        closures.close_day(**{"day": today(), "reason": "مه", **wrong})
    assert set(refused.value.message_dict) == set(wrong)
    assert not CalendarException.objects.exists()


# In the admin

HOLIDAYS, CLOSURES = "/admin/sla/holiday/", "/admin/sla/calendarexception/"


def test_a_lunar_date_is_confirmed_with_one_click_by_administrators_only(client, committed):
    row = Holiday.objects.create(day=date(2026, 11, 24), name="عید", provisional=True)
    address = "/admin/sla/holidays/confirm/"
    head = staff_user(Role.HEAD)
    client.force_login(head)
    assert 'form="confirm-holiday"' not in client.get(HOLIDAYS).content.decode()
    assert client.post(address, {"holiday": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.provisional
    manager = staff_user(Role.ADMINISTRATOR)
    client.force_login(manager)
    assert f'value="{row.pk}"' in client.get(HOLIDAYS).content.decode()
    assert client.get(address).status_code == 405
    with committed():
        assert client.post(address, {"holiday": row.pk}).url == HOLIDAYS
    row.refresh_from_db()
    assert not row.provisional
    assert CalendarChange.objects.latest("pk").actor == manager
    for bad in ("", "x", "9" * 30, "123456"):
        assert client.post(address, {"holiday": bad}).status_code == 404


def test_an_office_is_closed_with_one_click_by_its_head_or_an_administrator(
    client, roads, begin, committed
):
    begin(at=timezone.now())
    head = staff_user(Role.HEAD, roads)
    client.force_login(head)
    shown = client.get(CLOSURES).content.decode()
    assert f'value="{roads.pk}"' in shown
    assert 'value="body"' not in shown
    sent = {"office": "body", "reason": "برف", "day": "today"}
    for field, wrong in {
        "office": sent,
        "reason": {**sent, "office": roads.pk, "reason": ""},
        "day": {**sent, "office": roads.pk, "day": "yesterday"},
    }.items():
        answer = client.post(CLOSURES, wrong)
        assert set(answer.context["view"].closure_form.errors) == {field}
    client.post(CLOSURES, {**sent, "office": DepartmentFactory().pk})
    assert not CalendarException.objects.exists()
    with committed():
        answer = client.post(CLOSURES, {**sent, "office": roads.pk, "day": "tomorrow"})
        assert answer.url == CLOSURES
    row = CalendarException.objects.get()
    assert (row.department, row.first_day) == (roads, today() + timedelta(days=1))
    change = CalendarChange.objects.latest("pk")
    assert (change.actor, change.department) == (head, roads)
    client.force_login(staff_user(Role.ADMINISTRATOR))
    client.post(CLOSURES, sent)
    assert CalendarException.objects.filter(department=None, first_day=today()).exists()
    client.force_login(staff_user(Role.OFFICER, roads))
    client.post(CLOSURES, {**sent, "office": roads.pk, "reason": "دیگر"})
    assert CalendarException.objects.count() == 2


def test_a_refused_closure_stands_at_its_field_with_what_was_typed(client, roads):
    client.force_login(staff_user(Role.HEAD, roads))
    typed = "ب" * 161
    answer = client.post(CLOSURES, {"office": roads.pk, "reason": typed, "day": "today"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="id_reason_error"' in shown
    assert f'value="{typed}"' in shown
    assert not CalendarException.objects.exists()


def test_staff_see_what_a_change_moved_and_only_of_their_calendars(client, roads, begin, committed):
    begin()
    with committed():
        close(date(2026, 11, 24), roads)
        close(date(2026, 11, 25), DepartmentFactory(key="housing"))
    address = "/admin/sla/calendarchange/"
    client.force_login(staff_user(Role.HEAD, roads))
    shown = client.get(address)
    rows = shown.context["object_list"]
    assert {row.department_id for row in rows if row.department_id} == {roads.pk}
    assert next(row for row in rows if row.department_id).moved == 1
    other = CalendarChange.objects.exclude(department=roads).latest("pk")
    assert client.get(f"{address}inspect/{other.pk}/").status_code in (403, 404)
    assert client.get(f"{address}create/").status_code in (302, 403)
    client.force_login(staff_user(Role.OFFICER, roads))
    assert client.get(address).status_code in (302, 403)


def test_signing_shows_the_sentences_that_are_signed(client):
    page = make_page(live=True, targets=BOTH)
    client.force_login(staff_user(Role.ADMINISTRATOR))
    shown = client.get(f"/admin/sla/versions/{page.version_id}/signature/")
    assert len(shown.context["sentences"]) == 2
    sign(page.version)


# The month that a due time belongs to


@given(
    number=st.integers(130101, 149912).filter(lambda month: 1 <= month % 100 <= 12),
    moment=st.timedeltas(timedelta(microseconds=1), timedelta(days=28)),
)
def test_a_month_ends_with_the_midnight_of_its_last_day(number, moment):
    month = months.Period(number)
    assert clocks.month_due(month.ends) == number, "24:00 of the last day"
    assert clocks.month_due(month.starts) == months.earlier(number)
    assert clocks.month_due(month.starts + moment) == number
    assert clocks.month_due(month.ends + timedelta(microseconds=1)) == months.earlier(number, -1)
    # Where the clocks of 1979 jumped at midnight, the day after began at one.
    before = (month.ends.astimezone(UTC) - timedelta(microseconds=1)).astimezone(TEHRAN)
    assert before.date() + timedelta(days=1) == month.ends.astimezone(TEHRAN).date()
    assert clocks.month_due(None) is None


def test_a_promise_of_days_that_ends_with_the_month_counts_in_it(begin):
    page = make_signed(key="days", targets=[time_target("resolution", 9, unit="days")])
    promised = of_version(page.version_id, at=START)
    begin(promises=promised, at=datetime(2026, 11, 12, 9, tzinfo=UTC))  # 1405/08/21
    row = one()
    assert wall(row.due_at) == "11-22 00:00", "24:00 of 30 Aban"
    assert row.month == 140508
