"""One answer for all requests about a notice: each once, and none by accident."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.letters import write_letter
from desk_core.models import AuditEntry, OutgoingMessage, SubjectKey
from service_requests import conversation, reading, workflow
from service_requests.about_notices import answering, linking
from service_requests.about_notices.answering import Chosen
from service_requests.enums import EventKind, GroupOutcome, GroupResult, Kind, State
from service_requests.errors import NotAllowed, SentBefore
from service_requests.models import Case, DepartmentRules, Event, GroupAnswer
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, staff_user
from tests.service_requests.about_notices import about, linked, outage, over

pytestmark = pytest.mark.django_db
TEXT = "سامانه دوباره کار می‌کند. شمارهٔ پیگیری: {code}."


@pytest.fixture
def department():
    return DepartmentFactory()


@pytest.fixture
def service(department):
    return ServiceFactory(department=department)


@pytest.fixture
def notice(service):
    return outage(services=[service])


@pytest.fixture
def head(department):
    return staff_user(Role.HEAD, department)


@pytest.fixture
def cases(notice, service, head):
    return [linked(notice, service, actor=head)[0] for _number in range(3)]


def ask(notice, actor, *, chosen=None, **changes):
    given = {
        "answer_id": uuid4(),
        "outcome": GroupOutcome.ANSWER,
        "text": TEXT,
        "language": "fa",
        "seen_at": timezone.now(),
        "chosen": chosen or Chosen(ticked=(), rest=True),
        **changes,
    }
    return answering.ask(notice=notice, actor=actor, **given)


def finish(answer):
    """Work as the worker does, until nothing waits."""
    while answering.work(answer_id=answer.pk):
        pass
    return GroupAnswer.objects.get(pk=answer.pk)


def results(answer):
    return dict(answer.cases.values_list("case__code", "result"))


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_all_linked_requests_get_one_answer_filled_in_for_each(notice, cases, head):
    OutgoingMessage.objects.all().delete()
    answer = finish(ask(notice, head))
    assert set(results(answer).values()) == {GroupResult.DONE}
    for case in map(fresh, cases):
        assert case.state == State.ANSWERED
        assert [event.kind for event in case.events.order_by("number")][-2:] == [
            EventKind.REVIEW_STARTED,
            EventKind.ANSWERED,
        ]
        text = reading.for_staff(case=case, user=head).messages[-1].text
        assert "{code}" not in text
        assert "شمارهٔ پیگیری" in text
    letters = [write_letter(row) for row in OutgoingMessage.objects.all()]
    told = [
        (letter.context["code"], letter.channel) for letter in letters if "code" in letter.context
    ]
    assert sorted(told) == sorted(set(told))
    assert {code for code, _channel in told} == {case.code for case in cases}


def test_the_words_are_destroyed_once_all_have_them(notice, cases, head):
    answer = ask(notice, head)
    key = answer.subject_key_id
    assert TEXT.encode() not in bytes(answer.sealed_text)
    answer = finish(answer)
    assert (answer.sealed_text, answer.subject_key, answer.finished_at is None) == (
        None,
        None,
        False,
    )
    assert SubjectKey.objects.get(pk=key).erased_at


def test_asking_twice_with_the_same_id_is_asking_once(notice, cases, head):
    first = ask(notice, head)
    again = ask(notice, head, answer_id=first.pk, text="دیگر")
    assert (again.pk, GroupAnswer.objects.count()) == (first.pk, 1)
    assert AuditEntry.objects.filter(action="case.group_answer").count() == 1
    with pytest.raises(SentBefore):
        ask(notice, staff_user(Role.HEAD, cases[0].department), answer_id=first.pk)


def test_complaints_and_cases_with_something_else_open_are_not_ticked(
    notice, cases, service, head, department
):
    office = staff_user(Role.COMPLAINTS)
    complaint = about(service, kind=Kind.COMPLAINT, complained_department=department.key)
    complaint = linking.link(
        case=complaint, actor=office, expected=complaint.version, notice=notice
    )
    waits = workflow.ask_info(case=cases[0], actor=head, expected=cases[0].version, text="کدام؟")
    conversation.citizen_adds(case=cases[1], text="چیز دیگری هم هست.")
    by_case = {
        each.case.pk: each for each in answering.candidates(notice=notice, user=head, language="fa")
    }
    assert set(by_case) == {case.pk for case in cases}
    assert [by_case[case.pk].quiet for case in cases] == [False, False, True]
    theirs = answering.candidates(notice=notice, user=office, language="fa")
    assert [(each.case, each.quiet) for each in theirs] == [(complaint, False)]
    answer = finish(ask(notice, head))
    assert results(answer) == {cases[2].code: GroupResult.DONE}
    # Ticked by a person who has read it, it is answered as well.
    answer = finish(ask(notice, head, chosen=Chosen(ticked={waits.pk})))
    assert results(answer) == {waits.code: GroupResult.DONE}


def test_requests_in_another_language_are_not_ticked(notice, cases, head):
    Case.objects.filter(pk=cases[0].pk).update(language="en")
    found = answering.candidates(notice=notice, user=head, language="fa")
    assert {each.case for each in found if not each.quiet} == {cases[0]}


def test_what_was_left_out_is_left_out(notice, cases, head):
    answer = ask(notice, head, chosen=Chosen((), left_out={cases[0].pk}, rest=True))
    assert set(results(answer)) == {case.code for case in cases[1:]}
    with pytest.raises(ValidationError):
        ask(notice, head, chosen=Chosen(ticked=()))


def test_nobody_answers_what_they_may_not_know_of(notice, cases, service):
    with pytest.raises(NotAllowed):
        ask(notice, staff_user(Role.AUDITOR), chosen=Chosen({cases[0].pk}))
    for who in (staff_user(Role.OFFICER), staff_user(Role.COMPLAINTS)):
        with pytest.raises(ValidationError):
            ask(notice, who, chosen=Chosen({case.pk for case in cases}, rest=True))
    assert not GroupAnswer.objects.exists()


def test_what_changed_meanwhile_was_unlinked_or_closed_is_left_alone_and_said(
    notice, cases, service, head
):
    cases.append(linked(notice, service, actor=head)[0])
    seen = timezone.now()
    workflow.prioritise(case=cases[0], actor=head, expected=cases[0].version, priority=1)
    answer = ask(notice, head, seen_at=seen)
    linking.unlink(
        case=cases[1], actor=head, expected=cases[1].version, notice=notice, reason="اشتباه بود"
    )
    workflow.start_review(case=cases[2], actor=head, expected=cases[2].version)
    answer = finish(answer)
    assert results(answer) == {
        cases[0].code: GroupResult.CHANGED,
        cases[1].code: GroupResult.UNLINKED,
        cases[2].code: GroupResult.CHANGED,
        cases[3].code: GroupResult.DONE,
    }
    assert fresh(cases[2]).state == State.IN_REVIEW


def test_whoever_lost_their_role_meanwhile_answers_nothing(notice, cases, head):
    answer = ask(notice, head)
    head.memberships.all().delete()
    assert set(results(finish(answer)).values()) == {GroupResult.FORBIDDEN}
    assert fresh(cases[0]).state == State.REGISTERED


def test_an_account_that_is_gone_answers_nothing(notice, cases, head):
    answer = ask(notice, head)
    type(head).objects.filter(pk=head.pk).update(is_active=False)
    assert set(results(finish(answer)).values()) == {GroupResult.FORBIDDEN}


def test_a_worker_that_dies_loses_nobody_and_tells_nobody_twice(notice, cases, head, monkeypatch):
    answer = ask(notice, head)
    OutgoingMessage.objects.all().delete()
    real, calls = workflow.answer, []

    def dies(**values):
        calls.append(real(**values))
        if len(calls) == 2:
            raise SystemExit

    monkeypatch.setattr(workflow, "answer", dies)
    with pytest.raises(SystemExit):
        answering.work(answer_id=answer.pk)
    monkeypatch.undo()
    assert sorted(results(answer).values()) == ["done", "waiting", "waiting"]
    # It is taken for dead after a while, and the sweep goes on.
    assert answering.work(answer_id=answer.pk) is False
    later = timezone.now() + timedelta(minutes=6)
    GroupAnswer.objects.update(busy_until=timezone.now())
    assert answering.go_on(at=later) == 1
    answer.refresh_from_db()
    assert answer.finished_at is not None
    assert set(results(answer).values()) == {GroupResult.DONE}
    for case in cases:
        assert Event.objects.filter(case=case, kind=EventKind.ANSWERED).count() == 1
        assert case.messages.count() == 1
    letters = [write_letter(row) for row in OutgoingMessage.objects.all()]
    told = [(letter.context.get("code"), letter.channel) for letter in letters]
    assert len(told) == len(set(told))
    assert answering.go_on(at=later) == 0


def test_batches_follow_each_other(notice, cases, head, monkeypatch):
    monkeypatch.setattr(answering, "BATCH", 2)
    answer = ask(notice, head)
    assert answering.work(answer_id=answer.pk) is True
    assert answering.progress(answer)[GroupResult.DONE] == 2
    assert answering.work(answer_id=answer.pk) is False
    assert answering.progress(answer)[GroupResult.DONE] == 3


def test_the_worker_is_asked_when_the_answer_is_stored(
    notice, cases, head, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = ask(notice, head)
    answer.refresh_from_db()
    assert answer.finished_at is not None


def test_a_rejection_that_takes_two_is_only_proposed(notice, cases, head, department):
    DepartmentRules.objects.create(department=department, rejection_by_two=True)
    answer = finish(ask(notice, head, outcome=GroupOutcome.REJECT, text="شدنی نیست."))
    assert set(results(answer).values()) == {GroupResult.PROPOSED}
    case = fresh(cases[0])
    assert (case.state, case.rejection_proposed) == (State.IN_REVIEW, True)


def test_a_rejection_by_one_is_done(notice, cases, head):
    answer = finish(ask(notice, head, outcome=GroupOutcome.REJECT, text="شدنی نیست."))
    assert set(results(answer).values()) == {GroupResult.DONE}
    assert fresh(cases[0]).state == State.REJECTED


@pytest.mark.parametrize(
    "wrong",
    [{"text": "  "}, {"text": "سلام {name}"}, {"outcome": "close"}],
)
def test_what_is_no_answer_is_refused_at_its_field(notice, cases, head, wrong):
    with pytest.raises(ValidationError) as error:
        ask(notice, head, **wrong)
    assert set(error.value.message_dict) == set(wrong)


def test_candidates_cost_the_same_however_many(
    notice, cases, head, service, django_assert_num_queries
):
    over(notice)
    head = type(head).objects.get(pk=head.pk)
    with django_assert_num_queries(3):  # two of them read the roles
        answering.candidates(notice=notice, user=head, language="fa")
    linked(notice, service, actor=head)
    with django_assert_num_queries(1):
        answering.candidates(notice=notice, user=head, language="fa")
