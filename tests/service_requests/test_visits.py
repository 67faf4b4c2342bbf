"""Visits in person: called for, chosen, moved, declined, noted, never given to too many."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from cms_pages.enums import Role
from desk_core.models import OutgoingMessage
from desk_core.sealing import erase, open_subject
from persian.jalali import TEHRAN, format_datetime
from service_requests import (
    appointments,
    conversation,
    housekeeping,
    shut_times,
    slots,
    visit_calendar,
    visit_reminders,
    visit_words,
    visits,
    workflow,
)
from service_requests.enums import EventKind, Kind, State, VisitState
from service_requests.errors import CaseError, Conflict, NotAllowed, NotPossible
from service_requests.models import Case, Event, Visit, VisitException, VisitRules, VisitSlot
from service_requests.transitions import Step
from sla.models import CalendarException, Holiday, WeeklySchedule
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    booked,
    called,
    head_of,
    in_review,
    make_case,
    officer_of,
    receives,
)

pytestmark = pytest.mark.django_db
# A Saturday in Tehran, 1405/09/07, before the office opens.
SATURDAY = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


def offices(department, **changes):
    """Visiting hours on Saturdays within an ordinary week of the office."""
    week = dict.fromkeys(("saturday", "sunday", "monday"), "07:30-12:00")
    WeeklySchedule.objects.get_or_create(name="هفته", first_day=date(2020, 1, 1), defaults=week)
    days = dict.fromkeys(("sunday", "monday", "tuesday", "wednesday", "thursday", "friday"), "")
    values = {"saturday": "8-9, 11:30-13", "minutes": 20, "first_day": date(2020, 1, 1)}
    return receives(department, **{**days, **values, **changes})


def times(department, now=SATURDAY):
    """The free times as «day hour:minute» of Tehran."""
    found = slots.offers(department, now=now)
    return [offer.starts_at.astimezone(TEHRAN).strftime("%d %H:%M") for offer in found]


def at_once(department):
    VisitRules.objects.create(department=department, notice_hours=0, days_ahead=7)


def living(case):
    return Visit.objects.get(case=case, state__in=("waiting", "booked"))


def over(case):
    """Let the visit of a case have begun."""
    past = timezone.now() - timedelta(minutes=5)
    Visit.objects.filter(case=case, state=VisitState.BOOKED).update(starts_at=past)
    return Case.objects.get(pk=case.pk)


# ---- free times


def test_times_lie_whole_within_visiting_and_working_hours():
    department = DepartmentFactory()
    at_once(department)
    offices(department)
    # 11:50 would end after the office closes; the hours go on until 13.
    assert times(department) == ["28 08:00", "28 08:20", "28 08:40", "28 11:30"]


def test_holidays_closures_and_special_days_of_the_calendar_are_respected():
    department = DepartmentFactory()
    VisitRules.objects.create(department=department, notice_hours=0, days_ahead=30)
    offices(department, saturday="8-8:20")
    assert times(department) == ["28 08:00", "05 08:00", "12 08:00", "19 08:00", "26 08:00"]
    Holiday.objects.create(day=date(2026, 11, 28), name="تعطیل")
    closed = {"reason": "آلودگی هوا", "hours": ""}
    day = date(2026, 12, 5)
    CalendarException.objects.create(department=department, first_day=day, last_day=day, **closed)
    assert times(department) == ["12 08:00", "19 08:00", "26 08:00"]


def test_an_exception_closes_changes_hours_or_how_many_come():
    department = DepartmentFactory()
    at_once(department)
    row = offices(department, capacity=2)
    day = {"first_day": date(2026, 11, 28), "last_day": date(2026, 11, 28), "reason": "جلسه"}
    special = VisitException.objects.create(visiting_hours=row, hours="", **day)
    assert times(department) == []
    special.hours, special.capacity = "9-9:40", 5
    special.save()
    assert times(department) == ["28 09:00", "28 09:20"]
    assert {offer.free for offer in slots.offers(department, now=SATURDAY)} == {5}


def test_notice_and_days_ahead_are_the_departments():
    department = DepartmentFactory()
    rules = VisitRules.objects.create(department=department, notice_hours=5, days_ahead=8)
    offices(department)
    # Five hours after 6:30 in Tehran.
    assert times(department) == ["28 11:30", "05 08:00", "05 08:20", "05 08:40", "05 11:30"]
    rules.days_ahead = 1
    rules.save()
    assert times(department) == ["28 11:30"]


def test_hours_end_with_their_last_day_and_two_places_stand_beside_each_other():
    department = DepartmentFactory()
    at_once(department)
    offices(department, last_day=date(2026, 11, 27))
    assert times(department) == []
    assert not slots.are_published(department, now=SATURDAY)
    offices(department, saturday="8-8:20")
    offices(department, saturday="8-8:20", place="شعبه")
    assert times(department) == ["28 08:00", "28 08:00"]


@pytest.mark.parametrize(
    "key", ["", "x", "1", "-", "1-2-3", "1-99999999999999", "9" * 5000, "۱-۲", "1-\0", "0-0", None]
)
def test_a_key_that_is_none_finds_nothing(key):
    department = DepartmentFactory()
    receives(department)
    assert slots.find(department, key) is None


def test_only_an_offered_time_of_this_very_department_is_found():
    department, other = DepartmentFactory(), DepartmentFactory()
    receives(department)
    receives(other)
    offer = slots.offers(department)[0]
    assert slots.find(department, offer.key) == offer
    assert slots.find(other, offer.key) is None
    number, minute = offer.key.split("-")
    assert slots.find(department, f"{number}-{int(minute) + 1}") is None
    soon = int(timezone.now().timestamp()) // 60 // 30 * 30 + 30
    assert slots.find(department, f"{number}-{soon}") is None, "a day of notice"


# ---- calling, choosing, moving


def test_a_call_waits_for_the_applicants_choice():
    case, _officer = called()
    visit = living(case)
    assert case.state == State.VISIT_REQUESTED
    assert (visit.state, visit.starts_at, visit.attempt) == (VisitState.WAITING, None, 1)
    until = visit.answer_by.astimezone(TEHRAN)
    assert until.time() == datetime.min.time()
    assert until.date() == timezone.now().astimezone(TEHRAN).date() + timedelta(days=8)
    assert set(workflow.applicant_steps(case)) >= {Step.BOOK_VISIT, Step.DECLINE_VISIT}
    assert Step.MOVE_VISIT not in workflow.applicant_steps(case)


def test_without_published_hours_there_is_no_call_but_a_fixed_time():
    case, officer = in_review()
    with pytest.raises(ValidationError):
        visits.call(case=case, actor=officer, expected=case.version)
    case = workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=timezone.now() + timedelta(days=2),
        place="اتاق ۱۲",
    )
    visit = living(case)
    assert (visit.state, visit.slot, visit.seat) == (VisitState.BOOKED, None, None)
    assert set(workflow.applicant_steps(case)) >= {Step.MOVE_VISIT, Step.DECLINE_VISIT}


def test_a_complaint_is_never_sent_to_the_hours_of_the_unit_complained_of():
    case = make_case(Kind.COMPLAINT)
    receives(case.department)
    office = staff_user(Role.COMPLAINTS)
    case = workflow.start_review(case=case, actor=office, expected=case.version)
    with pytest.raises(ValidationError):
        visits.call(case=case, actor=office, expected=case.version)


def test_choosing_gives_a_place_and_says_so_to_everybody():
    case, _officer = called()
    offer = slots.offers(case.department)[3]
    before = OutgoingMessage.objects.filter(template__endswith="staff_news").count()
    after = visits.choose(case=case, slot=offer.key)
    visit = living(case)
    assert (visit.state, visit.starts_at, visit.ends_at) == (
        VisitState.BOOKED,
        offer.starts_at,
        offer.ends_at,
    )
    assert (visit.seat, visit.sequence) == (1, 0)
    assert after.state == State.VISIT_REQUESTED
    assert after.unread_by_staff
    event = case.events.last()
    assert (event.kind, event.actor, event.public) == (EventKind.VISIT_BOOKED, None, True)
    assert event.sealed_note is not None
    assert OutgoingMessage.objects.filter(template__endswith="staff_news").count() > before
    assert offer.key not in {each.key for each in slots.offers(case.department)}


def test_moving_frees_the_time_that_one_had():
    case, _officer = booked()
    old = living(case)
    offer = slots.offers(case.department)[5]
    case = visits.choose(case=Case.objects.get(pk=case.pk), slot=offer.key)
    new = living(case)
    assert new.pk == old.pk
    assert (new.sequence, new.starts_at) == (1, offer.starts_at)
    assert case.events.last().kind == EventKind.VISIT_MOVED
    keys = {each.starts_at for each in slots.offers(case.department)}
    assert old.starts_at in keys
    assert new.starts_at not in keys


def test_sent_again_it_happens_once_even_after_a_later_move():
    case, _officer = called()
    first, second = slots.offers(case.department)[:2]
    ids = uuid.uuid4(), uuid.uuid4()
    for _again in range(2):
        case = visits.choose(case=Case.objects.get(pk=case.pk), slot=first.key, message_id=ids[0])
    for _again in range(2):
        case = visits.choose(case=Case.objects.get(pk=case.pk), slot=second.key, message_id=ids[1])
    # The first answer was lost, and its form is sent once more.
    case = visits.choose(case=Case.objects.get(pk=case.pk), slot=first.key, message_id=ids[0])
    assert living(case).starts_at == second.starts_at
    kinds = [event.kind for event in case.events.all()][-2:]
    assert kinds == [EventKind.VISIT_BOOKED, EventKind.VISIT_MOVED]
    version = case.version
    case = visits.choose(case=case, slot=second.key)
    assert case.version == version, "the time that one has is no step"


def test_an_id_of_something_else_is_refused():
    case, _officer = called()
    message = conversation.citizen_adds(case=case, text="پیام", message_id=uuid.uuid4())
    offer = slots.offers(case.department)[0]
    with pytest.raises(NotPossible):
        visits.choose(case=case, slot=offer.key, message_id=message.pk)
    assert living(case).state == VisitState.WAITING


def test_a_time_that_went_to_another_is_refused_at_its_field():
    case, _officer = called()
    other, _officer = in_review(department=case.department.key)
    other = visits.call(case=other, actor=officer_of(other), expected=other.version)
    offer = slots.offers(case.department)[0]
    visits.choose(case=case, slot=offer.key)
    events = Event.objects.count()
    with pytest.raises(ValidationError) as caught:
        visits.choose(case=other, slot=offer.key)
    assert "slot" in caught.value.error_dict
    assert Event.objects.count() == events
    assert living(other).state == VisitState.WAITING


def test_a_visit_is_moved_a_few_times_only():
    case, _officer = booked()
    for number in range(visits.MOST_MOVES):
        offer = slots.offers(case.department)[number + 1]
        case = visits.choose(case=Case.objects.get(pk=case.pk), slot=offer.key)
    with pytest.raises(NotPossible):
        visits.choose(case=case, slot=slots.offers(case.department)[9].key)


def test_a_fixed_time_can_be_moved_to_a_free_one():
    case, officer = in_review()
    receives(case.department)
    case = workflow.request_visit(
        case=case,
        actor=officer,
        expected=case.version,
        at=timezone.now() + timedelta(days=2),
        place="اتاق ۱۲",
    )
    offer = slots.offers(case.department)[0]
    case = visits.choose(case=case, slot=offer.key)
    visit = living(case)
    assert (visit.starts_at, visit.seat, visit.sequence) == (offer.starts_at, 1, 1)


# ---- never overbooked


def test_the_database_itself_gives_no_seat_twice():
    case, _officer = booked()
    visit = living(case)
    other, _officer = called(department=case.department.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(case=other).update(
            state=VisitState.BOOKED, slot=visit.slot, seat=visit.seat, starts_at=visit.starts_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        appointments.open_fixed(case=case, message=visit.message, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_get_a_time_than_it_has_room_for():
    department = DepartmentFactory()
    receives(department, capacity=2)
    waiting = [called(department=department.key)[0] for _each in range(6)]
    offer = slots.offers(department)[0]
    begin = threading.Barrier(len(waiting))
    outcomes = []

    def choose(case: Case) -> None:
        try:
            begin.wait(timeout=30)
            visits.choose(case=Case.objects.get(pk=case.pk), slot=offer.key)
            outcomes.append("seat")
        except ValidationError:
            outcomes.append("full")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=choose, args=(case,)) for case in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["full"] * 4 + ["seat"] * 2
    held = Visit.objects.filter(slot__starts_at=offer.starts_at, seat__isnull=False)
    assert sorted(held.values_list("seat", flat=True)) == [1, 2]
    assert VisitSlot.objects.count() == 1
    assert slots.find(department, offer.key) is None
    assert connection.vendor in {"sqlite", "postgresql"}


@pytest.mark.django_db(transaction=True)
def test_people_who_swap_their_times_at_once_never_wait_for_each_other_forever():
    department = DepartmentFactory()
    receives(department, capacity=2)
    cases = [called(department=department.key)[0] for _each in range(4)]
    free = slots.offers(department)[:2]
    for number, case in enumerate(cases):
        visits.choose(case=case, slot=free[number % 2].key)
    begin = threading.Barrier(len(cases))
    failures = []

    def swap(case: Case, target: str) -> None:
        try:
            begin.wait(timeout=30)
            visits.choose(case=Case.objects.get(pk=case.pk), slot=target)
        except ValidationError:
            pass
        except Exception as error:
            failures.append(repr(error))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=swap, args=(case, free[(number + 1) % 2].key))
        for number, case in enumerate(cases)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures
    for slot in VisitSlot.objects.all():
        assert Visit.objects.filter(slot=slot, seat__isnull=False).count() <= 2


def test_fewer_places_than_before_take_nobodys_away_and_give_no_new_ones():
    department = DepartmentFactory()
    row = receives(department, capacity=2)
    first, second, third = (called(department=department.key)[0] for _each in range(3))
    offer = slots.offers(department)[0]
    for case in (first, second):
        visits.choose(case=case, slot=offer.key)
    visits.decline(case=Case.objects.get(pk=first.pk))
    row.capacity = 1
    row.save()
    with pytest.raises(ValidationError):
        visits.choose(case=third, slot=offer.key)
    assert living(second).seat == 2


# ---- the end of a visit


def test_declining_hands_the_case_back_with_the_reason():
    case, _officer = booked()
    visit = living(case)
    case = visits.decline(case=Case.objects.get(pk=case.pk), text="در سفر هستم.")
    visit.refresh_from_db()
    assert (case.state, visit.state, visit.seat) == (State.IN_REVIEW, VisitState.DECLINED, None)
    assert case.events.last().kind == EventKind.VISIT_DECLINED
    assert case.messages.count() == 2
    assert Visit.objects.get(pk=visit.pk).starts_at in {
        each.starts_at for each in slots.offers(case.department)
    }
    with pytest.raises(CaseError):
        visits.decline(case=case)


def test_declining_sent_again_is_answered_as_the_first_time():
    case, _officer = called()
    once = uuid.uuid4()
    for _again in range(2):
        case = visits.decline(case=case, text="نمی‌آیم.", message_id=once)
    assert case.messages.count() == 2
    assert case.state == State.IN_REVIEW


def test_staff_call_it_off_with_a_reason():
    case, officer = booked()
    with pytest.raises(ValidationError):
        visits.cancel(case=case, actor=officer, expected=case.version, text=" ")
    with pytest.raises(Conflict):
        visits.cancel(case=case, actor=officer, expected=case.version - 1, text="جلسه")
    with pytest.raises(NotAllowed):
        visits.cancel(
            case=case, actor=staff_user(Role.SECRETARIAT), expected=case.version, text="جلسه"
        )
    after = visits.cancel(case=case, actor=officer, expected=case.version, text="جلسه داریم.")
    assert after.state == State.IN_REVIEW
    assert Visit.objects.get(case=case).state == VisitState.CANCELLED
    assert after.unread_by_applicant


def test_who_came_is_noted_on_the_day_by_the_front_desk_too():
    case, _officer = booked()
    desk = staff_user(Role.SECRETARIAT)
    with pytest.raises(NotPossible):
        visits.note_came(case=case, actor=desk, expected=case.version)
    case = over(case)
    assert visits.user_may_note(desk, case, came=True)
    assert not visits.user_may_note(staff_user(Role.AUDITOR), case, came=True)
    news = OutgoingMessage.objects.filter(template__endswith="/news").count()
    after = visits.note_came(case=case, actor=desk, expected=case.version)
    visit = Visit.objects.get(case=case)
    assert (after.state, visit.state, visit.seat) == (State.IN_REVIEW, VisitState.CAME, 1)
    assert OutgoingMessage.objects.filter(template__endswith="/news").count() == news
    with pytest.raises(NotAllowed):
        visits.note_came(case=after, actor=officer_of(make_case()), expected=after.version)


def test_who_did_not_come_may_choose_once_more():
    case, officer = booked()
    with pytest.raises(NotPossible):
        visits.note_missed(case=case, actor=officer, expected=case.version)
    case = over(case)
    case = visits.note_missed(case=case, actor=officer, expected=case.version)
    again = living(case)
    assert (case.state, again.state, again.attempt) == (
        State.VISIT_REQUESTED,
        VisitState.WAITING,
        2,
    )
    case = visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    case = over(case)
    case = visits.note_missed(case=case, actor=officer, expected=case.version)
    assert case.state == State.IN_REVIEW
    assert sorted(Visit.objects.filter(case=case).values_list("state", "attempt")) == [
        ("missed", 1),
        ("missed", 2),
    ]


def test_without_a_second_try_the_case_goes_back_to_work():
    case, officer = booked()
    VisitRules.objects.create(department=case.department, second_try=False)
    case = over(case)
    case = visits.note_missed(case=case, actor=officer, expected=case.version)
    assert case.state == State.IN_REVIEW
    assert case.events.last().kind == EventKind.VISIT_MISSED


def test_once_it_has_begun_the_applicant_can_change_nothing():
    case, _officer = booked()
    case = over(case)
    assert not {Step.MOVE_VISIT, Step.DECLINE_VISIT} & set(workflow.applicant_steps(case))
    with pytest.raises(NotPossible):
        visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    with pytest.raises(NotPossible):
        visits.decline(case=case)


def test_a_case_that_goes_on_lets_its_visit_go():
    case, officer = booked()
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    assert Visit.objects.get(case=case).state == VisitState.CANCELLED
    case = visits.call(case=case, actor=officer, expected=case.version)
    case = visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    case = over(case)
    workflow.answer(case=case, actor=officer, expected=case.version, text="انجام شد.")
    assert Visit.objects.filter(case=case, state=VisitState.UNMARKED).count() == 1
    other, _officer = booked()
    workflow.withdraw(case=other)
    assert Visit.objects.get(case=other).state == VisitState.CANCELLED


def test_a_call_that_nobody_answers_ends_at_its_day_and_no_sooner():
    case, _officer = called()
    visit = living(case)
    assert visits.expire_unanswered(at=visit.answer_by - timedelta(minutes=1)) == 0
    assert housekeeping.sweep(at=visit.answer_by)["visits_expired"] == 1
    assert visits.expire_unanswered(at=visit.answer_by) == 0
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert (case.unread_by_staff, case.unread_by_applicant) == (True, True)
    event = case.events.last()
    assert (event.kind, event.actor) == (EventKind.VISIT_EXPIRED, None)


def test_nobody_expires_a_visit_by_hand_and_chosen_ones_never_do():
    case, officer = booked()
    deed = workflow.Deed(Step.EXPIRE_VISIT, case, officer, case.version)
    with pytest.raises(NotAllowed):
        workflow.carry_out(deed)
    with pytest.raises(NotAllowed):
        workflow.carry_out(workflow.Deed(Step.ANSWER, case, by_itself=True))
    assert visits.expire_unanswered(at=timezone.now() + timedelta(days=400)) == 0


def test_erased_people_are_neither_reminded_nor_waited_for():
    case, _officer = called()
    erase(case.subject_key)
    at = living(case).answer_by + timedelta(days=1)
    assert visits.expire_unanswered(at=at) == 0
    other, _officer = booked()
    visit = living(other)
    erase(other.subject_key)
    assert visit_reminders.remind(at=visit.starts_at - timedelta(hours=1)) == 0


# ---- closed after it was given


def day_of(visit):
    return visit.starts_at.astimezone(TEHRAN).date()


def close_the_place(visit, **changes):
    """Nobody is received at the place of a visit on its day."""
    day = day_of(visit)
    return VisitException.objects.create(
        visiting_hours=visit.slot.visiting_hours,
        reason="جلسه",
        **{"first_day": day, "last_day": day, "hours": "", **changes},
    )


def closed_day(visit, **changes):
    day = day_of(visit)
    return CalendarException.objects.create(
        **{"first_day": day, "last_day": day, "reason": "آلودگی هوا", "hours": "", **changes}
    )


def holiday(visit):
    return Holiday.objects.create(day=day_of(visit), name="تعطیل")


@pytest.mark.parametrize("close", [close_the_place, closed_day, holiday])
def test_a_day_that_is_closed_later_calls_its_visits_off_and_another_time_can_be_chosen(close):
    case, _officer = booked()
    visit = living(case)
    assert visits.call_off_shut(at=timezone.now()) == 0
    told = OutgoingMessage.objects.count()
    close(visit)
    assert housekeeping.sweep()["visits_called_off"] == 1
    assert visits.call_off_shut(at=timezone.now()) == 0
    visit.refresh_from_db()
    case.refresh_from_db()
    assert (visit.state, visit.seat) == (VisitState.CANCELLED, None)
    assert (case.state, case.unread_by_applicant) == (State.VISIT_REQUESTED, True)
    # The applicant chose a time, and no member of staff has looked since.
    assert case.unread_by_staff
    event = case.events.last()
    assert (event.kind, event.actor, event.public) == (EventKind.VISIT_SHUT, None, True)
    new = living(case)
    assert (new.state, new.attempt, new.message_id) == (
        VisitState.WAITING,
        visit.attempt,
        visit.message_id,
    )
    assert OutgoingMessage.objects.count() > told
    assert case.messages.count() == 2
    visits.choose(case=case, slot=slots.offers(case.department)[0].key)
    assert day_of(living(case)) != day_of(visit)


def test_where_no_other_time_is_free_the_case_goes_back_and_staff_hear_of_it():
    case, _officer = booked()
    visit = living(case)
    close_the_place(visit, first_day=date(2020, 1, 1), last_day=date(2099, 1, 1))
    assert visits.call_off_shut(at=timezone.now()) == 1
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert (case.unread_by_staff, case.unread_by_applicant) == (True, True)


def test_other_hours_that_hold_the_time_and_other_weekly_hours_take_it_from_nobody():
    case, _officer = booked()
    visit = living(case)
    close_the_place(visit, hours="0-24", capacity=1)
    other = receives(case.department)
    close_the_place(Visit(slot=VisitSlot(visiting_hours=other), starts_at=visit.starts_at))
    row = visit.slot.visiting_hours
    for day in row.BY_WEEKDAY:
        setattr(row, day, "")
    row.saturday = "8-9"
    row.save()
    WeeklySchedule.objects.all().delete()
    assert visits.call_off_shut(at=timezone.now()) == 0
    assert living(case).pk == visit.pk


def test_a_fixed_time_is_never_set_on_a_closed_day_and_called_off_with_one():
    case, officer = in_review()
    at = timezone.now() + timedelta(days=3)
    fixed = {"actor": officer, "at": at, "place": "اتاق ۳"}
    with translation.override("en"):
        case = workflow.request_visit(case=case, expected=case.version, **fixed)
    day = closed_day(living(case))
    assert visits.call_off_shut(at=timezone.now()) == 1
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    with pytest.raises(ValidationError) as refused:
        workflow.request_visit(case=case, expected=case.version, **fixed)
    assert list(refused.value.message_dict) == ["at"]
    day.delete()
    workflow.request_visit(case=case, expected=case.version, **fixed)
    assert visits.call_off_shut(at=timezone.now()) == 0


def friday(hour):
    """The Friday of next week in Tehran, at an hour of the clock."""
    today = timezone.now().astimezone(TEHRAN).date()
    day = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
    return datetime(day.year, day.month, day.day, hour, tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("ordinary", "special", "shut"),
    [("", "8-12", False), ("8-14", "8-15", False), ("8-16", "8-12", True), ("8-14", "", True)],
)
def test_a_day_that_only_adds_hours_takes_no_fixed_time_outside_of_all(ordinary, special, shut):
    case, officer = in_review()
    WeeklySchedule.objects.create(name="هفته", first_day=date(2020, 1, 1), friday=ordinary)
    fixed = {"actor": officer, "at": friday(15), "place": "اتاق ۳"}
    case = workflow.request_visit(case=case, expected=case.version, **fixed)
    day = closed_day(living(case), hours=special)
    assert visits.call_off_shut(at=timezone.now()) == int(shut)
    day.delete()
    other, officer = in_review()
    closed_day(Visit(starts_at=friday(15)), hours=special)
    fixed["actor"] = officer
    if shut:
        with pytest.raises(ValidationError):
            workflow.request_visit(case=other, expected=other.version, **fixed)
    else:
        workflow.request_visit(case=other, expected=other.version, **fixed)


def test_looking_for_closed_times_takes_as_many_queries_for_many_visits_as_for_one(
    django_assert_num_queries,
):
    department = DepartmentFactory()
    for _each in range(3):
        booked(department=department.key)
        with django_assert_num_queries(3):
            visits.call_off_shut(at=timezone.now())


def test_only_visits_on_days_with_something_entered_are_looked_at():
    case, _officer = booked()
    day, now = day_of(living(case)), timezone.now()
    long = shut_times.ShutTimes(now, now + timedelta(days=30))
    assert long.entered_days() == []
    Holiday.objects.create(day=day + timedelta(days=1), name="تعطیل")
    Holiday.objects.create(day=day + timedelta(days=60), name="تعطیل")
    places = {"first_day": day + timedelta(days=2), "last_day": date(9999, 12, 31)}
    close_the_place(living(case), **places)
    long = shut_times.ShutTimes(now, now + timedelta(days=30))
    last = (now + timedelta(days=30)).astimezone(TEHRAN).date()
    assert long.entered_days() == [(day + timedelta(days=1), last)]
    assert not Visit.objects.on_days(long.entered_days()).exists()
    assert Visit.objects.on_days([(day, day)]).get() == living(case)
    assert not Visit.objects.on_days([]).exists()


def test_the_free_times_of_a_department_are_asked_for_once_in_one_round():
    department = DepartmentFactory()
    asked = []
    for count in (1, 3):
        cases = [booked(department=department.key)[0] for _each in range(count)]
        closed = [close_the_place(living(case)) for case in cases]
        with CaptureQueriesContext(connection) as queries:
            assert visits.call_off_shut(at=timezone.now()) == count
        asked.append(sum('FROM "service_requests_visitrules"' in q["sql"] for q in queries))
        for row in closed:
            row.delete()
    assert asked[0] == asked[1]


def test_visits_that_cannot_be_called_off_keep_no_later_one_from_it(monkeypatch):
    """A batch is so many that were called off, not so many that were tried."""
    shut = [living(booked()[0]) for _each in range(3)]
    for visit in shut:
        close_the_place(visit)
    stuck = min(shut, key=lambda visit: (visit.starts_at, visit.pk))
    carry_out = workflow.carry_out

    def but_one(deed, **more):
        if deed.case.pk == stuck.case_id:
            raise NotPossible
        return carry_out(deed, **more)

    monkeypatch.setattr(visits, "_BATCH", 1)
    monkeypatch.setattr(workflow, "carry_out", but_one)
    for _round in range(2):
        assert visits.call_off_shut(at=timezone.now()) == 1
    assert visits.call_off_shut(at=timezone.now()) == 0
    stuck.refresh_from_db()
    assert stuck.state == VisitState.BOOKED


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("step", ["answer", "close", "withdraw", "mark_spam"])
def test_a_case_that_goes_on_without_its_visit_says_that_nobody_need_come(step, fixed):
    case, officer = booked() if fixed else called()
    visit = living(case)
    case = Case.objects.get()
    if step == "withdraw":
        workflow.withdraw(case=case)
    elif step == "answer":
        workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ شما این است.")
    else:
        verb = {"close": workflow.close, "mark_spam": workflow.mark_spam}[step]
        verb(case=case, actor=officer, expected=case.version)
    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
    off, last = case.events.order_by("number").reverse()[:2][::-1]
    assert (off.kind, off.public, off.to_state) == (
        EventKind.VISIT_CANCELLED,
        True,
        State.VISIT_REQUESTED,
    )
    assert last.to_state != State.VISIT_REQUESTED
    for language, said in (("en", "need not come"), ("fa", "لازم نیست")):
        with translation.override(language):
            words = visit_words.time_note(off.kind, note_of(off))
            assert said in words
            assert not fixed or format_datetime(visit.starts_at, "long") in words


def test_a_visit_that_is_over_is_not_said_to_be_off():
    case, officer = booked()
    Visit.objects.update(starts_at=timezone.now() - timedelta(hours=2))
    case.refresh_from_db()
    workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ شما این است.")
    assert not case.events.filter(kind=EventKind.VISIT_CANCELLED).exists()


def test_time_and_place_of_a_step_are_read_in_the_language_of_the_reader():
    case, _officer = booked()
    event = case.events.get(kind=EventKind.VISIT_BOOKED)
    for language, place in (("en", "Building 2, room 14"), ("fa", "ساختمان شمارهٔ ۲، اتاق ۱۴")):
        with translation.override(language):
            words = visit_words.time_note(event.kind, note_of(event))
            assert words == f"{format_datetime(living(case).starts_at, 'long')} · {place}"
    assert visit_words.time_note(event.kind, "شنبه · اتاق ۱") == "شنبه · اتاق ۱"


def note_of(event):
    subject = open_subject(event.case.subject_key)
    return subject.open(bytes(event.sealed_note), record=event.record).decode()


# ---- reminders, calendar file


def reminders():
    return OutgoingMessage.objects.filter(template__endswith="visit_reminder")


def test_a_reminder_leaves_once_the_day_before_from_ten_on_and_anew_after_a_move():
    case, _officer = called()
    wanted = timezone.now() + timedelta(days=4)
    offers = [offer for offer in slots.offers(case.department) if offer.starts_at > wanted]
    case = visits.choose(case=case, slot=offers[0].key)
    starts = living(case).starts_at
    day_before = starts.astimezone(TEHRAN).date() - timedelta(days=1)
    ten = datetime.combine(day_before, visit_reminders.HOUR, TEHRAN)
    assert visit_reminders.remind(at=ten - timedelta(minutes=1)) == 0
    assert visit_reminders.remind(at=ten) == 2, "SMS and e-mail"
    assert visit_reminders.remind(at=ten + timedelta(minutes=5)) == 0
    later = next(offer for offer in offers if offer.starts_at > starts + timedelta(days=5))
    visits.choose(case=Case.objects.get(pk=case.pk), slot=later.key)
    assert visit_reminders.remind(at=later.starts_at - timedelta(hours=1)) == 2
    assert reminders().count() == 4


def test_who_chose_after_the_hour_of_reminding_is_not_reminded():
    case, _officer = booked()
    visit = living(case)
    Visit.objects.filter(pk=visit.pk).update(changed_at=visit.starts_at - timedelta(hours=2))
    assert visit_reminders.remind(at=visit.starts_at - timedelta(hours=1)) == 0


@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_reminder_says_the_code_and_nothing_else(channel, language):
    from django.template.loader import render_to_string

    name = f"service_requests/messages/visit_reminder.{channel}.txt"
    with translation.override(language):
        text = render_to_string(name, {"code": "123456789012"})
    assert "123456789012" in text
    assert not {"مراجعه", "visit", "نوبت"} & set(text.lower().split())


def unfolded(text):
    """The lines of a calendar file as properties."""
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")
    return dict(
        line.split(":", 1) for line in lines if line and not line.startswith(("BEGIN", "END"))
    )


def test_the_calendar_file_names_nobody_keeps_its_identity_and_counts_its_moves():
    case, _officer = booked()
    visit = living(case)
    place = "ساختمان ۲؛ اتاق ۱۴, طبقه 3; پله\\راست\nکنار در " + "دراز " * 20
    text = visit_calendar.entry(case=case, visit=visit, place=place, body="ادارهٔ نمونه")
    found = unfolded(text)
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert found["UID"] == str(visit.pk)
    assert found["SEQUENCE"] == "0"
    assert found["DTSTART"] == visit.starts_at.strftime("%Y%m%dT%H%M%SZ")
    assert found["DTEND"] == visit.ends_at.strftime("%Y%m%dT%H%M%SZ")
    assert "\\, طبقه 3\\; پله\\\\راست\\nکنار" in found["LOCATION"]
    for secret in ("گلنار", "آزمونی", "بنفشه", "0912"):
        assert secret not in text
    visits.choose(case=case, slot=slots.offers(case.department)[4].key)
    moved = unfolded(visit_calendar.entry(case=case, visit=living(case), place="", body=""))
    assert (moved["UID"], moved["SEQUENCE"]) == (found["UID"], "1")
    assert moved["DTSTART"] != found["DTSTART"]
    assert "LOCATION" not in moved


def test_heads_and_strangers_may_not_do_each_others_deeds():
    case, _officer = in_review()
    receives(case.department)
    with pytest.raises(NotAllowed):
        visits.call(case=case, actor=officer_of(make_case()), expected=case.version)
    visits.call(case=case, actor=head_of(case), expected=case.version)
