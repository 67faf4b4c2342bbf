"""The ladder of reminders: each step once for each promise, never before its time."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms_pages.enums import Role
from desk_core.models import OutgoingMessage
from desk_core.sealing import open_subject
from persian.jalali import TEHRAN
from service_requests import deputies, reminders, workflow
from service_requests.days import today
from service_requests.enums import Kind, ReminderWhom
from service_requests.ladder import AFTER, BEFORE, USUAL, Step, look
from service_requests.models import Case, ReminderStep, ReminderTold
from sla import clocks, moments
from sla.calendar import Week, WorkingCalendar
from sla.enums import Measure, Unit
from sla.hours import parse_hours
from sla.models import CalendarException, Clock
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import head_of, in_review, make_case, officer_of
from tests.sla.factories import make_signed, ordinary_week, time_target

START = datetime(2026, 11, 22, 9, tzinfo=TEHRAN)
WEEK = Week(
    START.date() - timedelta(days=30),
    None,
    False,
    tuple(parse_hours(text) for text in ["07:30-14:30"] * 3 + ["", ""] + ["07:30-14:30"] * 2),
)
CALENDAR = WorkingCalendar((WEEK,), frozenset(), ())


def clock_of(amount: int, unit: Unit) -> Clock:
    row = Clock(pk=1, subject="1", measure="resolution", amount=amount, unit=unit, started_at=START)
    clocks._set_due(row, CALENDAR)
    return row


steps = st.lists(
    st.builds(
        Step,
        when=st.sampled_from([BEFORE, AFTER]),
        amount=st.integers(0, 100),
        unit=st.sampled_from(["percent", "working_hours"]),
        whom=st.sampled_from(list(ReminderWhom)),
    ),
    max_size=5,
    unique_by=lambda step: step.key,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps,
    st.integers(1, 20),
    st.sampled_from(list(Unit)),
    st.lists(st.integers(0, 60 * 24 * 40), min_size=1, max_size=8).map(sorted),
)
def test_each_step_is_told_once_and_never_before_its_time(ladder, amount, unit, minutes):
    row, told, times = clock_of(amount, unit), [], {}
    for passed in minutes:
        at = START + timedelta(minutes=passed)
        found = look(ladder, row, CALENDAR, times, at)
        for step in found.due:
            moment = step.moment(CALENDAR, row)
            assert moment is not None
            assert START <= moment <= at
            assert step.when == AFTER or (moment <= row.due_at and at < row.due_at)
            assert step.when == BEFORE or moment >= row.due_at
        assert found.again is None or found.again > at
        told += found.due
        times |= dict.fromkeys((step.key for step in found.due), at)
    assert len({step.key for step in told}) == len(told)


@pytest.mark.parametrize("unit", list(Unit))
def test_moments_lie_in_running_time(unit):
    row = clock_of(8, unit)
    quarter = moments.percent_before(CALENDAR, row, [], 25)
    assert row.at_risk_at == quarter
    assert START < quarter < row.due_at
    assert moments.percent_before(CALENDAR, row, [], 100) == START
    assert moments.percent_after(CALENDAR, row, [], 0) == row.due_at
    # Never so many hours: from the start on.
    assert moments.hours_before(CALENDAR, row, [], 5000) == START
    late = moments.hours_after(CALENDAR, row, [], 7)
    assert late - row.due_at >= timedelta(hours=7)
    nothing = WorkingCalendar()
    if unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS):
        row.due_at = None
    assert moments.hours_after(nothing, row, [], 1) is None


# With cases ---------------------------------------------------------------------------------------


@pytest.fixture
def promised(db, django_capture_on_commit_callbacks):
    """A signed agreement that promises an answer, and a week of work on every day."""
    with django_capture_on_commit_callbacks(execute=True):
        days = dict.fromkeys(("thursday", "friday"), "07:30-14:30")
        ordinary_week(**days)
        make_signed(targets=[time_target("resolution", 8)])


def final(case) -> Clock:
    return Clock.objects.filter(subject=case.code, measure=Measure.RESOLUTION).latest("round")


def told(case) -> list[str]:
    rows = ReminderTold.objects.filter(clock__subject=case.code).order_by("pk")
    return list(rows.values_list("step", flat=True))


def messages(template: str) -> list[tuple[str, dict]]:
    found = []
    rows = OutgoingMessage.objects.filter(template=f"service_requests/messages/{template}")
    for row in rows.select_related("subject_key").order_by("created_at", "pk"):
        content = open_subject(row.subject_key).open_json(bytes(row.sealed), record=row.record)
        found.append((content["recipient"], content["context"]))
    return found


def test_the_usual_ladder_tells_officer_head_and_administrators_in_turn(promised):
    case, officer = in_review()
    head, manager = head_of(case), staff_user(Role.ADMINISTRATOR)
    due = final(case)
    assert reminders.remind(at=timezone.now()) == 0
    assert reminders.remind(at=due.at_risk_at) == 1
    assert messages("staff_due") == [(officer.email, {"late": "", "near": case.code, "more": ""})]
    assert reminders.remind(at=due.at_risk_at + timedelta(hours=1)) == 0
    assert reminders.remind(at=due.due_at) == 1
    assert messages("staff_due")[1] == (head.email, {"late": case.code, "near": "", "more": ""})
    assert reminders.remind(at=due.due_at + timedelta(days=30)) == 1
    # Who may not know of a case is told how many, and no code.
    assert messages("staff_due_counts") == [(manager.email, {"late": "1", "near": "0"})]
    assert reminders.remind(at=due.due_at + timedelta(days=60)) == 0
    assert told(case) == [step.key for step in USUAL]
    assert [row.people for row in reminders.told_of(case)] == [1, 1, 1]


def test_a_department_sets_its_own_and_a_promise_that_is_none_has_no_reminder(promised):
    case, _officer = in_review()
    ReminderStep.objects.create(
        department=case.department, when="before", amount=2, unit="working_hours", whom="team"
    )
    reminders.look_again(department_id=case.department_id)
    due = final(case)
    assert reminders.remind(at=due.due_at - timedelta(hours=3)) == 0
    assert reminders.remind(at=due.due_at - timedelta(hours=1)) == 1
    assert told(case) == ["before:2:working_hours:team"]
    other = make_case()
    Clock.objects.filter(subject=other.code).delete()
    assert reminders.remind(at=timezone.now() + timedelta(days=90)) == 0


def own_ladder(case, *steps, measure="") -> None:
    """What the department of a case has from now on."""
    for when, amount, unit, whom in steps:
        given = {"when": when, "amount": amount, "unit": unit, "whom": whom, "measure": measure}
        ReminderStep.objects.create(department=case.department, **given)
    reminders.look_again(department_id=case.department_id)


def test_nobody_is_told_again_after_a_department_makes_its_first_own_ladder(promised):
    case, officer = in_review()
    head, due = head_of(case), final(case)
    assert reminders.remind(at=due.at_risk_at) == 1
    # The same step, one that lies before it, and the body's second one in other words.
    own_ladder(
        case,
        ("before", 25, "percent", "assignee"),
        ("before", 60, "percent", "assignee"),
        ("after", 0, "working_hours", "head"),
        ("after", 20, "percent", "head"),
    )
    assert reminders.remind(at=due.at_risk_at + timedelta(minutes=1)) == 0
    assert reminders.remind(at=due.due_at) == 1
    late = moments.percent_after(CALENDAR, due, [], 20)
    assert reminders.remind(at=max(late, due.due_at) + timedelta(days=3)) == 1
    assert [address for address, _context in messages("staff_due")] == [
        officer.email,
        head.email,
        head.email,
    ]
    # Taken back, the usual ladder begins where this one had come to.
    ReminderStep.objects.all().delete()
    reminders.look_again(department_id=case.department_id)
    assert reminders.remind(at=max(late, due.due_at) + timedelta(days=3)) == 0


def test_who_was_not_told_yet_is_told_by_a_new_ladder(promised):
    case, officer = in_review()
    head, due = head_of(case), final(case)
    reminders.remind(at=due.at_risk_at)
    own_ladder(case, ("before", 60, "percent", "head"))
    assert reminders.remind(at=due.at_risk_at + timedelta(minutes=1)) == 1
    found = [address for address, _context in messages("staff_due")]
    assert found == [officer.email, head.email]


def test_a_step_that_reached_nobody_keeps_no_later_ladder_silent(promised):
    case = make_case()
    due = final(case)
    assert reminders.remind(at=due.at_risk_at) == 1
    assert not messages("staff_due")
    officer_of(case)
    own_ladder(case, ("before", 60, "percent", "assignee"))
    assert reminders.remind(at=due.at_risk_at + timedelta(minutes=1)) == 1
    assert len(messages("staff_due")) == 1


def test_the_same_step_for_one_promise_and_for_each_is_told_once(promised):
    case, _officer = in_review()
    step = ("before", 25, "percent", "assignee")
    own_ladder(case, step)
    own_ladder(case, step, measure="resolution")
    assert reminders.remind(at=final(case).at_risk_at) == 1


def test_what_waits_for_the_applicant_is_not_hurried_and_a_new_closure_moves_the_step(
    promised, django_capture_on_commit_callbacks
):
    case, officer = in_review()
    due = final(case)
    asked = workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام کوچه؟")
    assert reminders.remind(at=due.due_at + timedelta(days=5)) == 0
    workflow.start_review(case=asked, actor=officer, expected=asked.version)
    before = final(case)
    day = today() + timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        CalendarException.objects.create(reason="برف", first_day=day, last_day=day, hours="")
    after = final(case)
    assert (after.due_at > before.due_at, after.at_risk_at >= before.at_risk_at) == (True, True)
    assert after.look_at == after.started_at


def test_a_deputy_is_told_beside_and_nobody_of_a_complaint_about_their_unit(promised):
    case, officer = in_review()
    deputy = officer_of(case)
    deputies.enter(
        absent=officer,
        deputy=deputy,
        first_day=today(),
        last_day=today() + timedelta(days=30),
        actor=officer,
    )
    complaint = make_case(Kind.COMPLAINT, complained_department=case.department.key)
    office = staff_user(Role.COMPLAINTS)
    reminders.remind(at=final(case).at_risk_at + timedelta(minutes=1))
    people = {}
    for address, context in messages("staff_due"):
        people.setdefault(address, "")
        people[address] += context["near"]
    assert case.code in people[officer.email]
    assert case.code in people[deputy.email]
    if complaint.code in "".join(people.values()):
        assert complaint.code in people[office.email]
        assert complaint.code not in people[officer.email] + people[deputy.email]


def test_the_queues_hold_what_is_late_or_nearly(promised):
    case, _officer = in_review()
    due, rows = final(case), Case.objects.all()
    early, late = due.at_risk_at - timedelta(minutes=1), due.due_at + timedelta(minutes=1)
    assert not rows.at_risk(early).exists()
    assert list(rows.at_risk(due.at_risk_at)) == [case]
    assert not rows.overdue(due.due_at).exists()
    assert list(rows.overdue(late)) == [case]
    assert not rows.at_risk(late).exists()
    assert rows.with_next_due().get().next_due == due.due_at
