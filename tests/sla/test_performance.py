"""What pages, files and staff see of what was measured, and what nobody can compute from it."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext, override
from openpyxl import load_workbook

from cms_pages.enums import Role
from desk_core.page_cache import next_change
from desk_core.page_cache.next_change import next_change as when
from sla import measures, reading, reports, slots
from sla.attainment import Verdict
from sla.enums import Measure, Unit
from sla.facts_beside import facts_beside
from sla.measures import ShareCount, ShareMeasure
from sla.models import Clock, MonthReport
from sla.months import Period, month_of
from sla.performance.at_a_glance import Glance, glance_at, glance_of
from sla.performance.change import MINUTES
from sla.performance.figures import Show
from sla.performance.showing import Performance
from sla.performance.words import time_text
from sla.targets import Target
from sla.templatetags.desk_performance import month_bars
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import register
from tests.sla.measured import FIRST, SATISFIED, TARGETS, make_clock, make_measured

pytestmark = [pytest.mark.django_db, pytest.mark.face]
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # 1405/09/04
MONTHS = {140506: 40, 140507: 4, 140508: 25}
EVIL = Target("evil", Measure.WORDS, text='=HYPERLINK("http://x.example")<script>')


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def fill(version, month, kept, late=0, *, target=FIRST, **values):
    due = Period(month).starts + timedelta(days=1)
    rows = [
        make_clock(
            version, target, due, stopped_at=due - timedelta(hours=1), spent_minutes=n, **values
        )
        for n in range(1, kept + 1)
    ]
    rows += [
        make_clock(
            version, target, due, stopped_at=due + timedelta(hours=1), spent_minutes=999, **values
        )
        for _n in range(late)
    ]
    Clock.objects.bulk_create(rows)


@pytest.fixture
def page():
    page = make_measured((*TARGETS, EVIL), since=date(2026, 8, 23))  # 1405/06/01
    for month, count in MONTHS.items():
        fill(page.version, month, count)
    fill(page.version, 140509, 30, 10)
    reports.sweep()
    return page


def line_of(version, key="first", targets=TARGETS):
    return next(line for line in Performance(version.pk, targets).lines if line.target.key == key)


def url(page, name="page", language="fa"):
    key, number = page.version.agreement.key, page.version.number
    with override(language):
        return reverse(f"performance:{name}", kwargs={"key": key, "number": number})


def test_what_stands_beside_a_promise(page):
    line = line_of(page.version)
    assert line.this_month.tally.decided == 40
    assert line.this_month.percent == Decimal("75.0")
    assert line.this_month.verdict == Verdict.MISSED
    assert line.year.tally.decided == sum(MONTHS.values())
    assert line.year.verdict == Verdict.MET
    assert [month.month for month in line.months] == sorted(MONTHS)


def test_a_bar_is_as_wide_with_one_closed_month_as_with_twelve(page):
    line = line_of(page.version)
    one = replace(line, months=line.months[-1:])
    year = replace(line, months=line.months[:1] * 12)
    sizes = [BeautifulSoup(month_bars(each), "html.parser").svg["viewbox"] for each in (one, year)]
    assert sizes == ["0 0 234 60"] * 2
    with override("en"):
        drawn = render_to_string("sla/parts/performance_line.html", {"line": one, "number": 1})
    ends = BeautifulSoup(drawn, "html.parser").find("figcaption")
    assert ends.get_text() == "Aban 1405", "one month is no time from – to"


def test_whoever_drafts_the_successor_reads_the_year_beside_each_promise(page):
    with override("en"):
        rows = facts_beside(page.document, page.version_id, date(2025, 11, 25), date(2026, 11, 24))
    said = {row.promise: row.fact for row in rows}
    assert "100% – promise kept" in said.values()
    assert said[EVIL.text] == "not measured yet"


def test_a_small_month_cannot_be_computed_from_the_year(page):
    line = line_of(page.version)
    shown = {month.month: month.figure.tally for month in line.months}
    assert shown[140507] is None
    assert shown[140508] is None, "4 = 69 - 40 - 25"
    assert shown[140506].decided == 40
    assert line.last_month.show == Show.FEW
    assert all(not month.cells for month in line.months if month.figure.tally is None)


def test_a_small_department_cannot_be_computed_from_its_month(page):
    housing, legal = (DepartmentFactory(key=key) for key in ("housing", "legal"))
    fill(page.version, 140503, 12)
    fill(page.version, 140503, 11, department=housing)
    fill(page.version, 140503, 3, department=legal, kind="complaint")
    reports.close_due()
    month = next(m for m in line_of(page.version).months if m.month == 140503)
    cells = {cell.key: cell.tally for cell in month.cells}
    assert cells["roads"].decided == 12
    assert cells["housing"] is None
    assert cells["legal"] is None
    assert cells["complaint"] is None
    assert cells["request"] is None, "a single part could be computed from the month"


def rounds(version, months, subjects=4):
    """The same few cases, due again and again."""
    for number, month in enumerate(months, 1):
        for subject in range(subjects):
            due = Period(month).starts + timedelta(hours=number)
            make_clock(
                version,
                FIRST,
                due,
                subject=f"{subject:012d}",
                round=number,
                stopped_at=due,
                spent_minutes=9,
            ).save()


def test_few_cases_that_were_opened_again_and_again_stay_few():
    version = make_measured(since=date(2026, 8, 23)).version
    rounds(version, [140506, 140507, 140508, 140509, 140509, 140509, 140509])
    reports.sweep()
    line = line_of(version)
    assert line.this_month.show == line.last_month.show == Show.FEW
    assert line.year.show == Show.FEW, "four cases, however often each was due"
    assert glance(version) == Glance(0, 0)


def test_hidden_months_hold_ten_different_cases():
    version = make_measured(since=date(2026, 8, 23)).version
    rounds(version, [140505, 140506, 140507])
    fill(version, 140508, 30)
    reports.sweep()
    shown = {month.month: month.figure.show for month in line_of(version).months}
    assert set(shown.values()) == {Show.FEW}, "three times four are four cases, not twelve"


def test_staff_find_each_case_once_behind_a_figure(page):
    receipt = register(department=DepartmentFactory(key="roads").key)
    Clock.objects.all().delete()
    due = Period(140508).starts + timedelta(days=1)
    for number, late in ((1, True), (2, False)):
        ended = due + timedelta(hours=1 if late else -1)
        make_clock(
            page.version, FIRST, due, subject=receipt.code, round=number, stopped_at=ended
        ).save()
    head = signed_in(Role.HEAD, DepartmentFactory(key="roads"))
    rows = head.get(cases(page)).context["rows"]
    assert [str(row["outcome"]) for row in rows] == [gettext("Too late")]


def test_a_closed_month_keeps_the_names_of_its_time(page, client):
    roads = DepartmentFactory(key="roads")
    before = roads.name
    type(roads).objects.filter(pk=roads.pk).update(name="ادارهٔ تازه")
    fill(page.version, 140509, 30)
    reports.sweep()
    main = client.get(url(page)).content.decode()
    assert before in main
    assert "ادارهٔ تازه" not in main, "the only closed months are those from before"
    body = client.get(url(page, "csv")).getvalue().decode()
    assert before in body
    assert "ادارهٔ تازه" not in body
    fill(page.version, 140506, 1)
    reports.revise(version=page.version, month=140506, reason="جا مانده بود")
    assert MonthReport.objects.get(revision=2).names["department:roads"][0] == before


def test_a_report_keeps_only_the_names_that_it_speaks_of(page):
    assert set(MonthReport.objects.get(month=140506).names) == {"department:roads"}


def test_everything_that_is_few_is_said_in_words(page, client):
    body = client.get(url(page, "page", "en")).content.decode()
    assert "Fewer than 10 cases" in body
    assert "Not measured yet." in body
    assert "A promise in words; it is not measured." in body


def test_no_case_is_neither_kept_nor_missed(client):
    page = make_measured(since=date(2026, 8, 23))
    reports.sweep()
    line = line_of(page.version)
    assert line.year.show == line.last_month.show == line.this_month.show == Show.NONE
    assert line.year.percent is None
    body = client.get(url(page, "page", "en")).content.decode()
    assert "No case was due" in body
    assert not re.search(
        r"\b(0|100)%", re.sub(r"<h2.*?</h2>|<title.*?</title>", "", body, flags=re.S)
    )


def test_before_the_first_sweep_nothing_is_invented(client):
    page = make_measured(since=date(2026, 8, 23))
    fill(page.version, 140509, 30)
    line = line_of(page.version)
    assert line.this_month.show == line.year.show == Show.NO_REPORT
    assert client.get(url(page)).status_code == 200


def test_a_share_is_counted_by_its_floor_and_people_are_protected():
    page = make_measured([SATISFIED], since=date(2026, 8, 23))
    counts = {140506: ShareCount(9, 9), 140507: ShareCount(15, 20), 140508: None}
    before = measures.source_of(Measure.SATISFACTION)
    source = ShareMeasure(
        Measure.SATISFACTION, lambda period, target: counts.get(period.month), kinds={}
    )
    measures.register(source)
    try:
        reports.sweep()
        line = line_of(page.version, "satisfied", [SATISFIED])
        shows = {month.month: month.figure.show for month in line.months}
        assert shows == {140506: Show.FEW, 140507: Show.FEW, 140508: Show.NONE}
        assert line.year.tally.share == Decimal(24) / 29 or line.year.tally.kept == 24
        assert line.year.median is None
    finally:
        measures.register(before)


def test_times_are_in_the_unit_of_the_promise_and_rounded_up():
    days = Target("d", Measure.RESOLUTION, Decimal(90), 3, Unit.WORKING_DAYS)
    with override("en"):
        assert time_text(451, days, 450) == "1.1 working days"
        assert time_text(451, days, 0) == "7.6 working hours"
        assert time_text(120, FIRST, 450) == "2 working hours"
        assert time_text(float("inf"), FIRST, 450) == "not yet answered"
        assert time_text(None, FIRST, 450) == ""


# The pages -----------------------------------------------------------------------------------


def queries(client, address):
    client.get(address)
    caches["default"].clear()
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_pages_cost_few_queries(page, client):
    assert queries(client, url(page)) <= 7, "the page cache's own look makes eight"
    assert queries(client, page.get_url()) <= 7, "the page cache's own look makes eight"
    before = queries(client, url(page))
    fill(page.version, 140504, 40)
    reports.close_due()
    assert queries(client, url(page)) == before


def test_the_agreement_shows_its_promises_beside_the_facts(page, client):
    body = client.get(page.get_url()).content.decode()
    assert body.count("promise-facts") == 3, "first response, final answer, satisfaction"
    assert body.count("هنوز سنجیده نمی‌شود") == 1, "visit"
    for target, sentence in page.shown.targets:
        part = body[body.index(f'id="target-{target.key}"') :]
        assert str(escape(sentence)) in part[: part.index("</li>")]
        assert body.count(str(escape(sentence))) == 1, "each promise stands once"
    assert url(page) in body
    assert "۷۵" in body
    assert "<script>" not in body.replace("<script ", "")


def test_a_page_of_the_running_month_lives_only_minutes(page, rf):
    request = rf.get("/")
    long = when(NOW, request)
    vars(request)["_desk_performance_shown"] = True
    assert when(NOW, request) <= NOW + timedelta(minutes=MINUTES)
    assert long > NOW
    assert next_change


def test_which_version_an_address_means(page, client):
    key = page.version.agreement.key
    assert client.get(f"/performance/{key}/").status_code == 200
    assert client.get(f"/performance/{key}/9/").status_code == 404
    assert client.get("/performance/nothing/").status_code == 404
    assert client.get(f"/performance/{key}/{10**30}/").status_code == 404
    assert client.post(url(page)).status_code == 405


def test_an_unsigned_version_has_no_performance(client):
    from tests.sla.factories import make_page

    draft = make_page(live=True)
    assert client.get(url(draft)).status_code == 404


def test_the_strict_policy_holds(page, client):
    answer = client.get(url(page))
    body = answer.content.decode()
    assert "style-src 'self'" in answer["Content-Security-Policy"]
    assert " style=" not in body
    assert 'role="img"' in body
    assert body.count("<table") >= 2
    assert "=HYPERLINK" in body
    assert "<script>" not in body


# The files -----------------------------------------------------------------------------------


def table(answer):
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_table_as_csv(page, client):
    answer = client.get(url(page, "csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = table(answer)
    assert all(len(row) == len(head) for row in rows)
    english = table(client.get(url(page, "csv", "en")))
    assert english[0][0] == "Promise"
    months = [
        row for row in english if row[3] == "Month" and not row[7] and row[1] == "First response"
    ]
    assert [row[4][:7] for row in months] == ["1405-06", "1405-07", "1405-08"]
    assert months[0][5:7] == ["1405/06/01", "1405/06/31"]
    assert months[0][8:12] == ["40", "40", "0", "0"]
    assert months[1][8] == ""
    assert [row[0] for row in rows if "HYPERLINK" in row[0]] == ["'" + EVIL.text]


def test_the_table_as_xlsx(page, client):
    answer = client.get(url(page, "xlsx", "en"))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.values)
    assert rows[0][0] == "Promise"
    assert any(row[8] == 40 for row in rows)
    assert all(cell.data_type != "f" for row in book.active.rows for cell in row)
    assert client.get(url(page, "csv").replace("csv", "pdf")).status_code == 404


# For programs --------------------------------------------------------------------------------


def api(page, **asked):
    return Client().get(
        f"/api/desk/v1/agreements/{page.version.agreement.key}/attainment",
        asked,
        headers={"Accept-Language": "en"},
    )


def test_the_same_figures_for_programs(page):
    found = api(page).json()
    assert (found["agreement"], found["version"], found["month"]) == ("desk", 1, "1405-09")
    first, *_rest = found["promises"]
    assert first["this_month"]["decided"] == 40
    assert first["this_month"]["result"] == "missed"
    assert first["last_month"] == {**first["last_month"], "state": "few", "decided": None}
    months = {month["month"]: month for month in first["months"]}
    assert months["1405-06"]["first_day"] == "2026-08-23"
    assert months["1405-06"]["median"] == pytest.approx(0.4)
    assert len(months["1405-06"]["inputs_sha256"]) == 64
    assert months["1405-07"]["inputs_sha256"] is None
    assert months["1405-06"]["evidence"][0] == {
        **{"part": "department", "key": "roads", "decided": 40, "kept": 40, "missed": 0},
        "share_percent": 100.0,
    }
    states = {each["key"]: each["this_month"]["state"] for each in found["promises"]}
    assert states["visit"] == states["words"] == "not_measured"
    assert states["satisfied"] == "none", "nobody has rated anything"


def test_the_content_api_says_the_same(page):
    found = Client().get(f"/api/v2/pages/{page.pk}/", headers={"Accept-Language": "en"}).json()
    desk = api(page).json()["promises"]
    assert [each["key"] for each in found["attainment"]] == [each["key"] for each in desk]
    assert found["attainment"][0]["months"] == desk[0]["months"]


def test_no_code_of_a_case_is_public(page, client):
    codes = set(Clock.objects.values_list("subject", flat=True))
    everything = (
        client.get(url(page)).content.decode()
        + client.get(page.get_url()).content.decode()
        + b"".join(client.get(url(page, "csv")).streaming_content).decode()
        + api(page).content.decode()
        + str(list(MonthReport.objects.values("figures", "times", "inputs_sha256")))
    )
    assert not any(code in everything for code in codes)


def test_months_that_are_asked_for(page):
    found = api(page, **{"from": "2026-09-01", "to": "2026-10-30"}).json()
    months = found["promises"][0]["months"]
    assert [month["month"] for month in months] == ["1405-06", "1405-07", "1405-08"]
    assert months[2]["state"] == "few", "hidden for the year's sake, whatever is asked for"
    fill(page.version, 140401, 12)
    reports.close_due()
    old = api(page, **{"from": "2025-03-21", "to": "2025-05-01"}).json()["promises"][0]["months"]
    assert [(month["month"], month["decided"]) for month in old] == [("1404-01", 12)]


@pytest.mark.parametrize(
    "asked",
    [
        {"version": "x"},
        {"version": "0"},
        {"from": "yesterday"},
        {"from": "2026-10-01", "to": "2026-09-01"},
        {"from": "1000-01-01"},
        {"from": "2000-01-01"},
    ],
)
def test_bad_questions_are_problems(page, asked):
    answer = api(page, **asked)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_an_agreement_that_is_none_is_not_found(page):
    assert api(page, version=7).status_code == 404
    assert Client().get("/api/desk/v1/agreements/none/attainment").status_code == 404


def test_the_api_costs_few_queries(page, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        api(page)


# For staff -----------------------------------------------------------------------------------


def signed_in(role, department=None):
    client = Client()
    client.force_login(staff_user(role, department))
    return client


def cases(page, month=140508, target="first"):
    return reverse("sla_admin:counted_cases", args=[page.version_id, month, target])


def test_staff_see_the_codes_that_they_may_know_of(page):
    receipt = register(department=DepartmentFactory(key="roads").key)
    Clock.objects.filter(subject=receipt.code).delete()
    fill(page.version, 140508, 1, subject=receipt.code)
    other = Clock.objects.filter(month=140508).exclude(subject=receipt.code).first().subject
    head = signed_in(Role.HEAD, DepartmentFactory(key="roads"))
    body = head.get(cases(page)).content.decode()
    assert receipt.code[:4] in body
    assert str(receipt.case.pk) in body
    assert other[:4] + "</span>" not in body or other[:4] == receipt.code[:4]
    stranger = signed_in(Role.HEAD, DepartmentFactory(key="legal"))
    assert str(receipt.case.pk) not in stranger.get(cases(page)).content.decode()


def test_the_doors_of_the_staff(page):
    report = MonthReport.objects.get(month=140508)
    index = reverse("sla_monthreport_modeladmin_index")
    inspect = reverse("sla_monthreport_modeladmin_inspect", args=[report.pk])
    revise = reverse("sla_admin:revise_month", args=[report.pk])
    answers = {
        role: [signed_in(role).get(address).status_code for address in (index, inspect, revise)]
        for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.EDITOR, Role.OFFICER)
    }
    assert answers[Role.ADMINISTRATOR] == [200, 200, 200]
    assert answers[Role.AUDITOR][:2] == [200, 200]
    assert answers[Role.AUDITOR][2] in (302, 403)
    assert all(code in (302, 403) for role in (Role.EDITOR, Role.OFFICER) for code in answers[role])
    assert Client().get(cases(page)).status_code == 302
    assert signed_in(Role.EDITOR).get(cases(page)).status_code in (302, 403)
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get(cases(page)).status_code == 200
    for wrong in (
        cases(page, month=140513),
        cases(page, target="none"),
        cases(page, target="visit"),
    ):
        assert auditor.get(wrong).status_code == 404


def test_a_revision_in_the_admin(page):
    report = MonthReport.objects.get(month=140508)
    address = reverse("sla_admin:revise_month", args=[report.pk])
    boss = signed_in(Role.ADMINISTRATOR)
    same = boss.post(address, {"reason": "چرا که نه"})
    assert same.status_code == 200
    assert MonthReport.objects.count() == 3
    fill(page.version, 140508, 5)
    caches["default"].clear()
    reports.sweep()
    home = boss.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("sla_monthreport_modeladmin_inspect", args=[report.pk]) in home
    assert boss.post(address, {"reason": ""}).status_code == 200
    done = boss.post(address, {"reason": "پنج پرونده جا مانده بود"})
    assert done.status_code == 302
    assert MonthReport.objects.get(revision=2).reason == "پنج پرونده جا مانده بود"
    assert boss.get(done.url).status_code == 200
    public = Client().get(url(page)).content.decode()
    assert "پنج پرونده جا مانده بود" in public


def glance(version):
    """What the frame of a page knows of it."""
    [row] = reading._VERSIONS[False].instances(language="fa")
    assert row == version
    return glance_of(row, month_of(NOW))


def home_card():
    body = Client().get("/").content.decode()
    card = body[body.index('id="home-agreement"') :]
    return " ".join(card[: card.index("</section>")].split())


def test_the_home_page_says_how_many_promises_are_kept_so_far_this_month(page):
    assert glance(page.version) == Glance(0, 1), "30 of 40; the others have no cases"
    assert url(page) in home_card()
    assert "از ۱ قول" in home_card()
    assert "۰ قول نگه داشته" in home_card()
    fill(page.version, 140509, 400)
    reports.sweep()
    assert glance(page.version) == Glance(1, 1)
    assert "۱ قول نگه داشته" in home_card()


def test_a_promise_on_few_cases_is_in_neither_number():
    page = make_measured((*TARGETS, EVIL), since=date(2026, 8, 23))
    assert glance(page.version) is None, "nothing was counted yet"
    assert url(page) not in home_card()
    fill(page.version, 140509, 3)
    reports.sweep()
    assert glance(page.version) == Glance(0, 0)
    with override("fa"):
        words = "So far this month there are too few answers to say whether promises are kept."
        assert gettext(words) in home_card()


def test_the_home_page_looks_again_after_minutes_even_before_the_first_count(rf):
    make_measured((*TARGETS, EVIL), since=date(2026, 8, 23))
    request = rf.get("/")
    slots.home_agreement(request)
    assert when(NOW, request) <= NOW + timedelta(minutes=MINUTES)


def test_an_agreement_that_binds_no_more_says_nothing_of_this_month(page, monkeypatch):
    later = datetime(2028, 1, 10, 9, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    reports.count_running(at=later)
    assert page.version.agreement.title in home_card()
    assert url(page) not in home_card()


def test_last_months_count_says_nothing_of_this_month(page, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=31))
    [row] = reading._VERSIONS[False].instances(language="fa")
    assert row.glance_judged == 1
    assert glance_of(row, month_of(NOW + timedelta(days=31))) is None


def test_a_version_of_words_alone_has_nothing_to_judge():
    assert glance_at([EVIL], {}) is None
