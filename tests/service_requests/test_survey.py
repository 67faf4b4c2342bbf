"""One answer per case, and no way back from the answer to the case."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from cms_pages.enums import Role
from desk_core.models import AuditEntry, SubjectKey
from persian import jalali
from service_requests import survey, workflow
from service_requests.errors import NotPossible
from service_requests.models import Case, SurveyAnswer
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import answered, make_case

pytestmark = pytest.mark.django_db
GOOD = {"overall": 5, "speed": "3"}


def test_a_concluded_case_is_rated_once():
    case, _officer = answered()
    assert survey.is_open(case)
    survey.answer(case=case, answers=GOOD, comment="سپاس از همه")
    assert not survey.is_open(case)
    for again in (case, Case.objects.get(pk=case.pk)):
        with pytest.raises(NotPossible):
            survey.answer(case=again, answers=GOOD)
    row = SurveyAnswer.objects.get()
    assert row.answers == {"overall": 5, "speed": 3}
    assert survey.comment_of(row) == "سپاس از همه"


def test_an_open_case_is_not_rated():
    with pytest.raises(NotPossible):
        survey.answer(case=make_case(), answers=GOOD)


def test_nothing_in_the_answer_leads_to_the_case():
    case, _officer = answered()
    before = AuditEntry.objects.count()
    survey.answer(case=case, answers=GOOD, comment="نظر")
    row = SurveyAnswer.objects.get()
    assert not any(
        field.related_model is Case
        or isinstance(field, models.DateTimeField | models.DateField | models.TimeField)
        for field in SurveyAnswer._meta.get_fields()
    )
    assert row.month == jalali.month_key(case.registered_at)
    key = SubjectKey.objects.get(pk=row.subject_key_id)
    assert key.pk != case.subject_key_id
    year, month, day = jalali.jalali_parts(key.created_at.date())
    assert (day, key.created_at.hour, key.created_at.minute) == (1, 0, 0)
    assert f"{year}-{month:02d}" == row.month
    assert AuditEntry.objects.count() == before
    case.refresh_from_db()
    assert case.events.count() == case.version


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"overall": ""},
        {"overall": 0},
        {"overall": 6},
        {"overall": "پنج"},
        {"overall": True},
        {"overall": [5]},
        {"overall": 5, "speed": -1},
        {"overall": "9" * 1_000_000},
    ],
)
def test_a_bad_grade_is_a_message_and_uses_nothing_up(answers):
    case, _officer = answered()
    with pytest.raises(ValidationError):
        survey.answer(case=case, answers=answers)
    assert survey.is_open(Case.objects.get(pk=case.pk))
    assert not SurveyAnswer.objects.exists()


def test_a_rating_sent_again_after_a_lost_reply_counts_once():
    case, _officer = answered()
    key = uuid.uuid4()
    for _ in range(2):
        survey.answer(case=case, answers=GOOD, message_id=key)
    assert SurveyAnswer.objects.count() == 1
    assert not SurveyAnswer.objects.filter(pk=key).exists(), "nothing ties it to the case"
    with pytest.raises(NotPossible):
        survey.answer(case=case, answers=GOOD, message_id=uuid.uuid4())


def test_reopening_gives_no_second_answer():
    case, officer = answered()
    survey.answer(case=case, answers=GOOD)
    case = workflow.object_to_answer(case=case, text="کار انجام نشده است")
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    case = workflow.answer(case=case, actor=officer, expected=case.version, text="دوباره")
    assert not survey.is_open(case)


def test_figures_stand_on_ten_answers_or_are_not_shown():
    case = make_case()

    def add(grade):
        SurveyAnswer.objects.create(
            month="1405-09", department=case.department, kind=case.kind, answers={"overall": grade}
        )

    for _ in range(9):
        add(5)
    assert survey.figures(SurveyAnswer.objects.all()) == survey.SurveyFigures(9, None)
    add(1)
    shown = survey.figures(SurveyAnswer.objects.all())
    assert shown.count == 10
    assert shown.questions == {"overall": (4.6, {5: 9, 4: 0, 3: 0, 2: 0, 1: 1})}


def test_a_figure_is_hidden_when_what_is_left_beside_it_are_few():
    department, other = make_case().department, make_case().department
    everything = SurveyAnswer.objects.all()
    mine = everything.filter(department=department)

    def add(where, count):
        for _ in range(count):
            SurveyAnswer.objects.create(
                month="1405-09", department=where, kind="request", answers={"overall": 3}
            )

    add(department, 10)
    assert survey.figures(mine, among=everything).questions is not None
    add(other, 1)
    assert survey.figures(mine, among=everything).questions is None
    add(other, 9)
    assert survey.figures(mine, among=everything).questions is not None


def test_heads_see_their_departments_answers_only():
    case, _officer = answered()
    survey.answer(case=case, answers=GOOD)
    see = SurveyAnswer.objects.visible_to
    assert see(staff_user(Role.HEAD, case.department)).count() == 1
    assert see(staff_user(Role.HEAD)).count() == 0
    assert see(staff_user(Role.OFFICER, case.department)).count() == 0
    assert see(staff_user(Role.AUDITOR)).count() == 1
