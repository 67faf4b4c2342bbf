"""What may happen to a case beside its plain course: priorities, teams, deadlines and more."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import OutgoingMessage
from desk_core.sealing import open_subject
from service_requests import (
    conversation,
    credentials,
    deadlines,
    four_eyes,
    notify,
    reading,
    tracking,
    wording,
    workflow,
)
from service_requests.attachments import IncomingFile
from service_requests.days import end_of, last_day, today
from service_requests.enums import EventKind, Kind, Priority, Purpose, SetAside, State
from service_requests.errors import CaseError, Conflict, NotAllowed, NotPossible
from service_requests.housekeeping import sweep
from service_requests.models import Case, DepartmentRules, StoredReply, Team
from service_requests.reply_words import filled
from service_requests.transitions import Step
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import (
    head_of,
    in_review,
    make_case,
    officer_of,
    register,
    upload,
)

pytestmark = pytest.mark.django_db
REASON = "دلیل ساختگی برای آزمون"


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def twins(**changes) -> tuple[Case, Case, object]:
    """Two open cases of one applicant in one department, and its officer."""
    first, officer = in_review(**changes)
    second = make_case(first.kind, department=first.department.key)
    return first, second, officer


# Priority and teams -------------------------------------------------------------------------------


def test_a_priority_is_for_staff_alone_and_stands_in_their_timeline():
    case, officer = in_review()
    case = workflow.prioritise(
        case=case, actor=officer, expected=case.version, priority=Priority.HIGH
    )
    assert fresh(case).priority == Priority.HIGH
    event = case.events.last()
    assert (event.kind, event.public) == (EventKind.PRIORITY_SET, False)
    seen = reading.timeline(case, subject=open_subject(case.subject_key), public=False)
    assert seen[-1].note == str(Priority.HIGH.label)
    same = workflow.prioritise(
        case=case, actor=officer, expected=case.version, priority=Priority.HIGH
    )
    assert same.version == case.version


def test_a_priority_is_refused_to_strangers_to_the_second_and_of_no_known_kind():
    case, officer = in_review()
    common = {"case": case, "expected": case.version}
    with pytest.raises(NotAllowed):
        workflow.prioritise(**common, actor=staff_user(Role.OFFICER), priority=Priority.LOW)
    with pytest.raises(ValidationError):
        workflow.prioritise(**common, actor=officer, priority=9)
    workflow.prioritise(**common, actor=officer, priority=Priority.LOW)
    with pytest.raises(Conflict):
        workflow.prioritise(**common, actor=officer, priority=Priority.HIGH)


def team_of(case: Case, *members) -> Team:
    team = Team.objects.create(name="گروه نقشه", department=case.department)
    team.members.set(members)
    return team


def test_a_team_gets_a_case_is_told_and_one_of_it_takes_it():
    case = make_case()
    member, other, head = officer_of(case), officer_of(case), head_of(case)
    team = team_of(case, member)
    with pytest.raises(NotAllowed):
        workflow.assign_team(case=case, actor=other, expected=case.version, team=team)
    case = workflow.assign_team(case=case, actor=head, expected=case.version, team=team)
    assert (case.team, case.assigned_to) == (team, None)
    assert [person.pk for person in notify.staff_to_tell(case)] == [member.pk]
    assert list(Case.objects.of_teams_of(member)) == [case]
    assert not Case.objects.of_teams_of(other).exists()
    case = workflow.take(case=case, actor=member, expected=case.version)
    assert (case.team, case.assigned_to) == (team, member)
    assert not Case.objects.of_teams_of(member).exists()


def test_a_team_of_former_members_leaves_the_case_with_the_department():
    case = make_case()
    officer = officer_of(case)
    case = workflow.assign_team(
        case=case,
        actor=head_of(case, email=""),
        expected=case.version,
        team=team_of(case, staff_user(Role.OFFICER)),
    )
    assert [person.pk for person in notify.staff_to_tell(case)] == [officer.pk]


def test_no_team_of_another_department_and_none_at_all_gets_a_complaint():
    case, complaint = make_case(), make_case(Kind.COMPLAINT)
    elsewhere = Team.objects.create(name="دیگر", department=DepartmentFactory())
    for row, actor, team in (
        (case, head_of(case), elsewhere),
        (complaint, staff_user(Role.COMPLAINTS), team_of(complaint)),
    ):
        with pytest.raises(ValidationError):
            workflow.assign_team(case=row, actor=actor, expected=row.version, team=team)


def test_a_referral_takes_the_case_from_its_team():
    case = make_case()
    head = head_of(case)
    case = workflow.assign_team(case=case, actor=head, expected=case.version, team=team_of(case))
    case = workflow.refer(
        case=case,
        actor=head,
        expected=case.version,
        department=DepartmentFactory(),
        reason=REASON,
    )
    assert case.team is None


# Spam ---------------------------------------------------------------------------------------------


def test_spam_is_set_aside_silently_and_stands_again_where_it_stood():
    case, officer = in_review()
    told = OutgoingMessage.objects.count()
    aside = workflow.mark_spam(case=case, actor=officer, expected=case.version)
    assert (aside.state, aside.set_aside, aside.survey_invited) == (
        State.CLOSED,
        SetAside.SPAM,
        False,
    )
    assert OutgoingMessage.objects.count() == told
    assert not Case.objects.open().exists()
    with pytest.raises(NotPossible):
        workflow.reopen(
            case=aside, actor=head_of(case), expected=aside.version, reason="از راه نادرست"
        )
    back = workflow.restore(case=aside, actor=officer, expected=aside.version)
    assert (back.state, back.set_aside, back.set_aside_at, back.closed_at) == (
        State.IN_REVIEW,
        "",
        None,
        None,
    )
    with pytest.raises(NotPossible):
        workflow.restore(case=back, actor=officer, expected=back.version)


def test_whoever_was_taken_for_spam_still_opens_the_case_and_has_it_taken_up():
    receipt = register()
    case = fresh(receipt.case)
    officer = officer_of(case)
    workflow.mark_spam(case=case, actor=officer, expected=case.version)
    opened = credentials.verify(code=receipt.code, password=receipt.password, address="192.0.2.1")
    _token, session = tracking.open_session(credential=opened)
    view = reading.for_applicant(session)
    assert view.steps == [Step.REOPEN]
    assert "آسفالت" in view.content["subject"]
    assert wording.state_label(view.case) != State.CLOSED.label
    case = workflow.reopen_for_applicant(case=fresh(case), text="این درخواست جدی است")
    assert (case.state, case.set_aside, case.unread_by_staff) == (State.IN_REVIEW, "", True)


# Duplicates ---------------------------------------------------------------------------------------


def test_a_duplicate_is_joined_and_gets_the_answer_too_under_its_own_key(private_files):
    main, second, officer = twins()
    second = workflow.merge(case=second, actor=officer, expected=second.version, into=main.code)
    assert (second.state, second.merged_into) == (State.CLOSED, main)
    main = fresh(main)
    assert main.events.last().kind == EventKind.JOINED
    before = private_files()
    main = workflow.answer(
        case=main,
        actor=officer,
        expected=main.version,
        text="کوچه آسفالت شد.",
        files=[IncomingFile.of(upload())],
    )
    second = fresh(second)
    assert (second.state, second.answered_at is not None) == (State.CLOSED, True)
    message = second.messages.get()
    assert message.purpose == Purpose.ANSWER
    body = open_subject(second.subject_key).open_json(
        bytes(message.sealed_body), record=message.record
    )
    assert body["text"] == "کوچه آسفالت شد."
    assert second.attachments.get().message == message
    assert len(private_files() - before) == 2
    told = OutgoingMessage.objects.filter(dedupe__startswith=f"case:{second.pk}:")
    assert told.filter(template="service_requests/messages/news").exists()
    assert workflow.applicant_steps(second) == [Step.REOPEN]


def test_joining_is_undone_and_the_answer_then_stays_where_it_was_given():
    main, second, officer = twins()
    second = workflow.merge(case=second, actor=officer, expected=second.version, into=main.code)
    second = workflow.restore(case=second, actor=officer, expected=second.version)
    assert (second.state, second.merged_into_id) == (State.REGISTERED, None)
    main = fresh(main)
    workflow.answer(case=main, actor=officer, expected=main.version, text="پاسخ")
    assert not second.messages.exists()


def test_only_open_cases_of_the_same_applicant_and_kind_are_joined():
    main, second, officer = twins()
    place = main.department.key
    stranger = make_case(department=place, mobile="09351112233")
    namesake = make_case(department=place, national_id="0084575948")
    suggestion = make_case(Kind.SUGGESTION, department=place)
    elsewhere = make_case()
    closed = make_case(department=place)
    closed = workflow.withdraw(case=closed)
    for other in (stranger, namesake, suggestion, elsewhere, closed, second):
        with pytest.raises(ValidationError) as refused:
            workflow.merge(case=second, actor=officer, expected=second.version, into=other.code)
        assert set(refused.value.message_dict) == {"into"}
    for nonsense in ("", "123", "x" * 500, None, "\0"):
        with pytest.raises(ValidationError):
            workflow.merge(case=second, actor=officer, expected=second.version, into=nonsense)
    assert fresh(second).version == 1


def test_no_chain_of_joined_cases_and_no_answer_lost_in_one():
    main, second, officer = twins()
    third = make_case(department=main.department.key)
    workflow.merge(case=second, actor=officer, expected=second.version, into=main.code)
    main = fresh(main)
    with pytest.raises(ValidationError):
        workflow.merge(case=main, actor=officer, expected=main.version, into=third.code)
    with pytest.raises(NotPossible):
        workflow.mark_spam(case=main, actor=officer, expected=main.version)
    with pytest.raises(ValidationError):
        workflow.merge(case=third, actor=officer, expected=third.version, into=second.code)


# Two people for a rejection -----------------------------------------------------------------------


@pytest.fixture
def by_two():
    """A case of a department in which nobody rejects alone, and two of its officers."""
    case, officer = in_review()
    DepartmentRules.objects.create(department=case.department, rejection_by_two=True)
    return case, officer, officer_of(case)


def test_a_rejection_takes_two_where_the_department_says_so(by_two):
    case, one, other = by_two
    with pytest.raises(NotPossible):
        workflow.reject(case=case, actor=one, expected=case.version, reason=REASON)
    told = OutgoingMessage.objects.count()
    case = four_eyes.propose(case=case, actor=one, expected=case.version, reason=REASON)
    assert (case.state, case.rejection_proposed) == (State.IN_REVIEW, True)
    assert OutgoingMessage.objects.count() == told
    with pytest.raises(NotAllowed):
        workflow.confirm_rejection(case=case, actor=one, expected=case.version)
    case = workflow.confirm_rejection(case=case, actor=other, expected=case.version)
    assert (case.state, case.rejection_proposed) == (State.REJECTED, False)
    message = case.messages.get()
    body = open_subject(case.subject_key).open_json(
        bytes(message.sealed_body), record=message.record
    )
    assert (message.purpose, body["text"]) == (Purpose.REASON, REASON)


def test_a_proposal_can_be_refused_and_ends_when_the_case_moves_on(by_two):
    case, one, other = by_two
    case = four_eyes.propose(case=case, actor=one, expected=case.version, reason=REASON)
    with pytest.raises(NotPossible):
        four_eyes.propose(case=case, actor=other, expected=case.version, reason=REASON)
    case = four_eyes.refuse(case=case, actor=other, expected=case.version, note="پاسخ دارد")
    assert not case.rejection_proposed
    with pytest.raises(NotPossible):
        workflow.confirm_rejection(case=case, actor=other, expected=case.version)
    case = four_eyes.propose(case=case, actor=one, expected=case.version, reason=REASON)
    case = workflow.answer(case=case, actor=other, expected=case.version, text="پاسخ")
    assert not case.rejection_proposed


def test_the_applicant_learns_nothing_of_a_proposal(by_two):
    case, one, other = by_two
    case = four_eyes.propose(case=case, actor=one, expected=case.version, reason=REASON)
    case = four_eyes.refuse(case=case, actor=other, expected=case.version, note="یادداشت پنهان")
    seen = reading.timeline(case, subject=open_subject(case.subject_key), public=True)
    assert [event.kind for event in seen] == [EventKind.REGISTERED, EventKind.REVIEW_STARTED]
    taken = reading.to_take(reading.with_what_is_taken(Case.objects.filter(pk=case.pk)).get())
    assert REASON not in repr([e.note for e in taken.timeline] + [m.text for m in taken.messages])


def test_what_was_said_meanwhile_is_seen_before_a_rejection_is_confirmed(by_two):
    case, one, other = by_two
    case = four_eyes.propose(case=case, actor=one, expected=case.version, reason=REASON)
    conversation.citizen_adds(case=case, text="مدرک تازه دارم")
    with pytest.raises(Conflict):
        workflow.confirm_rejection(case=case, actor=other, expected=case.version)


# The time for a reply -----------------------------------------------------------------------------


def asked(days: int = 5) -> tuple[Case, object]:
    case, officer = in_review()
    day = today() + timedelta(days=days)
    return (
        workflow.ask_info(
            case=case, actor=officer, expected=case.version, text="کدام کوچه؟", reply_by=day
        ),
        officer,
    )


def sms(what: str):
    return OutgoingMessage.objects.filter(
        template=f"service_requests/messages/{what}", channel="sms"
    )


def test_a_question_without_a_reply_is_announced_and_then_closes_by_itself():
    case, _officer = asked()
    assert last_day(case.reply_by) == today() + timedelta(days=5)
    assert wording.reply_until(case)
    sweep(at=case.reply_by - timedelta(days=3))
    assert not sms("reply_due").exists()
    for _twice in range(2):
        sweep(at=case.reply_by - timedelta(days=2))
    assert sms("reply_due").count() == 1
    assert fresh(case).state == State.NEEDS_INFO
    Case.objects.filter(pk=case.pk).update(reply_by=timezone.now())
    sweep()
    case = fresh(case)
    assert (case.state, case.reply_by) == (State.CLOSED, None)
    event = case.events.last()
    assert (event.kind, event.actor, event.public) == (EventKind.EXPIRED, None, True)
    assert workflow.applicant_steps(case) == [Step.REOPEN]
    assert [e.doer for e in reading.timeline(case, subject=None, public=False)][-1] != ""


def test_a_worker_that_was_away_announces_first_and_gives_time():
    case, _officer = asked()
    late = case.reply_by + timedelta(days=4)
    sweep(at=late)
    case = fresh(case)
    assert case.state == State.NEEDS_INFO
    assert case.reply_by == end_of(last_day(late + deadlines.NOTICE) + timedelta(days=1))
    assert sms("reply_due").count() == 1
    with pytest.raises(NotPossible):
        workflow.expire(case=case)


def test_a_reply_in_time_keeps_the_case_open_for_good():
    case, _officer = asked()
    conversation.citizen_adds(case=case, text="کوچه بنفشه")
    case = fresh(case)
    assert (case.state, case.reply_by) == (State.IN_REVIEW, None)
    sweep(at=timezone.now() + timedelta(days=30))
    assert fresh(case).state == State.IN_REVIEW


@pytest.mark.parametrize("days", [-400, -1, 0, 2, 366, 40_000])
def test_a_day_too_near_or_too_far_is_refused(days):
    case, officer = in_review()
    with pytest.raises(ValidationError) as refused:
        workflow.ask_info(
            case=case,
            actor=officer,
            expected=case.version,
            text="کدام؟",
            reply_by=today() + timedelta(days=days),
        )
    assert set(refused.value.message_dict) == {"reply_by"}
    assert fresh(case).state == State.IN_REVIEW


def test_a_question_without_a_day_waits_for_as_long_as_staff_want():
    case, officer = in_review()
    case = workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام؟")
    sweep(at=timezone.now() + timedelta(days=400))
    assert fresh(case).state == State.NEEDS_INFO


# Stored replies -----------------------------------------------------------------------------------


def test_variables_are_filled_once_and_reach_nothing_but_facts():
    case = make_case()
    text = "{code} {kind} {department} {{code}} {case.sealed_content} {0} {__class__} {"
    shown = filled(text, case, language="en")
    assert shown == (
        f"{case.code} Request {case.department.name_en} {{{case.code}}} "
        "{case.sealed_content} {0} {__class__} {"
    )


def test_a_reply_with_an_unknown_variable_is_refused_at_its_field():
    for wrong in ("{name}", "{کد}", "{}", "{code.__class__}"):
        with pytest.raises(ValidationError) as refused:
            StoredReply(title="ت", text=f"سلام {wrong}", language="fa").full_clean()
        assert set(refused.value.message_dict) == {"text"}
    StoredReply(title="ت", text="سلام {code} {today}", language="fa").full_clean()


def test_replies_fit_department_kind_state_and_language():
    case, _officer = in_review()
    fits = {"title": "ت", "text": "م", "language": "fa"}
    for more in (
        {},
        {"department": case.department, "kind": Kind.REQUEST, "state": State.IN_REVIEW},
    ):
        StoredReply.objects.create(**fits | more)
    for more in (
        {"department": DepartmentFactory()},
        {"kind": Kind.COMPLAINT},
        {"state": State.REGISTERED},
        {"language": "en"},
        {"active": False},
    ):
        StoredReply.objects.create(**fits | more)
    assert StoredReply.objects.for_case(case).count() == 2
    assert issubclass(NotAllowed, CaseError)


# At once ------------------------------------------------------------------------------------------


def at_once(*verbs) -> list[str]:
    """What became of each, done by a thread of its own at the same moment."""
    barrier = threading.Barrier(len(verbs))
    outcomes: list[str] = [""] * len(verbs)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            verbs[number]()
            outcomes[number] = "done"
        except (CaseError, ValidationError):
            outcomes[number] = "refused"
        except Exception as error:
            outcomes[number] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(verbs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_cases_joined_with_each_other_at_once_are_joined_one_way():
    main, second, officer = twins()

    def join(case, other):
        return lambda: workflow.merge(
            case=case, actor=officer, expected=case.version, into=other.code
        )

    assert sorted(at_once(join(main, second), join(second, main))) == ["done", "refused"]
    assert Case.objects.exclude(merged_into=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_case_joined_while_the_other_is_answered_never_misses_the_answer():
    main, second, officer = twins()
    outcomes = at_once(
        lambda: workflow.answer(case=main, actor=officer, expected=main.version, text="پاسخ"),
        lambda: workflow.merge(case=second, actor=officer, expected=second.version, into=main.code),
    )
    # Whoever is second is refused: the answer does not know of a case, or the case is not open.
    assert sorted(outcomes) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_a_rejection_at_once_reject_once():
    case, one = in_review()
    DepartmentRules.objects.create(department=case.department, rejection_by_two=True)
    others = [officer_of(case), officer_of(case)]
    case = four_eyes.propose(case=case, actor=one, expected=case.version, reason=REASON)

    def confirm(actor):
        return lambda: workflow.confirm_rejection(case=case, actor=actor, expected=case.version)

    assert sorted(at_once(*map(confirm, others))) == ["done", "refused"]
    assert case.events.filter(kind=EventKind.REJECTED).count() == 1
    assert case.messages.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_and_close_once():
    case, _officer = asked()
    soon = case.reply_by - timedelta(days=1)
    assert at_once(*[lambda: deadlines.settle(at=soon)] * 2) == ["done", "done"]
    assert sms("reply_due").count() == 1
    Case.objects.filter(pk=case.pk).update(reply_by=timezone.now())
    assert at_once(*[lambda: deadlines.settle(at=timezone.now())] * 2) == ["done", "done"]
    assert case.events.filter(kind=EventKind.EXPIRED).count() == 1
    assert [e.kind for e in case.events.all()].count(EventKind.REPLY_DUE) == 1
