"""Clocks in outages: they stand still where the agreement says so, and never win time otherwise."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from notices.enums import Kind
from notices.models import Notice
from service_requests import promises, workflow
from service_requests.about_notices import linking, recounting
from service_requests.enums import State
from service_requests.models import Case, CaseNotice
from service_requests.tasks import recount_outage
from sla import clocks
from sla.dues import OVERDUE, RUNNING, STANDING, WAITING
from sla.enums import ClockEvent, Measure, OutageRule
from sla.models import Clock, ClockChange
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ago, ahead, clock, make_index, published
from tests.service_requests.about_notices import about, linked, outage, over
from tests.service_requests.factories import officer_of
from tests.sla.factories import make_signed, time_target

pytestmark = pytest.mark.django_db
TARGETS = [
    time_target("first_response", 4, unit="hours"),
    time_target("resolution", 10, unit="hours"),
]
HOUR = timedelta(hours=1)


def agreed(rule):
    """A signed agreement with this rule."""
    return make_signed(targets=TARGETS, outages=rule)


@pytest.fixture
def service():
    return ServiceFactory()


@pytest.fixture
def notice(service):
    return outage(services=[service])


def final(case) -> Clock:
    return Clock.objects.filter(subject=case.code, measure=Measure.RESOLUTION).latest("round")


def first(case) -> Clock:
    return Clock.objects.get(subject=case.code, measure=Measure.FIRST_RESPONSE)


def states(case):
    return {due.measure: due.state for due in promises.dues_of(case)}


def promised(case) -> datetime:
    """When its answer would be due had nothing stood still."""
    return case.registered_at + 10 * HOUR


def later(**units):
    return clock(timezone.now() + timedelta(**units))


def resolved(notice, **fields):
    """The outage is over, and the clocks have followed as the worker lets them."""
    found = over(notice, **fields)
    recounting.recount_notice(notice_id=notice.pk)
    return found


def test_where_nothing_is_agreed_clocks_run_on(notice, service):
    agreed(OutageRule.RUN)
    case, _officer = linked(notice, service)
    assert set(states(case).values()) == {RUNNING}
    assert final(case).halts == []
    with later(hours=3):
        resolved(notice)
    assert final(case).due_at == promised(case)


@pytest.mark.parametrize(
    ("rule", "first_stands"), [(OutageRule.ANSWER, False), (OutageRule.ALL, True)]
)
def test_clocks_stand_still_from_the_confirmation_to_the_real_end(
    notice, service, rule, first_stands
):
    agreed(rule)
    case, _officer = linked(notice, service)
    link = CaseNotice.objects.get()
    assert states(case)[Measure.RESOLUTION] == STANDING
    assert (states(case)[Measure.FIRST_RESPONSE] == STANDING) is first_stands
    with later(hours=20):
        assert case not in Case.objects.overdue(timezone.now()) or not first_stands
        assert final(case) not in Clock.objects.overdue(timezone.now())
        notice = resolved(notice)
    stood = notice.over_at - link.confirmed_at
    assert final(case).due_at == promised(case) + stood
    assert states(case)[Measure.RESOLUTION] == RUNNING
    assert first(case).due_at == case.registered_at + 4 * HOUR + (
        stood if first_stands else 0 * HOUR
    )


def test_what_moved_it_stands_in_its_trace_and_is_explained(notice, service):
    agreed(OutageRule.ANSWER)
    case, officer = linked(notice, service)
    with later(hours=5):
        resolved(notice)
        with translation.override("en"):
            dues = promises.explained_dues(case, to_applicant=True)
            why = {due.measure: due.why for due in dues}
    rows = ClockChange.objects.filter(clock=final(case), event=ClockEvent.OUTAGE).order_by("pk")
    assert [row.actor for row in rows] == [officer, None]
    assert rows[1].due_after > rows[1].due_before
    assert why[Measure.RESOLUTION] == "10 hours; 5 hours stood still in an outage"


@pytest.mark.screen
def test_staff_read_because_of_what_and_since_when_it_stands_still(client, notice, service):
    agreed(OutageRule.ANSWER)
    case, officer = linked(notice, service)
    client.force_login(officer)
    address = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    shown = client.get(address)
    assert shown.context["clocks_stand"] is True
    assert shown.context["linked_notices"][0].stands
    resolved(notice)
    shown = client.get(address)
    assert shown.context["clocks_stand"] is False
    assert not shown.context["linked_notices"][0].stands


def test_a_corrected_end_is_what_counts(notice, service):
    agreed(OutageRule.ANSWER)
    case, _officer = linked(notice, service)
    link = CaseNotice.objects.get()
    with later(hours=6):
        notice = resolved(notice, ended_at=link.confirmed_at + 2 * HOUR)
    assert final(case).due_at == promised(case) + 2 * HOUR


def test_a_hoped_end_and_planned_maintenance_stop_nothing(service):
    index = make_index()
    agreed(OutageRule.ALL)
    planned = published(
        index,
        kind=Kind.MAINTENANCE,
        services=[service],
        starts_at=ago(hours=1),
        expected_end=ahead(hours=5),
    ).notice
    case, officer = linked(planned, service)
    assert final(case).halts == []
    hoped = outage(index, title="دوم", services=[service], expected_end=ahead(hours=1))
    linking.link(case=case, actor=officer, expected=case.version, notice=hoped)
    with later(hours=3):
        recounting.recount_notice(notice_id=hoped.pk)
        assert states(case)[Measure.RESOLUTION] == STANDING


def test_what_was_late_before_stays_late(notice, service):
    agreed(OutageRule.ALL)
    case = about(service)
    with later(hours=12):
        linking.link(case=case, actor=officer_of(case), expected=case.version, notice=notice)
        assert set(states(case).values()) == {OVERDUE}
    with later(hours=15):
        resolved(notice)
        assert states(case)[Measure.RESOLUTION] == OVERDUE
        assert final(case).due_at == promised(case)


def test_a_link_that_was_taken_back_stops_from_then_on_no_more(notice, service):
    agreed(OutageRule.ANSWER)
    case, officer = linked(notice, service)
    with later(hours=2):
        case = linking.unlink(
            case=case, actor=officer, expected=case.version, notice=notice, reason="اشتباه بود"
        )
    link = CaseNotice.objects.get()
    with later(hours=9):
        resolved(notice)
    assert final(case).due_at == promised(case) + (link.ended_at - link.confirmed_at)


def test_waiting_for_the_applicant_and_an_outage_at_once_count_once(notice, service):
    agreed(OutageRule.ANSWER)
    case, officer = linked(notice, service, review=True)
    link = CaseNotice.objects.get()
    with later(hours=1):
        case = workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام یک؟")
        assert states(case)[Measure.RESOLUTION] == WAITING
    with later(hours=3):
        notice = resolved(notice)
        assert states(case)[Measure.RESOLUTION] == WAITING
    with later(hours=4):
        case = workflow.start_review(case=case, actor=officer, expected=case.version)
        goes_on = timezone.now()
    whole = goes_on - link.confirmed_at
    assert abs(final(case).due_at - promised(case) - whole) < timedelta(seconds=5)


def test_an_answer_in_the_outage_ends_the_clock_and_a_later_end_changes_nothing(notice, service):
    agreed(OutageRule.ANSWER)
    case, officer = linked(notice, service, review=True)
    with later(hours=5):
        case = workflow.answer(case=case, actor=officer, expected=case.version, text="شد.")
    row = final(case)
    assert row.paused_at is None
    assert row.spent_minutes < 5
    assert all(end for _begin, end in row.halts)
    before = (row.due_at, row.halts, row.stopped_at)
    with later(hours=9):
        resolved(notice, ended_at=timezone.now() - HOUR)
    row.refresh_from_db()
    assert (row.due_at, row.halts, row.stopped_at) == before


def test_counting_again_changes_nothing(notice, service):
    agreed(OutageRule.ALL)
    case, _officer = linked(notice, service)
    for _number in range(2):
        recounting.recount_notice(notice_id=notice.pk)
    with later(hours=2):
        resolved(notice)
        before = (ClockChange.objects.count(), final(case).due_at)
        assert recounting.recount_notice(notice_id=notice.pk) == 0
        recount_outage.func(str(notice.pk))
    assert (ClockChange.objects.count(), final(case).due_at) == before


def test_the_word_itself_asks_the_worker(notice, service, django_capture_on_commit_callbacks):
    agreed(OutageRule.ANSWER)
    case, _officer = linked(notice, service)
    with later(hours=2), django_capture_on_commit_callbacks(execute=True):
        over(notice)
    assert final(case).due_at > promised(case) + HOUR


def test_the_sweep_takes_up_what_a_lost_task_left_and_then_nothing(notice, service):
    agreed(OutageRule.ANSWER)
    case, _officer = linked(notice, service)
    assert recounting.settle(at=timezone.now()) == 0
    with later(hours=2):
        over(notice)
        assert recounting.settle(at=timezone.now()) == 1
        assert recounting.settle(at=timezone.now()) == 0
    assert final(case).due_at > promised(case) + HOUR


def test_a_new_round_in_an_outage_stands_still_too(notice, service):
    agreed(OutageRule.ANSWER)
    case, officer = linked(notice, service, review=True)
    case = workflow.answer(case=case, actor=officer, expected=case.version, text="شد.")
    with later(hours=1):
        workflow.object_to_answer(case=case, text="هنوز کار نمی‌کند.")
        assert states(case)[Measure.RESOLUTION] == STANDING
        begun = timezone.now()
    with later(hours=3):
        notice = resolved(notice)
    assert abs(final(case).due_at - (begun + 10 * HOUR + (notice.over_at - begun))) < HOUR / 60


def test_reminders_wait_while_it_stands_still(notice, service):
    agreed(OutageRule.ALL)
    case, _officer = linked(notice, service)
    with later(hours=30):
        assert not Clock.objects.to_look_at(timezone.now()).filter(subject=case.code).exists()
        resolved(notice)
        assert Clock.objects.to_look_at(timezone.now()).filter(subject=case.code).count() == 2


def test_a_case_without_an_agreement_is_linked_all_the_same(notice, service):
    case, _officer = linked(notice, service)
    assert not Clock.objects.filter(subject=case.code).exists()
    assert CaseNotice.objects.get().lasted_from is not None


@pytest.mark.parametrize("seed", range(20))
def test_standing_still_never_makes_a_due_time_earlier(service, seed):
    import random

    chance = random.Random(seed)
    agreed(OutageRule.ALL)
    case = about(service)
    row, spans = final(case), []
    for _number in range(chance.randrange(1, 5)):
        begins = case.registered_at + timedelta(minutes=chance.randrange(-600, 1500))
        ends = begins + timedelta(minutes=chance.randrange(600))
        spans.append((begins, None if chance.random() < 0.2 else ends))
    before, now = row.due_at, timezone.now()
    clocks.stand_still(clocks=[row], spans=spans, at=now)
    row.refresh_from_db()
    assert row.due_at >= before
    assert clocks.stand_still(clocks=[row], spans=reversed(spans), at=now) == 0
    one_more = [*spans, (case.registered_at, case.registered_at + HOUR)]
    middle = row.due_at
    clocks.stand_still(clocks=[row], spans=one_more, at=now)
    assert row.due_at >= middle
    clocks.stand_still(clocks=[row], spans=[], at=now)
    assert (row.due_at, row.paused_at) == (before, None)


def test_recounting_asks_the_same_for_each_case(notice, service, django_assert_max_num_queries):
    agreed(OutageRule.ALL)
    for _number in range(3):
        linked(notice, service)
    with later(hours=2):
        over(notice)
        with django_assert_max_num_queries(1 + 3 * 12):
            recounting.recount_notice(notice_id=notice.pk)
    assert Notice.objects.get(pk=notice.pk).over_at
    assert not Case.objects.filter(state=State.CLOSED).exists()
