"""Closed for long enough, a case keeps its figures and loses its person; a hold keeps both."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from cms_pages.enums import Role
from desk_core import erasures
from desk_core.models import AuditEntry
from desk_core.sealing import Erased, new_subject, open_subject
from persian.jalali import month_key
from service_requests import (
    attachments,
    conversation,
    credentials,
    erasing,
    holds,
    look_up,
    notes,
    permissions,
    reading,
    retention,
    tracking,
    workflow,
)
from service_requests.attachments import IncomingFile
from service_requests.enums import EventKind, Kind, ReadReason, State
from service_requests.errors import Conflict, NotAllowed, NotPossible, WrongCredential
from service_requests.housekeeping import sweep
from service_requests.models import (
    Attachment,
    Case,
    IdentifierIndex,
    RetentionRule,
    SurveyAnswer,
    TrackingSession,
    WordIndex,
)
from service_requests.surveys import keys
from sla.models import Termination
from tests.cms_pages.factories import UserFactory, staff_user
from tests.service_requests.factories import answered, head_of, in_review, officer_of, upload
from tests.sla.factories import make_signed

pytestmark = pytest.mark.django_db
LATER = timedelta(days=101)


@pytest.fixture
def rule() -> RetentionRule:
    return RetentionRule.objects.create(kind=Kind.REQUEST, days=100)


def closed(**changes) -> Case:
    """A closed case with a file, a note and a session."""
    case, officer = in_review(**changes)
    conversation.citizen_adds(case=case, text="نامه", files=[IncomingFile.of(upload())])
    notes.add(case=case, actor=officer, text="یادداشت")
    fresh = Case.objects.get(pk=case.pk)
    case = workflow.answer(case=fresh, actor=officer, expected=fresh.version, text="شد")
    case = workflow.close(case=case, actor=officer, expected=case.version)
    tracking.open_session(credential=case.credentials.get())
    return case


def done(*, cases: int = 0, comments: int = 0, files: int = 0) -> dict[str, int]:
    """What a round says that it did."""
    return {
        "cases_anonymised": cases,
        "survey_comments_destroyed": comments,
        "files_destroyed": files,
    }


def later(days: timedelta = LATER):
    return timezone.now() + days


def test_after_its_time_the_person_is_gone_and_the_figures_stay(rule, private_files):
    before = private_files()
    case = closed()
    facts = (case.kind, case.department_id, case.registered_at, case.answered_at, case.closed_at)
    assert retention.settle(at=later()) == done(cases=1, files=1)
    gone = Case.objects.select_related("subject_key").get(pk=case.pk)
    with pytest.raises(Erased):
        open_subject(gone.subject_key)
    assert bytes(gone.sealed_content) == b""
    assert gone.assigned_to is None
    assert not IdentifierIndex.objects.filter(case=case).exists()
    assert not WordIndex.objects.filter(case=case).exists()
    assert not TrackingSession.objects.exists()
    assert not Attachment.objects.exists()
    assert private_files() == before
    assert not look_up.narrow(Case.objects.all(), "0499370899").exists()
    kept = (gone.kind, gone.department_id, gone.registered_at, gone.answered_at, gone.closed_at)
    assert (gone.state, kept) == (State.CLOSED, facts)
    assert gone.events.last().kind == EventKind.ANONYMISED
    assert AuditEntry.objects.filter(action="case.anonymised", target=f"case:{case.code}").exists()
    last = erasures.last_words(erasures.entries(erasures.read()))
    assert case.subject_key_id in {entry.subject for entry in last}


def test_a_second_round_finds_nothing_to_do(rule):
    case = closed()
    retention.settle(at=later())
    version = Case.objects.get(pk=case.pk).version
    assert retention.settle(at=later()) == done()
    assert Case.objects.get(pk=case.pk).version == version


def test_housekeeping_does_it(rule):
    closed()
    swept = sweep(at=later())
    assert (swept["cases_anonymised"], swept["files_destroyed"]) == (1, 1)
    assert swept["audit_entries_sealed"] > 0


@pytest.mark.parametrize("days", [timedelta(days=99), timedelta(days=0)])
def test_before_its_time_nothing_is_touched(rule, days):
    case = closed()
    assert retention.settle(at=later(days))["cases_anonymised"] == 0
    assert reading.for_staff(case=case, user=officer_of(case)).messages


def test_without_a_rule_for_its_kind_a_case_is_kept_for_good():
    RetentionRule.objects.create(kind=Kind.COMPLAINT, days=100)
    case = closed()
    assert retention.settle(at=later(timedelta(days=20_000)))["cases_anonymised"] == 0
    assert retention.kept_until(case) is None


def test_a_case_that_is_not_closed_has_no_end(rule):
    case, _officer = answered()
    assert retention.settle(at=later(timedelta(days=20_000)))["cases_anonymised"] == 0
    assert retention.kept_until(case) is None


def test_a_killed_round_goes_on_where_it_stopped(rule, monkeypatch, private_files):
    before = private_files()
    cases = [closed(), closed()]
    real = erasing.anonymise

    def killed(*, case):
        real(case=case)
        if case.pk == cases[1].pk:
            raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(erasing, "anonymise", killed)
        with pytest.raises(SystemExit):
            retention.settle(at=later())
    assert Case.objects.filter(anonymised_at=None).get().pk == cases[1].pk
    assert attachments.destroy_erased(at=later()) == 1
    assert retention.settle(at=later()) == done(cases=1, files=1)
    assert private_files() == before


def test_what_a_legal_hold_keeps_stays_until_it_is_lifted(rule):
    case = closed()
    head = head_of(case)
    held = holds.hold(case=case, actor=head, expected=case.version, reason="دستور دادگاه")
    assert retention.settle(at=later())["cases_anonymised"] == 0
    with pytest.raises(NotPossible):
        erasing.anonymise(case=held)
    lifted = holds.lift(case=held, actor=head, expected=held.version, reason="پایان دادرسی")
    assert lifted.held_at is None
    view = reading.for_staff(case=lifted, user=head)
    told = {event.kind: event for event in view.timeline}
    assert told[EventKind.HOLD_SET].note == "دستور دادگاه"
    assert told[EventKind.HOLD_LIFTED].actor == head
    assert not told[EventKind.HOLD_SET].public
    actions = AuditEntry.objects.filter(action__startswith="case.hold", actor=head)
    assert actions.count() == 2
    assert "دستور" not in repr(list(actions.values()))
    assert retention.settle(at=later())["cases_anonymised"] == 1


def test_a_hold_takes_a_reason_a_right_and_the_newest_version():
    case, officer = in_review()
    head = head_of(case)
    values = {"case": case, "expected": case.version, "reason": "دستور دادگاه"}
    with pytest.raises(NotAllowed):
        holds.hold(actor=officer, **values)
    with pytest.raises(NotAllowed):
        holds.hold(actor=staff_user(Role.AUDITOR), **values)
    with pytest.raises(ValidationError):
        holds.hold(actor=head, **{**values, "reason": " "})
    with pytest.raises(Conflict):
        holds.hold(actor=head, **{**values, "expected": case.version - 1})
    with pytest.raises(NotPossible):
        holds.lift(actor=head, **values)
    held = holds.hold(actor=head, **values)
    with pytest.raises(NotPossible):
        holds.hold(actor=head, **{**values, "expected": held.version})
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(anonymised_at=timezone.now())


def test_nothing_can_be_done_with_a_tombstone_and_its_password_opens_nothing(rule, client):
    case = closed()
    head, admin = head_of(case), UserFactory(is_superuser=True)
    retention.settle(at=later())
    gone = Case.objects.get(pk=case.pk)
    for deed in permissions.GRANTS["superuser"] - {"see", "history", "export"}:
        assert not permissions.user_may(admin, gone, deed), deed
    with pytest.raises(NotAllowed):
        reading.for_staff(case=gone, user=head)
    with pytest.raises(NotAllowed):
        reading.person_for_staff(case=gone, user=head, reason=ReadReason.CASEWORK)
    with pytest.raises(WrongCredential):
        credentials.verify(code=case.code, password="0" * 16, address="192.0.2.1")
    assert not gone.credentials.active().exists()
    client.force_login(head)
    page = client.get(reverse("service_requests_case_modeladmin_inspect", args=[case.pk]))
    assert page.status_code == 200
    assert page.context["view_of_case"] is None
    assert not any(page.context["groups"].values())
    index = client.get(reverse("service_requests_case_modeladmin_index"))
    assert index.status_code == 200


def test_a_restore_makes_anonymous_again(rule):
    case = closed()
    head = head_of(case)
    holds.hold(case=case, actor=head, expected=case.version, reason="دستور دادگاه")
    erasures.forget([case.subject_key_id])
    gone = Case.objects.get(pk=case.pk)
    assert gone.anonymised_at is not None
    assert gone.held_at is None
    assert attachments.destroy_erased(at=later()) == 1


def test_a_joined_case_stays_as_long_as_the_one_it_was_joined_with(rule):
    main, officer = in_review()
    twin, _other = in_review(department=main.department.key)
    workflow.merge(case=twin, actor=officer, expected=twin.version, into=main.code)
    assert retention.settle(at=later())["cases_anonymised"] == 0
    main = Case.objects.get(pk=main.pk)
    main = workflow.answer(case=main, actor=officer, expected=main.version, text="شد")
    main = workflow.close(case=main, actor=officer, expected=main.version)
    held = holds.hold(case=main, actor=head_of(main), expected=main.version, reason="دستور دادگاه")
    assert retention.settle(at=later())["cases_anonymised"] == 0
    holds.lift(case=held, actor=head_of(main), expected=held.version, reason="پایان دادرسی")
    assert retention.settle(at=later())["cases_anonymised"] == 2


def test_a_hold_keeps_whatever_was_joined_with_the_case_on_either_side(rule):
    main, officer = in_review()
    place, head = main.department.key, head_of(main)
    twins = [in_review(department=place)[0] for _each in range(2)]
    for twin in twins:
        workflow.merge(case=twin, actor=officer, expected=twin.version, into=main.code)
    main = Case.objects.get(pk=main.pk)
    main = workflow.answer(case=main, actor=officer, expected=main.version, text="شد")
    main = workflow.close(case=main, actor=officer, expected=main.version)
    for case in (twins[0], main):
        fresh = Case.objects.get(pk=case.pk)
        held = holds.hold(case=fresh, actor=head, expected=fresh.version, reason="دستور دادگاه")
        assert retention.settle(at=later())["cases_anonymised"] == 0
        for each in (main, *twins):
            with pytest.raises(NotPossible):
                erasing.anonymise(case=Case.objects.get(pk=each.pk))
        holds.lift(case=held, actor=head, expected=held.version, reason="پایان دادرسی")
    assert retention.settle(at=later())["cases_anonymised"] == 3


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_is_set_while_a_joined_case_goes_waits_for_the_end_of_it(rule, monkeypatch):
    main, officer = in_review()
    twin, _other = in_review(department=main.department.key)
    workflow.merge(case=twin, actor=officer, expected=twin.version, into=main.code)
    main = Case.objects.get(pk=main.pk)
    main = workflow.answer(case=main, actor=officer, expected=main.version, text="شد")
    main = workflow.close(case=main, actor=officer, expected=main.version)
    head, begun, failures = head_of(main), threading.Event(), []
    real = erasing.anonymise

    def slowly(*, case):
        begun.set()
        time.sleep(0.5)
        real(case=case)

    def hold():
        try:
            begun.wait(timeout=30)
            holds.hold(case=main, actor=head, expected=main.version, reason="دستور دادگاه")
        except (NotAllowed, Conflict, Erased):
            pass  # the round had gone on to this case already
        except Exception as error:
            failures.append(repr(error))
        finally:
            connections.close_all()

    monkeypatch.setattr(erasing, "anonymise", slowly)
    holder = threading.Thread(target=hold)
    holder.start()
    retention.settle(at=later())
    holder.join(timeout=60)
    main, twin = Case.objects.get(pk=main.pk), Case.objects.get(pk=twin.pk)
    assert not failures
    assert twin.anonymised_at is not None
    assert main.anonymised_at is not None or main.held_at > twin.anonymised_at


def released_answer(**about):
    """An answer with words, as a batch leaves it."""
    month, subject = month_key(timezone.now()), new_subject()
    row = SurveyAnswer(month=month, answers={"overall": 2}, **about)
    keys.save(subject, month)
    row.subject_key = subject.row
    words = {"comment": "خانم آزمونی‌پور تلفن نکرد"}
    row.sealed_comment = subject.seal_json(words, record=row.record)
    row.save()
    return row


def test_comments_of_the_survey_go_with_their_month_and_grades_stay(rule):
    case, _officer = answered()
    row = released_answer(kind=case.kind, department=case.department)
    released_answer(kind="", purpose="general")
    assert keys.words_of(row)
    assert retention.settle(at=later(timedelta(days=100))) == done()
    assert retention.settle(at=later(timedelta(days=140))) == done(comments=2)
    assert retention.settle(at=later(timedelta(days=140))) == done()
    row = SurveyAnswer.objects.select_related("subject_key").get(pk=row.pk)
    assert (keys.words_of(row), row.answers) == ({}, {"overall": 2})
    with pytest.raises(Erased):
        open_subject(row.subject_key)


def test_what_an_announced_end_promised_to_keep_readable_is_kept(rule):
    case = closed()
    version = make_signed().version
    Case.objects.filter(pk=case.pk).update(agreement_version=version)
    Termination.objects.create(
        version=version,
        reason="پایان",
        ends_on=timezone.now().date(),
        readable_until=later(timedelta(days=120)).date(),
        announced_by=UserFactory(),
    )
    assert retention.settle(at=later()) == done()
    assert retention.settle(at=later(timedelta(days=122)))["cases_anonymised"] == 1


@pytest.mark.parametrize(("days", "fit"), [(31, True), (30, False), (0, False), (36_501, False)])
def test_a_rule_leaves_time_to_object(days, fit):
    rule = RetentionRule(kind=Kind.REQUEST, days=days)
    if fit:
        rule.full_clean()
        return
    with pytest.raises(ValidationError):
        rule.full_clean()


def test_a_rule_is_kept_longer_than_the_time_to_object(settings):
    settings.DESK_OBJECTION_DAYS = 90
    with pytest.raises(ValidationError):
        RetentionRule(kind=Kind.REQUEST, days=90).full_clean()


def test_administrators_write_the_rules_auditors_read_them_and_nobody_else_does(client, rule):
    index = reverse("service_requests_retentionrule_modeladmin_index")
    create = reverse("service_requests_retentionrule_modeladmin_create")
    case, officer = in_review()
    expected = {
        staff_user(Role.ADMINISTRATOR): (200, 200),
        staff_user(Role.AUDITOR): (200, None),
        head_of(case): (None, None),
        officer: (None, None),
    }
    for user, statuses in expected.items():
        client.force_login(user)
        for address, status in zip((index, create), statuses, strict=True):
            found = client.get(address).status_code
            assert found == status if status else found != 200, (user, address)
    client.force_login(next(iter(expected)))
    client.post(create, {"kind": Kind.COMPLAINT, "days": "400"})
    assert RetentionRule.objects.get(kind=Kind.COMPLAINT).days == 400


def test_the_case_page_says_until_when_and_offers_the_hold(rule, client):
    case = closed()
    client.force_login(head_of(case))
    address = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    page = client.get(address)
    assert page.context["kept_until"] == case.closed_at + timedelta(days=100)
    case = Case.objects.get(pk=case.pk)
    answer = client.post(
        address,
        {"action": "hold", "hold-expected": case.version, "hold-reason": "دستور دادگاه"},
    )
    assert answer.status_code == 302
    page = client.get(address)
    assert [item["action"].key for item in page.context["groups"]["keeping"]] == ["lift_hold"]
