"""Results: what everybody and what staff may see of them; none of it small."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from cms_pages.enums import BODY_ROLES, Role
from cms_pages.models import HomePage
from desk_core.models import AuditEntry
from desk_core.sealing import new_subject
from persian import jalali
from service_requests.enums import ImprovementStatus, SurveyPurpose
from service_requests.measures import satisfied
from service_requests.models import Improvement, PendingAnswer, SurveyAnswer, SurveyResultsPage
from service_requests.surveys import figures, keys, showing
from service_requests.templatetags.desk_surveys import score_chart
from sla.enums import Measure
from sla.months import Period, earlier, iso, month_of
from sla.targets import Target
from tests.cms_pages.factories import (
    DepartmentFactory,
    UserFactory,
    add_page,
    make_site,
    staff_user,
)
from tests.service_requests.surveyed import compose, question, rated

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
RESULTS = "/api/desk/v1/surveys/results"


@pytest.fixture
def results_page(db):
    return add_page(make_site().home, SurveyResultsPage, title="نتایج نظرسنجی", slug="results")


@pytest.fixture
def departments():
    return [DepartmentFactory(key=key, name=f"بخش {key}") for key in ("roads", "land", "housing")]


def of_role(role, department):
    return staff_user(role, None if role in BODY_ROLES else department)


def rows_of(page: str, table: str) -> dict[str, str]:
    """The rows of a table of the results by their heading."""
    start = page.index(f'id="table-1-{table}"')
    part = page[start : page.index("</table>", start)]
    found = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", part)
    return {label: re.sub(r"<[^>]+>", " ", cells) for label, cells in found}


def test_everybody_sees_no_number_that_rests_on_few(results_page, departments):
    roads, land, housing = departments
    rated(40, department=roads)
    rated(3, department=land, grade=1)
    rated(30, department=housing, kind="complaint")
    page = Client().get(results_page.url).content.decode()
    rows = rows_of(page, "department")
    assert "۴۰" in rows["بخش roads"]
    for hidden in ("بخش land", "بخش housing"):
        assert "نمایش" in rows[hidden] or "not shown" in rows[hidden]
        assert not re.search("[0-9۰-۹]", rows[hidden])
    assert "<svg" in page
    assert "<desc" in page
    assert "<script>" not in page
    assert " style=" not in page


def test_the_running_month_and_what_waits_are_in_no_figure(results_page, departments):
    rated(30, department=departments[0], month=jalali.month_key(timezone.now()))
    for _ in range(30):
        PendingAnswer.objects.create(
            month=figures.window()[-1], department=departments[0], answers={"overall": 5}
        )
    assert "table-1-" not in Client().get(results_page.url).content.decode()
    assert not any(one["questions"] for one in Client().get(RESULTS).json()["surveys"])


def test_words_are_published_nowhere(results_page, departments, client):
    subject = new_subject()
    keys.save(subject, figures.window()[-1])
    row = SurveyAnswer(month=figures.window()[-1], department=departments[0], kind="request")
    row.answers = {"overall": 2}
    row.sealed_comment = subject.seal_json({"comment": "سخن یک نفر"}, record=row.record)
    row.subject_key = subject.row
    row.save()
    rated(20, department=departments[0])
    assert "سخن یک نفر" not in client.get(results_page.url).content.decode()
    assert "سخن یک نفر" not in client.get(RESULTS).content.decode()
    url = reverse("service_requests_surveyanswer_modeladmin_index")
    for role, reads in ((Role.COMPLAINTS, True), (Role.AUDITOR, False)):
        client.force_login(staff_user(role))
        assert "سخن یک نفر" not in client.get(url).content.decode(), "nobody reads unasked"
        assert ("سخن یک نفر" in client.get(f"{url}?words=1").content.decode()) is reads
    assert AuditEntry.objects.filter(action="survey.read").count() == 1
    client.force_login(staff_user(Role.HEAD, departments[1]))
    assert "سخن یک نفر" not in client.get(f"{url}?words=1").content.decode()


def test_the_dashboard_has_its_heading(client, departments):
    client.force_login(staff_user(Role.HEAD, departments[0]))
    page = client.get(reverse("service_requests_surveyanswer_modeladmin_index")).content.decode()
    [heading] = BeautifulSoup(page, "html.parser").find_all("h1")
    assert heading.get_text(strip=True) == gettext("Survey results")


def test_the_api_says_what_the_page_says(departments, client):
    rated(25, department=departments[0], grade=2)
    rated(15, department=departments[1], grade=5)
    found = client.get(RESULTS).json()
    closing = next(one for one in found["surveys"] if one["purpose"] == "closing")
    assert closing["main"] == "overall"
    whole = closing["questions"][0]["figure"]
    assert (whole["count"], whole["satisfied_percent"]) == (40, 37.5)
    tables = {table["by"]: table["parts"] for table in closing["tables"]}
    assert {each["key"]: each["figure"]["count"] for each in tables["department"]} == {
        "roads": 25,
        "land": 15,
    }
    assert [each["key"] for each in tables["month"]] == [figures.window()[-1]]


def test_a_head_sees_their_own_department_alone(departments, client):
    roads, land, _housing = departments
    rated(20, department=roads)
    rated(20, department=land)
    url = reverse("service_requests_surveyanswer_modeladmin_index")
    client.force_login(staff_user(Role.HEAD, roads))
    for query in ("", "?department=land", "?purpose=general", "?kind=request", "?month=1300-01"):
        page = client.get(url + query).content.decode()
        assert "بخش land" not in page, query
        assert "بخش roads" in page, query
    assert client.get(f"{url}?answers__overall=4").status_code == 400
    for role in (Role.OFFICER, Role.EDITOR, Role.SECRETARIAT):
        client.force_login(of_role(role, roads))
        assert client.get(url).status_code in {302, 403}, role


def test_three_properties_at_once_are_never_shown(departments, client):
    rated(20, department=departments[0])
    rated(20, department=departments[1])
    client.force_login(UserFactory(is_superuser=True))
    url = reverse("service_requests_surveyanswer_modeladmin_index")
    month = figures.window()[-1]
    page = client.get(f"{url}?department=roads&kind=request&month={month}")
    assert page.context["month"] == "", "the third is not taken"
    assert page.context["tables"] == ()


def test_questions_of_a_composed_survey_keep_their_figures_through_versions(departments):
    first = "11111111111111111111111111111111"
    survey = compose([question("satisfaction", "رضایت", key=first, required=True)])
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            month=figures.window()[-1],
            department=departments[0],
            kind="request",
            answers={first: 4},
            version=survey.versions.get(),
        )
        for _ in range(12)
    )
    found = showing.for_everybody()["results"][0]
    assert found.main.key == first
    assert found.rows[-1][1].satisfied_percent == 100


def test_recommendation_is_promoters_less_detractors():
    grades = [10] * 6 + [8] * 2 + [3] * 2
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            month=figures.window()[-1], purpose=SurveyPurpose.GENERAL, answers={"recommend": grade}
        )
        for grade in grades
    )
    rows = {question.key: figure for question, figure in showing.for_everybody()["results"][1].rows}
    assert rows["recommend"].recommendation == 40


def test_agreements_count_the_satisfied_only_where_the_figure_is_shown(departments):
    roads, land, _housing = departments
    last = earlier(month_of(timezone.now()))
    target = Target("s", Measure.SATISFACTION, 75)
    assert satisfied(Period(last), target) is None
    rated(30, department=roads)
    rated(12, department=land, grade=2)
    whole = satisfied(Period(last), target)
    assert (whole.numerator, whole.denominator, whole.by) == (30, 42, ())
    of_roads = Target("s", Measure.SATISFACTION, 75, department="roads")
    assert satisfied(Period(last), of_roads).denominator == 30
    assert satisfied(Period(last), Target("s", Measure.SATISFACTION, 75, service="x")) is None
    assert satisfied(Period(month_of(timezone.now())), target) is None, "the month still runs"
    rated(2, department=_housing)
    assert satisfied(Period(last), of_roads) is not None
    of_land = Target("s", Measure.SATISFACTION, 75, department="land")
    assert satisfied(Period(last), of_land) is None, "left out with the small one"


def test_the_satisfied_are_counted_in_one_pass(departments, django_assert_num_queries):
    month = earlier(month_of(timezone.now()), 3)
    rated(30, department=departments[0], month=iso(month))
    rated(30, department=departments[1], month=iso(earlier(month, 11)))
    with django_assert_num_queries(2):  # the answers, and how they were asked
        found = satisfied(Period(month), Target("s", Measure.SATISFACTION, 75))
    assert found.denominator == 30


def test_a_month_is_left_out_that_the_results_of_today_leave_out(departments):
    month = earlier(month_of(timezone.now()), 3)
    target = Target("s", Measure.SATISFACTION, 75, department="roads")
    for department, later in ((departments[0], 0), (departments[0], -1), (departments[1], 0)):
        rated(30, department=department, month=iso(earlier(month, later)))
    assert satisfied(Period(month), target) is not None
    # A small month after it, which the twelve that end with it do not hold.
    rated(3, department=departments[1], month=iso(earlier(month, -1)))
    assert satisfied(Period(month), target) is None


def test_a_bar_without_a_figure_says_no_more_than_that_it_is_not_shown(departments):
    rated(40, department=departments[0])
    rated(3, department=departments[1], grade=1)
    rated(30, department=departments[2], kind="complaint")
    [closing, *_others] = showing.for_everybody()["results"]
    table = next(each for each in closing.tables if each.name == "department")
    titles = re.findall("<g><title>(.*?): (.*?)</title>", score_chart(table, 1))
    assert [label for label, words in titles if words == gettext("not shown")] == [
        part.label for part in table.parts if part.figure is None
    ]
    assert len([part for part in table.parts if part.figure is None]) == 2


def test_improvement_actions_are_recorded_by_who_may_and_shown_to_all(
    results_page, departments, client
):
    roads, land, _housing = departments
    add = reverse("service_requests_improvement_modeladmin_create")
    data = {
        "text": "باجهٔ دوم باز شد",
        "department": roads.pk,
        "decided_on": "1405/02/01",
        "status": ImprovementStatus.DONE,
        "done_on": "1405/03/01",
        "because_of_surveys": "on",
        "public": "on",
    }
    client.force_login(staff_user(Role.HEAD, land))
    assert client.post(add, data).status_code == 200, "not their department"
    assert not Improvement.objects.exists()
    client.force_login(staff_user(Role.HEAD, roads))
    assert client.post(add, {**data, "done_on": ""}).status_code == 200, "on which day?"
    assert client.post(add, data).status_code == 302
    done = Improvement.objects.get()
    assert done.done_on == date(2026, 5, 22)
    assert "باجهٔ دوم باز شد" in Client().get(results_page.url).content.decode()
    edit = reverse("service_requests_improvement_modeladmin_edit", args=[done.pk])
    client.force_login(staff_user(Role.HEAD, land))
    assert client.get(edit).status_code == 404
    for role in (Role.OFFICER, Role.EDITOR, Role.AUDITOR):
        client.force_login(of_role(role, roads))
        assert client.get(add).status_code in {302, 403}, role


def test_editors_compose_and_nobody_else(client, departments):
    add = reverse("service_requests_survey_modeladmin_create")
    for role in (Role.HEAD, Role.OFFICER, Role.AUDITOR, Role.COMPLAINTS):
        client.force_login(of_role(role, departments[0]))
        assert client.get(add).status_code in {302, 403}, role
    client.force_login(staff_user(Role.EDITOR))
    assert client.get(add).status_code == 200
    data = {
        "purpose": "closing",
        "active": "on",
        "title": "نظر شما",
        "questions-count": "2",
        "questions-0-deleted": "",
        "questions-0-order": "0",
        "questions-0-type": "official",
        "questions-0-id": "",
        "questions-0-value": "",
        "questions-1-deleted": "",
        "questions-1-order": "1",
        "questions-1-type": "choice",
        "questions-1-id": "",
        "questions-1-value-text": "از کجا شنیدید؟",
        "questions-1-value-text_en": "",
        "questions-1-value-choices-count": "2",
        "questions-1-value-choices-0-deleted": "",
        "questions-1-value-choices-0-order": "0",
        "questions-1-value-choices-0-id": "",
        "questions-1-value-choices-0-value-text": "همسایه",
        "questions-1-value-choices-0-value-text_en": "",
        "questions-1-value-choices-1-deleted": "",
        "questions-1-value-choices-1-order": "1",
        "questions-1-value-choices-1-id": "",
        "questions-1-value-choices-1-value-text": "سایت",
        "questions-1-value-choices-1-value-text_en": "",
    }
    assert client.post(add, data).status_code == 302
    asked = client.get("/api/desk/v1/surveys/closing").json()
    assert len(asked["questions"]) == 11
    assert [each["label"] for each in asked["questions"][10]["values"]] == ["همسایه", "سایت"]
    again = client.post(add, {**data, "title": "دیگری"})
    assert again.status_code == 200, "one survey is asked for each purpose"


def test_the_home_page_may_have_it_below():
    assert SurveyResultsPage in HomePage.allowed_subpage_models()
