"""The guarded life of a case."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import OutgoingMessage
from desk_core.sealing import open_subject
from service_requests import conversation, look_up, notes, slots, visits, workflow
from service_requests.attachments import IncomingFile
from service_requests.enums import EventKind, Kind, Purpose, Side, State, VisitState
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Case, Visit
from service_requests.transitions import TABLE, VISIT_STEPS, Step, steps_from
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    answered,
    head_of,
    in_review,
    make_case,
    officer_of,
    upload,
)

SOON = timedelta(days=3)


def twin_of(case: Case) -> Case:
    """Another open case of the same applicant at the same department."""
    return make_case(case.kind, department=case.department.key)


def take_step(step: Step, case: Case, actor, expected=None):
    """Take any step of the table with plausible words."""
    text = "متنی برای آزمون"
    common = {"case": case, "actor": actor, "expected": expected or case.version}
    applicant = {"case": case}
    return {
        Step.REFER: lambda: workflow.refer(**common, department=DepartmentFactory(), reason=text),
        Step.START_REVIEW: lambda: workflow.start_review(**common),
        Step.ASK_INFO: lambda: workflow.ask_info(**common, text=text),
        Step.REQUEST_VISIT: lambda: workflow.request_visit(
            **common, at=timezone.now() + SOON, place="اتاق ۱۲", bring="کارت ملی"
        ),
        Step.ANSWER: lambda: workflow.answer(**common, text=text),
        Step.REJECT: lambda: workflow.reject(**common, reason=text),
        Step.CLOSE: lambda: workflow.close(**common),
        Step.REPLY: lambda: conversation.citizen_adds(**applicant, text=text),
        Step.OBJECT: lambda: workflow.object_to_answer(**applicant, text=text),
        Step.REOPEN: lambda: workflow.reopen_for_applicant(**applicant, text=text),
        Step.WITHDRAW: lambda: workflow.withdraw(**applicant, text=text),
        Step.BOOK_VISIT: lambda: visits.choose(**applicant, slot=free_time(case)),
        Step.MOVE_VISIT: lambda: visits.choose(**applicant, slot=free_time(case)),
        Step.DECLINE_VISIT: lambda: visits.decline(**applicant, text=text),
        Step.CANCEL_VISIT: lambda: visits.cancel(**common, text=text),
        Step.NOTE_CAME: lambda: visits.note_came(**{**common, "case": begun(case)}),
        Step.NOTE_MISSED: lambda: visits.note_missed(**{**common, "case": begun(case)}),
        Step.OFFER_AGAIN: lambda: visits.note_missed(**{**common, "case": begun(case)}),
        Step.EXPIRE_VISIT: expire,
        Step.EXPIRE: lambda: workflow.expire(**applicant),
        Step.MARK_SPAM: lambda: workflow.mark_spam(**common),
        Step.MERGE: lambda: workflow.merge(**common, into=twin_of(case).code),
        Step.RESTORE: lambda: workflow.restore(**common),
    }[step]()


def free_time(case: Case) -> str:
    return next((offer.key for offer in slots.offers(case.department)), "")


def begun(case: Case) -> Case:
    """The same case; the time of its visit is here."""
    now = timezone.now()
    Visit.objects.filter(case=case, state=VisitState.BOOKED).update(starts_at=now)
    return Case.objects.get(pk=case.pk)


def expire() -> None:
    if not visits.expire_unanswered(at=timezone.now() + timedelta(days=99)):
        raise NotPossible


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
# Those of a visit need one: tests/service_requests/test_visits.py takes them.
@pytest.mark.parametrize("step", [s for s in Step if s not in {Step.REPLY, *VISIT_STEPS}])
def test_every_step_from_every_state_does_what_the_table_says(step, state):
    case = make_case()
    head = head_of(case)
    now = timezone.now()
    changes = {"state": state, "answered_at": now, "closed_at": now}
    if state == State.NEEDS_INFO:
        changes |= {"reply_by": now, "reply_announced_at": now}
    if step == Step.RESTORE:
        case = workflow.mark_spam(case=case, actor=head, expected=case.version)
        if state != State.CLOSED:
            changes |= {"set_aside": "", "set_aside_at": None}
    before = case.version
    Case.objects.filter(pk=case.pk).update(**changes)
    case.refresh_from_db()
    allowed = state in TABLE[step].sources
    target = TABLE[step].target or State.REGISTERED
    if allowed:
        after = take_step(step, case, head)
        assert after.state == target
        assert after.version == case.version + 1
        event = case.events.last()
        assert (event.kind, event.from_state, event.to_state) == (
            TABLE[step].event,
            state,
            target,
        )
    else:
        with pytest.raises(NotPossible):
            take_step(step, case, head)
    case.refresh_from_db()
    assert case.events.count() == before + allowed
    assert (case.state == state) or allowed


def test_the_table_leads_everywhere_and_nowhere_else():
    reached = {State.REGISTERED} | {rule.target for rule in TABLE.values() if rule.target}
    assert reached == set(State)
    assert not any(State.WITHDRAWN in rule.sources for rule in TABLE.values())
    assert Step.ANSWER not in steps_from(State.IN_REVIEW, Side.APPLICANT)
    assert steps_from(State.ANSWERED, Side.APPLICANT) == [Step.OBJECT]


@pytest.mark.django_db
def test_the_second_of_two_who_saw_the_same_gets_a_conflict_and_keeps_nothing(private_files):
    case, officer = in_review()
    colleague = officer_of(case)
    workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ اول")
    before = private_files()
    with pytest.raises(Conflict):
        workflow.reject(case=case, actor=colleague, expected=case.version, reason="نه")
    with pytest.raises(Conflict):
        workflow.answer(
            case=case,
            actor=colleague,
            expected=case.version,
            text="پاسخ دوم",
            files=[IncomingFile.of(upload())],
        )
    case.refresh_from_db()
    assert case.state == State.ANSWERED
    assert case.messages.count() == 1
    assert private_files() == before


@pytest.mark.django_db
def test_what_the_applicant_wrote_meanwhile_is_a_conflict_too():
    case, officer = in_review()
    conversation.citizen_adds(case=case, text="یک نکته دیگر")
    with pytest.raises(Conflict):
        workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ")


@pytest.mark.django_db
def test_answer_is_sealed_counted_and_told():
    case, officer = in_review()
    after = workflow.answer(
        case=case,
        actor=officer,
        expected=case.version,
        text="کار انجام شد.",
        files=[IncomingFile.of(upload("پاسخ.pdf"))],
    )
    assert after.answered_at is not None
    assert after.first_action_at is not None
    assert (after.survey_invited, after.unread_by_applicant) == (True, True)
    message = after.messages.get()
    assert (message.purpose, message.side) == (Purpose.ANSWER, Side.STAFF)
    assert after.attachments.get().message == message
    assert "کار انجام شد".encode() not in bytes(message.sealed_body)
    news = OutgoingMessage.objects.filter(template="service_requests/messages/news")
    assert sorted(news.values_list("channel", flat=True)) == ["email", "sms"]


@pytest.mark.django_db
def test_starting_the_review_assigns_it_and_taking_is_first_come():
    case = make_case()
    one, other = officer_of(case), officer_of(case)
    case = workflow.start_review(case=case, actor=one, expected=case.version)
    assert case.assigned_to == one
    with pytest.raises(NotPossible):
        workflow.take(case=case, actor=other, expected=case.version)
    with pytest.raises(NotAllowed):
        workflow.assign(case=case, actor=other, expected=case.version, to=other)
    case = workflow.assign(case=case, actor=head_of(case), expected=case.version, to=other)
    assert case.assigned_to == other
    assert not case.events.last().public


@pytest.mark.django_db
def test_a_case_is_given_only_to_those_who_may_work_on_it():
    case = make_case()
    head = head_of(case)
    for user in (
        staff_user(Role.OFFICER),
        staff_user(Role.AUDITOR),
        staff_user(Role.SECRETARIAT),
        officer_of(case, is_active=False),
    ):
        with pytest.raises(ValidationError):
            workflow.assign(case=case, actor=head, expected=case.version, to=user)


@pytest.mark.django_db
def test_referral_moves_the_case_and_its_words_and_shows_the_reason():
    case = make_case()
    old, target = officer_of(case), DepartmentFactory()
    new = staff_user(Role.OFFICER, target)
    assert look_up.narrow(Case.objects.visible_to(old), "بنفشه").exists()
    case = workflow.refer(
        case=case, actor=old, expected=case.version, department=target, reason="در صلاحیت شماست"
    )
    assert (case.department, case.assigned_to, case.state) == (target, None, State.REFERRED)
    assert not look_up.narrow(Case.objects.visible_to(old), "بنفشه").exists()
    assert look_up.narrow(Case.objects.visible_to(new), "بنفشه").get() == case
    event = case.events.last()
    subject = open_subject(case.subject_key)
    assert subject.open(bytes(event.sealed_note), record=event.record).decode() == (
        "در صلاحیت شماست"
    )
    with pytest.raises(NotAllowed):
        workflow.start_review(case=case, actor=old, expected=case.version)


@pytest.mark.django_db
def test_referral_to_where_it_is_or_to_a_closed_department_is_refused():
    case = make_case()
    officer = officer_of(case)
    for department in (case.department, DepartmentFactory(active=False)):
        with pytest.raises(ValidationError):
            workflow.refer(
                case=case,
                actor=officer,
                expected=case.version,
                department=department,
                reason="دلیل",
            )


@pytest.mark.django_db
def test_a_complaint_is_never_referred_to_the_unit_complained_of_or_below_it():
    case = make_case(Kind.COMPLAINT)
    office = staff_user(Role.COMPLAINTS)
    below = DepartmentFactory(parent=DepartmentFactory(parent=case.department))
    for department in (case.department, below.parent, below):
        with pytest.raises(ValidationError):
            workflow.refer(
                case=case,
                actor=office,
                expected=case.version,
                department=department,
                reason="دلیل",
            )
    elsewhere = DepartmentFactory()
    head, officer = staff_user(Role.HEAD, elsewhere), staff_user(Role.OFFICER, elsewhere)
    case = workflow.refer(
        case=case, actor=office, expected=case.version, department=elsewhere, reason="بررسی"
    )
    assert list(Case.objects.visible_to(head)) == [case]
    assert not Case.objects.visible_to(officer).exists()
    case = workflow.assign(case=case, actor=office, expected=case.version, to=officer)
    assert list(Case.objects.visible_to(officer)) == [case]


@pytest.mark.django_db
def test_the_reply_to_a_question_moves_the_case_on():
    case, officer = in_review()
    case = workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام کوچه؟")
    conversation.citizen_adds(case=case, text="کوچه بنفشه ۳")
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert case.unread_by_staff
    assert case.events.last().kind == EventKind.APPLICANT_WROTE


@pytest.mark.django_db
def test_objection_has_its_time():
    case, _officer = answered()
    Case.objects.filter(pk=case.pk).update(answered_at=timezone.now() - timedelta(days=31))
    case.refresh_from_db()
    with pytest.raises(NotPossible):
        workflow.object_to_answer(case=case, text="قبول ندارم")
    Case.objects.filter(pk=case.pk).update(answered_at=timezone.now() - timedelta(days=29))
    case.refresh_from_db()
    assert workflow.object_to_answer(case=case, text="قبول ندارم").state == State.OBJECTED


@pytest.mark.django_db
def test_a_closed_case_is_reopened_by_its_applicant_in_time():
    case, officer = answered()
    case = workflow.close(case=case, actor=officer, expected=case.version)
    assert workflow.applicant_steps(case) == [Step.REOPEN]
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=31))
    case.refresh_from_db()
    assert workflow.applicant_steps(case) == []
    with pytest.raises(NotPossible):
        workflow.reopen_for_applicant(case=case, text="هنوز درست نشده است")
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=29))
    case.refresh_from_db()
    case = workflow.reopen_for_applicant(case=case, text="هنوز درست نشده است")
    assert (case.state, case.closed_at, case.unread_by_staff) == (State.IN_REVIEW, None, True)


@pytest.mark.django_db
def test_an_objection_is_offered_only_in_its_time():
    case, _officer = answered()
    assert workflow.applicant_steps(case) == [Step.OBJECT]
    case.answered_at = timezone.now() - timedelta(days=31)
    assert workflow.applicant_steps(case) == []


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["ن", "  نه   ", "۱۲۳۴۵۶۷۸۹"])
def test_an_applicant_who_is_not_content_says_why(text):
    case, officer = answered()
    with pytest.raises(ValidationError) as refused:
        workflow.object_to_answer(case=case, text=text)
    assert set(refused.value.message_dict) == {"text"}
    case = workflow.close(case=case, actor=officer, expected=case.version)
    with pytest.raises(ValidationError):
        workflow.reopen_for_applicant(case=case, text=text)


def _applicants_steps():
    """Each step of the applicant, and a case that is ready for it."""
    closed, officer = answered()
    closed = workflow.close(case=closed, actor=officer, expected=closed.version)
    text = "هنوز درست نشده است"
    return {
        "object": (workflow.object_to_answer, answered()[0], {"text": text}),
        "reopen": (workflow.reopen_for_applicant, closed, {"text": text}),
        "withdraw": (workflow.withdraw, make_case(), {"text": text}),
        "withdraw silently": (workflow.withdraw, make_case(), {}),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["object", "reopen", "withdraw", "withdraw silently"])
def test_a_step_sent_again_after_a_lost_reply_is_answered_as_the_first_time(name):
    verb, case, words = _applicants_steps()[name]
    step_id = uuid.uuid4()
    first = verb(case=case, message_id=step_id, **words)
    again = verb(case=case, message_id=step_id, **words)
    assert (again.state, again.version) == (first.state, first.version)
    assert case.messages.filter(side=Side.APPLICANT).count() == len(words)
    with pytest.raises(NotPossible):
        verb(case=case, message_id=uuid.uuid4(), **words)


@pytest.mark.django_db
def test_an_id_that_stands_for_something_else_is_refused():
    case, _officer = answered()
    other = make_case()
    taken = conversation.citizen_adds(case=other, text="پیام", message_id=uuid.uuid4()).pk
    with pytest.raises(NotPossible):
        workflow.object_to_answer(case=case, text="هنوز درست نشده است", message_id=taken)
    done = uuid.uuid4()
    workflow.withdraw(case=other, message_id=done)
    with pytest.raises(NotPossible):
        workflow.object_to_answer(case=case, text="هنوز درست نشده است", message_id=done)
    case.refresh_from_db()
    assert case.state == State.ANSWERED


@pytest.mark.django_db(transaction=True)
def test_the_same_step_sent_twice_at_once_happens_once_and_both_hear_so(private_files):
    case, _officer = answered()
    before, step_id = private_files(), uuid.uuid4()
    barrier = threading.Barrier(3)
    outcomes = []

    def act() -> None:
        try:
            barrier.wait(timeout=20)
            found = workflow.object_to_answer(
                case=case,
                text="هنوز درست نشده است",
                files=[IncomingFile.of(upload())],
                message_id=step_id,
            )
            outcomes.append(found.state)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert outcomes == [State.OBJECTED] * 3
    assert case.events.filter(kind=EventKind.OBJECTED).count() == 1
    assert len(private_files() - before) == 1


@pytest.mark.django_db
def test_a_visit_in_the_past_or_without_a_place_is_refused():
    case, officer = in_review()
    for at, place in ((timezone.now(), "اتاق"), (timezone.now() + SOON, "")):
        with pytest.raises(ValidationError):
            workflow.request_visit(
                case=case, actor=officer, expected=case.version, at=at, place=place
            )


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   ", "\0", "\ud800", "x" * 1_000_000, None, 5])
def test_bad_text_is_a_message_and_nothing_is_stored(text):
    case, officer = in_review()
    for attempt in (
        lambda: workflow.answer(case=case, actor=officer, expected=case.version, text=text),
        lambda: conversation.citizen_adds(case=case, text=text),
        lambda: notes.add(case=case, actor=officer, text=text),
    ):
        with pytest.raises(ValidationError):
            attempt()
    assert case.events.count() == 2


@pytest.mark.django_db
def test_staff_of_another_department_may_do_nothing():
    case, _officer = in_review()
    stranger = staff_user(Role.HEAD)
    for step, rule_ in TABLE.items():
        if rule_.deed and step != Step.REOPEN:
            with pytest.raises(NotAllowed):
                take_step(step, case, stranger)
    with pytest.raises(NotAllowed):
        notes.add(case=case, actor=stranger, text="یادداشت")
    with pytest.raises(NotAllowed):
        conversation.staff_writes(case=case, actor=stranger, text="پیام")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_one_wins():
    case, officer = in_review()
    barrier = threading.Barrier(4)
    outcomes = []

    def act(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            workflow.answer(case=case, actor=officer, expected=case.version, text=f"پاسخ {number}")
            outcomes.append("won")
        except Conflict:
            outcomes.append("conflict")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "won"]
    assert case.messages.count() == 1
    assert list(case.events.values_list("number", flat=True)) == [1, 2, 3]
