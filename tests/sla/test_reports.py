"""Months close by themselves, stay as they were, and are revised with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command

from desk_core.models import AuditEntry
from desk_core.querysets import AppendOnly
from sla import clocks, reports
from sla.models import Clock, MonthReport, ReportDrift, RunningMonth, WeeklySchedule
from sla.months import Period
from tests.cms_pages.factories import staff_user
from tests.sla.factories import make_page, make_signed
from tests.sla.measured import ANSWER, FIRST, make_clock, make_measured

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # 1405/09/04
ABAN = Period(140508)


@pytest.fixture
def version():
    return make_measured(since=date(2026, 8, 23)).version  # 1405/06/01


def add(version, count=1, *, due=ABAN.starts + timedelta(days=3), late=False, **values):
    ended = due + timedelta(days=1) if late else due - timedelta(hours=1)
    values = {"stopped_at": ended, "spent_minutes": 60, **values}
    return Clock.objects.bulk_create(
        [make_clock(version, FIRST, due, **values) for _number in range(count)]
    )


def test_every_month_that_is_over_is_closed_once(version):
    add(version, 3)
    made = reports.close_due(at=NOW)
    assert sorted(row.month for row in made) == [140506, 140507, 140508]
    assert reports.close_due(at=NOW) == []
    first = MonthReport.objects.get(month=140508)
    assert first.revision == 1
    assert first.figures["targets"]["first"]["kept"] == 3
    assert first.times["first"] == [[60, 3]]
    assert first.figures["targets"]["visit"] == {"measured": False}
    assert MonthReport.objects.get(month=140507).figures["targets"]["first"]["kept"] == 0


def test_a_month_that_runs_cannot_be_closed(version):
    with pytest.raises(ValidationError):
        reports.close_month(month=140509, at=NOW)
    assert not MonthReport.objects.exists()
    assert [row.month for row in reports.close_month(month=140507, at=NOW)] == [140507]
    assert reports.close_month(month=140507, at=NOW) == []


def test_the_month_ends_at_midnight_in_tehran(version):
    reports.close_due(at=ABAN.ends - timedelta(seconds=1))
    assert not MonthReport.objects.filter(month=140508).exists()
    reports.close_due(at=ABAN.ends)
    assert MonthReport.objects.filter(month=140508).exists()


def test_at_the_end_of_a_month_nothing_in_it_is_still_to_come(version):
    add(version, due=ABAN.ends, stopped_at=None, spent_minutes=None)
    add(version, due=ABAN.ends, stopped_at=ABAN.ends)
    reports.close_due(at=NOW)
    found = MonthReport.objects.get(month=140508).figures["targets"]["first"]
    assert (found["kept"], found["overdue"], found["not_due"]) == (1, 1, 0)


def test_of_a_time_before_the_text_was_sealed_nothing_is_said():
    page = make_measured(since=date(2026, 10, 23))  # 1405/08/01
    assert {row.month for row in reports.close_due(at=NOW)} == {140508}
    # Cases are counted wherever they are due, also after the end of the version.
    add(page.version, due=Period(140503).starts + timedelta(days=1))
    assert {row.month for row in reports.close_due(at=NOW)} == {140503}


def test_no_promise_no_report():
    make_signed()
    make_page(live=True, key="unsigned")
    assert reports.close_due(at=NOW) == []
    assert reports.count_running(at=NOW) == 0


def test_two_at_once_make_one_report(version, monkeypatch):
    months = reports._months_to_close

    def late(*args):
        found = months(*args)
        monkeypatch.setattr(reports, "_months_to_close", months)
        reports.close_due(at=NOW)
        return found

    monkeypatch.setattr(reports, "_months_to_close", late)
    assert reports.close_due(at=NOW) == []
    assert MonthReport.objects.count() == 3


def test_a_report_is_written_once(version):
    report = reports.close_due(at=NOW)[0]
    report.reason = "other"
    for change in (
        report.save,
        report.delete,
        MonthReport.objects.all().delete,
        lambda: MonthReport.objects.update(reason="other"),
    ):
        with pytest.raises(AppendOnly):
            change()


def test_the_usual_course_of_things_is_no_drift(version):
    (clock,) = add(version, stopped_at=None, spent_minutes=None)
    reports.close_due(at=NOW)
    clock.stopped_at, clock.spent_minutes = NOW, 9_000
    clock.save()
    assert reports.check_drift(at=NOW) == 0
    found = MonthReport.objects.get(month=140508).figures["targets"]["first"]
    assert (found["overdue"], found["late"]) == (1, 0)


def pausing(version):
    """A clock of the month that waits for its applicant over the month's end."""
    due = ABAN.ends - timedelta(hours=1)
    (clock,) = add(
        version,
        due=due,
        started_at=due - timedelta(hours=FIRST.amount),
        stopped_at=None,
        spent_minutes=None,
        paused_at=due - timedelta(hours=2),
        waiting_since=due - timedelta(hours=2),
        unit="hours",
    )
    return clock


