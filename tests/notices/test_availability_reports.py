"""Closed months of availability are frozen by the reports of `sla`, and revised with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from notices import updates
from notices.availability import measure
from notices.availability.showing import picture
from notices.models import Notice
from sla import reports
from sla.attainment import Verdict, error_budget
from sla.enums import Measure
from sla.models import MonthReport, ReportDrift, RunningMonth
from sla.months import Period
from sla.performance.showing import Performance
from sla.targets import Target
from tests.notices import worked_example as example
from tests.sla.measured import make_measured

pytestmark = pytest.mark.django_db
ALL = Target("availability", Measure.AVAILABILITY, Decimal("99.5"))
ONE = Target("one", Measure.AVAILABILITY, Decimal("99.3"), service="land-enquiry")
COUNTER = Target("counter", Measure.AVAILABILITY, Decimal("98"), department="roads")


@pytest.fixture
def frozen(index):
    """The worked example under an agreement, with its month closed; its version."""
    example.build(index)
    page = make_measured([ALL, ONE, COUNTER], since=date(2026, 10, 23))
    with example.month_is_over():
        reports.close_due()
        reports.count_running()
        yield page.version


def report_of(version):
    return reports.latest(MonthReport.objects.filter(version=version, month=example.MONTH)).get()


def shown(key="land-enquiry"):
    lines = picture(RequestFactory().get("/status/availability/")).lines
    line = next(each for each in lines if each.service.key == key)
    return line, line.months[-1]


def test_a_closed_month_holds_the_figures_by_hand(frozen):
    report = report_of(frozen)
    figures = report.figures["targets"]
    assert (figures["one"]["kept"], figures["one"]["late"]) == (41_707, 293)
    assert (figures["counter"]["kept"], figures["counter"]["late"]) == (9_570, 150)
    assert (figures["availability"]["kept"], figures["availability"]["late"]) == (51_277, 443)
    assert set(figures["availability"]["detail"]) == {"land-enquiry", "counter"}


def test_the_page_shows_the_frozen_month_against_the_narrowest_target(frozen):
    line, month = shown()
    assert month.report == report_of(frozen)
    assert month.promised.target.key == "one"
    assert (month.percent, month.verdict) == (Decimal("99.302"), Verdict.MET)
    assert month.budget == error_budget(whole=42_000, missed=293, promised=Decimal("99.3"))
    assert line.year_verdict == Verdict.MET
    _line, counter = shown("counter")
    assert counter.promised.target.key == "counter"
    assert counter.verdict == Verdict.MET


def test_months_that_nobody_promised_anything_of_have_no_target_together_either(index):
    example.build(index)
    make_measured([ALL], since=date(2026, 11, 22))
    with example.month_is_over():
        line, month = shown()
    assert (month.promised, line.promised.target.key) == (None, "availability")
    assert (line.year_verdict, line.year_budget) == (Verdict.NONE, None)


def test_later_facts_show_as_drift_and_the_frozen_month_stays(frozen):
    notice = example.outage(
        _index(), _service(), "major", example.at(29, 9), example.at(29, 9), example.at(29, 10)
    )
    assert shown()[1].percent == Decimal("99.302")
    assert reports.check_drift() == 1
    assert ReportDrift.objects.get().report == report_of(frozen)
    made = reports.revise(version=frozen, month=example.MONTH, reason="قطعی دیرتر گفته شد")
    month = shown()[1]
    assert month.report == made
    assert made.revision == 2
    assert month.figures.reckoning.lost == 293 + 60
    assert str(notice.pk) in month.figures.reckoning.stretches[-1].sources
    assert MonthReport.objects.filter(version=frozen, month=example.MONTH).count() == 2


def test_a_revision_needs_a_reason_and_a_change(frozen):
    with pytest.raises(ValidationError):
        reports.revise(version=frozen, month=example.MONTH, reason=" ")
    with pytest.raises(reports.NothingChanged):
        reports.revise(version=frozen, month=example.MONTH, reason="دوباره")


def test_what_happens_after_the_month_changes_no_fact_of_it(index):
    example.build(index)
    make_measured([ALL], since=date(2026, 10, 23))
    notice = example.tell(
        index, _service(), "outage", "major", example.at(30, 20), example.at(30, 23)
    )
    with example.month_is_over():
        reports.close_due()
        assert shown()[1].figures.reckoning.lost == 293 + 60
        updates.post(
            notice=notice,
            state="resolved",
            text="درست شد",
            author=None,
            key="after",
            ended_at=example.at(31, 5),
        )
        assert reports.check_drift() == 0


def test_an_end_that_was_earlier_than_said_is_a_changed_fact(index):
    example.build(index)
    make_measured([ALL], since=date(2026, 10, 23))
    notice = example.tell(
        index, _service(), "outage", "major", example.at(30, 20), example.at(30, 22)
    )
    with example.month_is_over():
        reports.close_due()
        Notice.objects.filter(pk=notice.pk).update(ended_at=example.at(30, 23))
        assert reports.check_drift() == 1


def test_the_running_month_and_the_agreement_s_page_count_minutes(frozen, client):
    assert RunningMonth.objects.get(version=frozen).figures["targets"]["one"]["kept"] > 0
    line = next(
        each for each in Performance(frozen.pk, [ALL, ONE]).lines if each.target.key == "one"
    )
    assert line.last_month.tally.kept == 41_707
    body = client.get(f"/en/performance/{frozen.agreement.key}/{frozen.number}/").content.decode()
    assert "Minutes of downtime" in body
    assert "42,000" in body


def test_another_month_is_counted_from_the_facts(frozen):
    line, _month = shown()
    assert [each.report for each in line.months[:-1]] == [None] * 11
    assert line.this_month.report is None
    assert line.this_month.running


def test_what_is_frozen_needs_no_facts_any_more(frozen):
    count = measure.count(Period(example.MONTH), ONE)
    assert (count.numerator, count.denominator) == (41_707, 42_000)
    Notice.objects.update(ended_at=None, cancelled_at=None)
    assert shown()[1].percent == Decimal("99.302")
    assert measure.count(Period(example.MONTH), ONE).facts != count.facts


def test_the_fingerprint_knows_no_order_and_no_names(frozen):
    first = measure.count(Period(example.MONTH), ALL)
    assert measure.count(Period(example.MONTH), ALL) == first
    service = _service()
    service.name = "نام دیگر"
    service.save()
    assert measure.count(Period(example.MONTH), ALL).facts == first.facts


def _service():
    from cms_pages.models import Service

    return Service.objects.get(key="land-enquiry")


def _index():
    from notices.models import NoticeIndexPage

    return NoticeIndexPage.objects.get()
