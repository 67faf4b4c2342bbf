"""The worked example of docs/availability.md comes out the same, minute for minute."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from notices.availability import counting
from notices.availability.facts import read
from notices.availability.periods import JALALI, CalendarMonth
from notices.availability.showing import percent
from sla.attainment import error_budget
from tests.notices import worked_example as example

pytestmark = pytest.mark.django_db
MONTH = CalendarMonth(JALALI, example.MONTH)
DOCS = Path(__file__).parents[2] / "docs" / "availability.md"


@pytest.fixture
def figures(index):
    example.build(index)
    book = read(MONTH.starts, MONTH.ends, at=MONTH.ends)
    return {key: counting.figures_of(each, MONTH, book) for key, each in book.watched.items()}


def minutes(reckoning):
    """Impaired stretches as (day of Aban, from, to, excused, counted) by the clock of Tehran."""
    start = int(MONTH.starts.timestamp()) // 60
    found = []
    for each in reckoning.stretches:
        day, begins = divmod(each.begins - start, 1440)
        ends = each.ends - start - day * 1440
        found.append((day + 1, begins, ends, each.excused / 1000, each.counted / 1000))
    return found


def test_the_electronic_service_is_reckoned_as_by_hand(figures):
    found = figures["land-enquiry"]
    reckoning = found.reckoning
    assert (reckoning.agreed, reckoning.known) == (43_200, 42_480)
    assert minutes(reckoning) == [
        (3, 600, 660, 0, 60),
        (3, 660, 690, 0, 30),
        (3, 690, 735, 0, 22.5),
        (10, 0, 240, 240, 0),
        (10, 240, 300, 0, 60),
        (15, 1320, 1380, 0, 60),
        (20, 120, 240, 60, 0),
        (25, 0, 180, 180, 0),
        (25, 180, 240, 0, 60),
    ]
    assert (reckoning.excused, reckoning.counted, reckoning.over_cap) == (480_000, 292_500, 60_000)
    assert (reckoning.due, reckoning.available, reckoning.lost) == (42_000, 41_707, 293)
    assert reckoning.share == Fraction(41_707, 42_000)
    assert percent(reckoning.share) == Decimal("99.302")
    assert percent(reckoning.coverage) == Decimal("98.333")
    budget = error_budget(whole=42_000, missed=293, promised=Decimal("99.5"))
    assert (budget.allowed, budget.remaining) == (210, -83)
    assert percent(budget.burn) == Decimal("139.523")


def test_its_further_figures_are_those_of_the_page(figures):
    found = figures["land-enquiry"]
    assert found.reckoning.outages == (135, 60, 60, 60)
    assert (found.outages, found.longest) == (4, 135)
    assert (found.mean_repair, found.mean_between) == (79, 10_541)
    care = found.care
    assert (care.windows, care.windows_in_time) == (4, 3)
    assert (care.first_notice, care.mean_first_notice) == ((5, 12, 20), 13)
    assert care.longest_silence == 100


def test_the_counter_is_reckoned_in_working_hours(figures):
    found = figures["counter"]
    assert (found.reckoning.agreed, found.reckoning.known) == (9_720, 9_720)
    assert minutes(found.reckoning) == [
        (5, 810, 870, 0, 60),
        (6, 450, 510, 0, 60),
        (14, 750, 780, 0, 30),
    ]
    assert (found.reckoning.due, found.reckoning.available) == (9_720, 9_570)
    assert percent(found.reckoning.share) == Decimal("98.456")
    assert (found.outages, found.mean_repair, found.mean_between) == (2, 75, 4_785)


def test_the_page_of_the_rules_says_these_numbers():
    text = DOCS.read_text(encoding="utf-8")
    for number in ("43,200", "42,480", "42,000", "292.5", "41,707", "99.302", "139.523", "98.333"):
        assert number in text, number
    for number in ("9,720", "9,570", "98.456", "10,541", "4,785"):
        assert number in text, number
    assert re.search(r"135 \+ 60 \+ 60 \+ 60", text)


def test_what_a_report_keeps_is_the_same_again(figures):
    for found in figures.values():
        assert counting.from_json(counting.to_json(found)) == found