@pytest.mark.parametrize("verb", [clocks.resume, clocks.stop])
def test_whoever_waits_over_the_end_of_a_month_and_goes_on_is_no_drift(version, verb):
    add(version, 2)
    clock = pausing(version)
    reports.close_due(at=NOW)
    assert MonthReport.objects.get(month=140508).figures["targets"]["first"]["waiting"] == 1
    verb(clocks=[clock], at=NOW - timedelta(hours=1))
    clock.refresh_from_db()
    assert clock.month == 140509
    assert reports.check_drift(at=NOW) == 0


def test_a_wait_that_turns_out_not_to_have_been_one_is_noticed(version):
    clock = pausing(version)
    reports.close_due(at=NOW)
    clock.paused_at = clock.due_at + timedelta(hours=1)  # its time was up before
    clock.save()
    assert reports.check_drift(at=NOW) == 1


def test_a_correction_is_noticed_and_makes_a_revision(version):
    (clock, *_rest) = add(version, 2, late=True)
    reports.close_due(at=NOW)
    clock.due_at += timedelta(days=2)  # a closure was entered afterwards
    clock.save()
    assert reports.check_drift(at=NOW) == 1
    assert reports.check_drift(at=NOW) == 1, "found once, not twice"
    assert ReportDrift.objects.get().report.month == 140508
    admin = staff_user("administrator")
    made = reports.revise(version=version, month=140508, reason=" یک روز  تعطیل ", actor=admin)
    assert (made.revision, made.reason, made.actor) == (2, "یک روز تعطیل", admin)
    assert made.figures["targets"]["first"]["kept"] == 1
    earlier = MonthReport.objects.get(month=140508, revision=1)
    assert earlier.figures["targets"]["first"]["kept"] == 0
    assert not ReportDrift.objects.exists()
    assert reports.check_drift(at=NOW) == 0
    assert AuditEntry.objects.get(action="report.revise").detail == {"month": 140508, "revision": 2}
    assert reports.close_due(at=NOW) == []


def test_a_correction_that_is_taken_back_is_no_drift_any_more(version):
    (clock,) = add(version)
    reports.close_due(at=NOW)
    Clock.objects.update(month=140507)
    assert reports.check_drift(at=NOW) == 2, "one month lost a case, the other won it"
    Clock.objects.update(month=clock.month)
    assert reports.check_drift(at=NOW) == 0
    assert not ReportDrift.objects.exists()


def test_a_revision_needs_a_reason_a_report_and_a_change(version):
    add(version)
    with pytest.raises(ValidationError):
        reports.revise(version=version, month=140508, reason="x")
    reports.close_due(at=NOW)
    for reason in ("", "   ", "x" * 301):
        with pytest.raises(ValidationError) as refused:
            reports.revise(version=version, month=140508, reason=reason)
        assert "reason" in refused.value.message_dict
    with pytest.raises(reports.NothingChanged):
        reports.revise(version=version, month=140508, reason="x")
    assert MonthReport.objects.count() == 3


def test_the_running_month_is_counted_again_and_again(version):
    add(version, due=NOW + timedelta(days=1), stopped_at=None, spent_minutes=None)
    assert reports.count_running(at=NOW) == 1
    assert RunningMonth.objects.get().figures["targets"]["first"]["not_due"] == 1
    later = NOW + timedelta(days=2)
    reports.count_running(at=later)
    row = RunningMonth.objects.get()
    assert row.figures["targets"]["first"]["overdue"] == 1
    assert row.counted_at == later


def test_an_ordinary_working_day_is_that_of_the_calendar():
    assert reports.ordinary_day_minutes(140508) == 0
    days = dict.fromkeys(("saturday", "sunday", "monday", "tuesday"), "7:00-14:30")
    WeeklySchedule.objects.create(
        name="هفته", first_day=date(2026, 3, 21), wednesday="7:00-12:00", **days
    )
    assert 410 < reports.ordinary_day_minutes(140508) < 450


def test_the_command_does_all_of_it(version, capsys):
    add(version, due=ABAN.starts + timedelta(hours=1))
    call_command("close_months")
    assert "closed" in capsys.readouterr().out
    assert MonthReport.objects.filter(version=version).exists()
    assert RunningMonth.objects.filter(version=version).exists()
    Clock.objects.update(kind="complaint")
    cache.clear()
    call_command("close_months")
    assert ReportDrift.objects.filter(report__version=version).exists()


def test_a_target_that_another_version_promised_is_not_mixed_in(version):
    add(version, 2)
    other = make_measured([ANSWER], key="other", since=date(2026, 8, 23)).version
    made = {row.version_id: row for row in reports.close_month(month=140508, at=NOW)}
    assert made[version.pk].figures["targets"]["first"]["kept"] == 2
    assert set(made[other.pk].figures["targets"]) == {"answer"}
