"""A year of 20,000 cases, counted by the database and by a slow, independent oracle."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from persiantools.jdatetime import JalaliDate

from sla.counting import counted, inputs_digest
from sla.models import Clock, MonthReport
from sla.months import Period, months_between
from sla.performance.showing import Performance
from sla.report_figures import from_json
from sla.reports import close_due, count_running
from tests.sla.measured import (
    ANSWER,
    FIRST,
    KINDS,
    TARGETS,
    generate,
    make_clock,
    make_measured,
    store,
)

pytestmark = pytest.mark.django_db
# 1404/09/01 … 1405/08/30, in Tehran; a moment in Azar 1405.
BEGIN = datetime(2025, 11, 21, 20, 30, tzinfo=UTC)
END = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 9, 17, tzinfo=UTC)
MONTHS = months_between(140409, 140508)


# The oracle: it knows nothing of the code under test, only the rule as it is told to citizens. ---


def month_named(moment):
    """Of a due time; midnight ends the day before."""
    wall = moment + timedelta(hours=3, minutes=30)
    at_midnight = (wall.hour, wall.minute, wall.second, wall.microsecond) == (0, 0, 0, 0)
    day = JalaliDate.to_jalali(wall.date() - timedelta(days=1 if at_midnight else 0))
    return day.year * 100 + day.month


def month_end(month):
    year, number = divmod(month, 100)
    year, number = (year + 1, 1) if number == 12 else (year, number + 1)
    first = JalaliDate(year, number, 1).to_gregorian()
    return datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=3, minutes=30)


def judged(fact, moment):
    """One case by the rule: kept, late, overdue, waiting or not due, as known at a moment."""
    ended = fact.ended if fact.ended and fact.ended <= moment else None
    waits = fact.waits_since if fact.waits_since and fact.waits_since <= moment else None
    stands_still = waits is not None and not waits > fact.due
    if ended is None:
        if stands_still:
            return "waiting"
        return "overdue" if moment >= fact.due else "not_due"
    if stands_still or not ended > fact.due:
        return "kept"
    return "late"


def slow(facts, target, month, moment, **part):
    """Count case by case."""
    mine = [
        fact
        for fact in facts
        if fact.target == target
        and month_named(fact.due) == month
        and all(getattr(fact, name) == value for name, value in part.items())
    ]
    found = Counter(judged(fact, moment) for fact in mine)
    took = [
        fact.minutes if judged(fact, moment) != "overdue" else math.inf
        for fact in mine
        if judged(fact, moment) in ("kept", "late", "overdue")
    ]
    return found, sorted(took)


def nearest_rank(ordered, percent):
    return ordered[math.ceil(percent * len(ordered) / 100) - 1] if ordered else None


def check(one, facts, target, month, moment):
    found, took = slow(facts, target, month, moment)
    for name in ("kept", "late", "overdue", "not_due", "waiting"):
        assert getattr(one.tally, name) == found[name], (target, month, name)
    assert one.tally.percentile(50) == nearest_rank(took, 50)
    assert one.tally.percentile(90) == nearest_rank(took, 90)
    for department in ("roads", "housing", "legal"):
        for kind in KINDS:
            cell = one.by.get((department, kind))
            part, _took = slow(facts, target, month, moment, department=department, kind=kind)
            for name in ("kept", "late", "overdue", "not_due", "waiting"):
                assert (getattr(cell, name) if cell else 0) == part[name]


@pytest.mark.strict_drill
def test_a_year_of_20_000_cases_equals_the_slow_count_case_by_case():
    version = make_measured(since=datetime(2025, 11, 22).date()).version
    # Past the end of the year on purpose: Azar is running.
    facts = generate(20_000, first=BEGIN, last=NOW + timedelta(days=20), seed=1405)
    store(version, facts)
    close_due(at=NOW)
    count_running(at=NOW)
    reports = {row.month: row for row in MonthReport.objects.filter(version=version)}
    assert sorted(reports) == MONTHS
    by_month = {}
    for fact in facts:
        by_month.setdefault(month_named(fact.due), []).append(fact)
    for month, row in reports.items():
        figures = from_json(
            month=month, revision=1, at=NOW, figures=row.figures, times=row.times
        ).targets
        for target in (FIRST, ANSWER):
            check(figures[target.key], by_month[month], target.key, month, month_end(month))
    shown = Performance(version.pk, TARGETS, at=NOW)
    for line in shown.lines[:2]:
        check_year(line, facts, by_month)


def check_year(line, facts, by_month):
    """What the page shows of twelve months and of the running one."""
    key = line.target.key
    kept = decided = 0
    took = []
    for month in MONTHS:
        found, times = slow(by_month[month], key, month, month_end(month))
        kept += found["kept"]
        decided += found["kept"] + found["late"] + found["overdue"]
        took += times
    assert (line.year.tally.kept, line.year.tally.decided) == (kept, decided)
    assert line.year.median == nearest_rank(sorted(took), 50)
    assert line.year.p90 == nearest_rank(sorted(took), 90)
    now, times = slow(by_month[140509], key, 140509, NOW)
    assert line.this_month.tally.kept == now["kept"]
    assert line.this_month.tally.overdue == now["overdue"]
    assert line.this_month.tally.not_due == now["not_due"]
    assert line.this_month.median == nearest_rank(times, 50)
    met = Decimal(100 * kept) >= line.target.share * decided
    assert line.year.verdict == ("met" if met else "missed")


def test_counting_costs_the_same_queries_however_many_cases(django_assert_num_queries):
    version = make_measured().version
    store(version, generate(300, first=BEGIN, last=END, seed=2))
    # Two for all times, two for the share that is counted elsewhere.
    with django_assert_num_queries(2 + 2):
        counted(version.pk, TARGETS, 140505, month_end(140505))
    with django_assert_num_queries(1 + 2):
        inputs_digest(version.pk, TARGETS, 140505, month_end(140505))


AZAR = Period(140509)
HOUR = timedelta(hours=1)


def make_round(version, number, due, *, late=False, month=AZAR, **values):
    """A round of the case that `values` name, due so many days into the month."""
    due_at = month.starts + timedelta(days=due)
    ended = due_at + HOUR if late else due_at - HOUR
    values = {"stopped_at": ended, "spent_minutes": 100 * number, "subject": "7" * 12, **values}
    make_clock(version, FIRST, due_at, round=number, **values).save()


@pytest.mark.parametrize(
    ("late", "kept", "minutes"),
    [
        ((False, False), 1, 200),
        ((True, False), 0, 100),
        ((False, True), 0, 200),
        ((True, True), 0, 200),
    ],
)
def test_a_case_that_was_opened_again_counts_once_and_is_kept_if_each_round_was(
    late, kept, minutes
):
    version = make_measured().version
    for number, each in enumerate(late, 1):
        make_round(version, number, 5 * number, late=each)
    found = counted(version.pk, TARGETS, 140509, AZAR.ends)["first"]
    assert (found.tally.decided, found.tally.kept) == (1, kept)
    assert found.tally.times == {minutes: 1}
    assert sum(cell.decided for cell in found.by.values()) == 1
    assert found.again == 0, "it was due in no earlier month"


def test_a_round_that_is_not_decided_yet_leaves_the_case_to_the_one_that_is():
    version = make_measured().version
    make_round(version, 1, 1)
    make_round(version, 2, 20, stopped_at=None, spent_minutes=None)
    tally = counted(version.pk, TARGETS, 140509, AZAR.starts + timedelta(days=9))["first"].tally
    assert (tally.kept, tally.not_due) == (1, 0)


def test_a_case_that_was_due_in_an_earlier_month_too_is_known_as_one():
    version = make_measured().version
    make_round(version, 1, 3, month=Period(140508))
    make_round(version, 2, 3)
    make_round(version, 1, 4, subject="8" * 12)
    assert counted(version.pk, TARGETS, 140509, AZAR.ends)["first"].again == 1
    assert counted(version.pk, TARGETS, 140508, AZAR.starts)["first"].again == 0


def test_the_fingerprint_follows_the_facts_and_nothing_else():
    version = make_measured().version
    facts = generate(200, first=Period(140505).starts, last=Period(140505).ends, seed=3)
    store(version, facts)

    def digest():
        return inputs_digest(version.pk, TARGETS, 140505, month_end(140505))

    before = digest()
    Clock.objects.all().delete()
    store(version, facts[::-1])
    assert digest() == before, "order and codes do not matter"
    row = Clock.objects.filter(stopped_at=None, paused_at=None).first()
    row.stopped_at, row.spent_minutes = month_end(140505) + timedelta(hours=1), 90_000
    row.save()
    assert digest() == before, "what comes after the end of the month does not matter"
    row = Clock.objects.filter(stopped_at__lte=month_end(140505)).first()
    row.spent_minutes += 1
    row.save()
    assert digest() != before


def test_a_measure_that_nobody_counts_is_not_measured():
    version = make_measured().version
    found = counted(version.pk, TARGETS, 140505, month_end(140505))
    assert found["first"].measured
    assert not found["visit"].measured
    assert not found["words"].measured
