"""One answer for each case, and no way back from the answer to the case."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, models
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import AuditEntry, OutgoingMessage, SubjectKey
from desk_core.suppression import FEWEST
from persian import jalali
from service_requests import workflow
from service_requests.enums import SurveyPurpose
from service_requests.errors import NotPossible
from service_requests.models import Case, PendingAnswer, SpentPermit, SurveyAnswer, SurveyLink
from service_requests.surveys import (
    answering,
    commenting,
    composing,
    keys,
    links,
    permits,
    releasing,
)
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import answered, make_case
from tests.service_requests.surveyed import compose, later, question

pytestmark = pytest.mark.django_db
GOOD = {"overall": 5, "speed": "3", "comment": "سپاس از همه"}


def permit_of(case):
    return permits.read(links.begin(case=case))


def test_a_concluded_case_is_rated_once():
    case, _officer = answered()
    assert links.is_open(case)
    permit = permit_of(case)
    assert answering.answer(permit=permit, given=GOOD) == answering.Stored(True, False)
    assert not links.is_open(case)
    with pytest.raises(NotPossible):
        links.begin(case=Case.objects.get(pk=case.pk))
    row = PendingAnswer.objects.get()
    assert row.answers == {"overall": 5, "speed": 3}
    assert (row.department_id, row.kind) == (case.department_id, case.kind)
    assert keys.words_of(row) == {"comment": "سپاس از همه"}


def test_an_open_case_is_not_rated():
    with pytest.raises(NotPossible):
        links.begin(case=make_case())


def test_two_tabs_a_double_click_and_a_second_beginning_count_once():
    case, _officer = answered()
    first, second = permit_of(case), permit_of(case)
    assert links.is_open(case), "beginning answers nothing"
    assert answering.answer(permit=first, given=GOOD).counted
    for permit in (first, second):
        assert not answering.answer(permit=permit, given=GOOD).counted
    assert PendingAnswer.objects.count() == 1


def test_a_refused_answer_leaves_the_permit_as_it_was():
    case, _officer = answered()
    permit = permit_of(case)
    with pytest.raises(ValidationError):
        answering.answer(permit=permit, given={})
    assert not SpentPermit.objects.exists()
    assert answering.answer(permit=permit, given=GOOD).counted


@pytest.mark.parametrize("slip", ["", "x", "a.b.c", "\0", "x" * 100_000])
def test_a_forged_permit_opens_nothing(slip):
    with pytest.raises(NotPossible):
        permits.read(slip)


def test_a_permit_ends_after_two_hours(settings):
    case, _officer = answered()
    slip = links.begin(case=case)
    with later(hours=3), pytest.raises(NotPossible):
        permits.read(slip)
    assert links.is_open(case), "and can be had again on the tracking page"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"overall": ""},
        {"overall": 0},
        {"overall": 6},
        {"overall": "پنج"},
        {"overall": True},
        {"overall": [5]},
        {"overall": 5, "speed": -1},
        {"overall": 5, "comment": "a\0b"},
        {"overall": 5, "comment": ["x"]},
        {"overall": "9" * 1_000_000},
    ],
)
def test_a_bad_answer_is_a_message_and_uses_nothing_up(given):
    case, _officer = answered()
    with pytest.raises(ValidationError):
        answering.answer(permit=permit_of(case), given=given)
    assert links.is_open(case)
    assert not PendingAnswer.objects.exists()


def test_a_rating_sent_again_by_a_program_counts_once():
    case, _officer = answered()
    key = uuid.uuid4()
    for _ in range(2):
        answering.answer_case(case=case, given=GOOD, message_id=key)
    assert PendingAnswer.objects.count() == 1
    assert not PendingAnswer.objects.filter(pk=key).exists(), "nothing ties it to the case"
    with pytest.raises(NotPossible):
        answering.answer_case(case=case, given=GOOD, message_id=uuid.uuid4())


def test_reopening_gives_no_second_answer():
    case, officer = answered()
    answering.answer_case(case=case, given=GOOD)
    case = workflow.object_to_answer(case=case, text="کار انجام نشده است")
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    case = workflow.answer(case=case, actor=officer, expected=case.version, text="دوباره")
    assert not links.is_open(case)


@pytest.mark.parametrize("model", [PendingAnswer, SurveyAnswer, SpentPermit])
def test_nothing_that_is_kept_of_an_answer_tells_when_or_whose(model):
    for field in model._meta.get_fields():
        assert field.related_model is not Case
        assert not isinstance(field, models.DateField | models.TimeField | models.AutoField)


def test_using_the_right_up_and_answering_leave_no_trace_beside_the_case():
    case, _officer = answered()
    before = AuditEntry.objects.count()
    permit = permit_of(case)
    used = Case.objects.filter(pk=case.pk).values().get()
    assert used["survey_used"]
    answering.answer(permit=permit, given=GOOD)
    assert Case.objects.filter(pk=case.pk).values().get() == used, "answering writes nothing there"
    assert AuditEntry.objects.count() == before
    case.refresh_from_db()
    assert case.events.count() == case.version
    row = PendingAnswer.objects.get()
    assert row.month == jalali.month_key(timezone.now())
    key = SubjectKey.objects.get(pk=row.subject_key_id)
    assert jalali.jalali_parts(key.created_at.date())[2] == 1, "the first day of the month"
    assert case.pk.hex not in permit.spent
    assert permit.mark not in SpentPermit.objects.get().digest


def pending(count, *, month="1405-09", department=None, **fields):
    for number in range(count):
        PendingAnswer.objects.create(
            month=month,
            department=department,
            answers={"overall": 1 + number % 5, "n": number},
            **fields,
        )


def test_fewer_than_ten_wait_and_ten_are_released_together():
    now = later_month = timezone.now()
    pending(FEWEST - 1, month=jalali.month_key(now))
    assert releasing.release(at=now) == 0
    pending(1, month=jalali.month_key(now))
    assert releasing.release(at=later_month) == FEWEST
    assert (PendingAnswer.objects.count(), SurveyAnswer.objects.count()) == (0, FEWEST)
    assert releasing.release(at=now) == 0


def test_what_is_left_of_a_month_is_released_when_it_is_over():
    now = timezone.now()
    pending(2, month=jalali.month_key(now))
    assert releasing.release(at=now) == 0
    assert releasing.release(at=now + timedelta(days=32)) == 2


def test_the_order_of_released_answers_is_not_the_order_in_which_they_came():
    pending(40)
    before = set(PendingAnswer.objects.values_list("pk", flat=True))
    releasing.release()
    # As the table holds them: by its own row numbers, which are the order of storing.
    column = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT answers FROM {SurveyAnswer._meta.db_table} ORDER BY {column}")  # noqa: S608
        stored = [row[0] for row in cursor.fetchall()]
    assert len(stored) == 40
    numbers = [(json.loads(each) if isinstance(each, str) else each)["n"] for each in stored]
    assert numbers != sorted(numbers)
    assert not before & set(SurveyAnswer.objects.values_list("pk", flat=True)), "new ids"


def test_words_are_sealed_anew_and_the_old_key_is_gone():
    case, _officer = answered()
    answering.answer_case(case=case, given=GOOD)
    old = PendingAnswer.objects.get()
    releasing.release(at=timezone.now() + timedelta(days=40))
    row = SurveyAnswer.objects.get()
    assert keys.words_of(row) == {"comment": "سپاس از همه"}
    assert bytes(row.sealed_comment) != bytes(old.sealed_comment)
    assert not SubjectKey.objects.filter(pk=old.subject_key_id).exists()
    assert commenting.words(SurveyAnswer.objects.all(), shown=False) == []
    assert commenting.words(SurveyAnswer.objects.all(), shown=True) == ["سپاس از همه"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time")
def test_of_many_at_once_one_is_counted():
    case, _officer = answered()
    permit = permit_of(case)
    counted, barrier = [], threading.Barrier(4)

    def send():
        barrier.wait()
        counted.append(answering.answer(permit=permit, given=GOOD).counted)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [False, False, False, True]
    assert PendingAnswer.objects.count() == 1


def test_a_link_is_sent_only_where_editors_want_it_and_opens_once(monkeypatch):
    sent, to_applicant = [], links.notify.to_applicant

    def overheard(**what):
        sent.extend(filter(None, [(what.get("more") or {}).get("link")]))
        return to_applicant(**what)

    monkeypatch.setattr(links.notify, "to_applicant", overheard)
    case, _officer = answered()
    assert not SurveyLink.objects.exists()
    compose([question("satisfaction", "رضایت", required=True)], invite_by_message=True)
    case, officer = answered()
    assert OutgoingMessage.objects.filter(dedupe__startswith=f"case:{case.pk}:survey").exists()
    token = sent[0].partition("#")[2]
    assert token not in SurveyLink.objects.get().token_digest
    permit = permits.read(links.begin_by_token(token=sent[0]))
    assert permit.mark == permits.mark_of(case)
    with pytest.raises(NotPossible) as told:
        links.begin_by_token(token=token)
    assert str(told.value) == str(links.LINK_USED)
    assert links.is_open(case), "the tracking page still begins it"
    workflow.close(case=case, actor=officer, expected=case.version)
    assert SurveyLink.objects.count() == 1, "one link a case"


@pytest.mark.parametrize("token", ["", "x", "c" * 43, "\0" * 43, "ت" * 43])
def test_a_link_that_is_none_opens_nothing(token):
    with pytest.raises(NotPossible):
        links.begin_by_token(token=token)


def test_answers_stand_under_the_questions_as_they_were_asked():
    survey = compose([question("satisfaction", "پیش", key="k1", required=True)])
    case, _officer = answered()
    permit = permit_of(case)
    survey.questions = [("satisfaction", {"text": "پس", "text_en": "", "required": True})]
    survey.save()
    latest = composing.publish(survey=survey)
    assert composing.publish(survey=survey) == latest, "the same wording is the same version"
    assert latest.number == 2
    answering.answer(permit=permit, given={permit.asked.definition.questions[0].key: 4})
    kept = PendingAnswer.objects.get().version
    assert str(composing.asked_as(SurveyPurpose.CLOSING, kept.pk).definition.questions[0].text) == (
        "پیش"
    )
    assert str(composing.current(SurveyPurpose.CLOSING).definition.questions[0].text) == "پس"


def test_nothing_is_asked_once_editors_stopped_their_survey():
    survey = compose([question("satisfaction", "رضایت")])
    survey.active = False
    survey.save()
    case, _officer = answered()
    assert not links.is_open(case)


def test_the_official_ten_are_one_ready_set():
    compose([question("official", None), question("words", "نظر")], purpose="general")
    asked = composing.current(SurveyPurpose.GENERAL).definition
    assert [each.key for each in asked.questions][:10] == [f"official-{n}" for n in range(1, 11)]
    assert asked.main.key == "official-8", "overall satisfaction"


def test_heads_see_their_departments_answers_only():
    department = DepartmentFactory()
    SurveyAnswer.objects.create(month="1405-01", department=department, answers={"overall": 3})
    see = SurveyAnswer.objects.visible_to
    assert see(staff_user(Role.HEAD, department)).count() == 1
    assert see(staff_user(Role.HEAD)).count() == 0
    assert see(staff_user(Role.OFFICER, department)).count() == 0
    assert see(staff_user(Role.AUDITOR)).count() == 1
