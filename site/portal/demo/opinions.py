"""The demo's surveys: a page of results, some months of answers, and what is done about them."""

import datetime as dt
import random

from django.utils import timezone

from cms_pages.models import Department, HomePage
from portal.demo.pages import add
from service_requests.enums import ImprovementStatus, Kind, SurveyPurpose
from service_requests.models import Improvement, SurveyAnswer, SurveyResultsPage
from service_requests.surveys import figures, ready
from service_requests.surveys.questions import CSAT, NPS
from sla.months import Period, earlier, month_of

#: How many answers a department gets in a month, about.
ANSWERS = {"roads": 24, "housing": 18, "land": 13, "transport": 3}
GRADES = (5, 5, 5, 4, 4, 4, 4, 3, 2, 1)
SCORES = (10, 10, 9, 9, 9, 8, 8, 7, 6, 4)


def build_opinions() -> None:
    """Everything; the same answers in every demo."""
    home = HomePage.objects.get(locale__language_code="fa")
    page = add(
        home,
        SurveyResultsPage(
            title="نتایج نظرسنجی",
            slug="survey-results",
            show_in_menus=True,
            search_description="مردم دربارهٔ خدمت ما چه می‌گویند و ما چه می‌کنیم.",
        ),
    )
    copy = page.copy_for_translation(
        HomePage.objects.get(locale__language_code="en").locale, copy_parents=True
    )
    copy.title = "Survey results"
    copy.search_description = "What people say about our services, and what we do about it."
    copy.save_revision().publish()
    _build_answers(random.Random(1405))  # noqa: S311 – invented opinions
    _build_improvements()


def _build_answers(chance: random.Random) -> None:
    months = figures.window()[-6:]
    rows = []
    for key, about in ANSWERS.items():
        department = Department.objects.get(key=key)
        for month in months:
            for _place in range(chance.randint(about - 3, about + 3)):
                kind = Kind.COMPLAINT if chance.random() < 0.25 else Kind.REQUEST
                rows.append(
                    SurveyAnswer(
                        month=month,
                        department=department,
                        kind=kind,
                        answers=_answers(SurveyPurpose.CLOSING, chance),
                    )
                )
    for month in months:
        for _place in range(chance.randint(20, 32)):
            answers = _answers(SurveyPurpose.GENERAL, chance)
            rows.append(SurveyAnswer(month=month, purpose=SurveyPurpose.GENERAL, answers=answers))
    chance.shuffle(rows)
    SurveyAnswer.objects.bulk_create(rows, batch_size=200)


def _answers(purpose: SurveyPurpose, chance: random.Random) -> dict[str, int]:
    grades = {CSAT: GRADES, NPS: SCORES}
    return {
        question.key: chance.choice(grades[question.type])
        for question in ready.OWN[purpose].questions
        if question.type in grades and (question.required or chance.random() < 0.9)
    }


def _build_improvements() -> None:
    decided = Period(earlier(month_of(timezone.now()), 3)).first
    Improvement.objects.create(
        text="باجهٔ دوم میز خدمت در روزهای شنبه و یکشنبه باز شد تا صف کوتاه‌تر شود.",
        text_en="A second counter is open on Saturdays and Sundays, so that people wait less.",
        decided_on=decided,
        status=ImprovementStatus.DONE,
        done_on=decided + dt.timedelta(days=20),
    )
    Improvement.objects.create(
        text="در هر پاسخ نوشته می‌شود که قدم بعدی چیست و تا کی انجام می‌شود.",
        text_en="Every answer says what happens next, and until when.",
        department=Department.objects.get(key="roads"),
        because_of_complaints=True,
        decided_on=decided,
        status=ImprovementStatus.UNDER_WAY,
    )
