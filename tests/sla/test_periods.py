from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian.jalali import from_jalali, jalali_parts
from sla.periods import add_months, next_period, next_period_on

days = st.dates(date(2010, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        ((1405, 1, 1), (1405, 12, 29), (1406, 1, 1), (1406, 12, 29)),
        # Leap years: 1399, 1403, 1408.
        ((1399, 1, 1), (1399, 12, 30), (1400, 1, 1), (1400, 12, 29)),
        ((1402, 1, 1), (1402, 12, 29), (1403, 1, 1), (1403, 12, 30)),
        ((1407, 1, 1), (1408, 12, 30), (1409, 1, 1), (1410, 12, 29)),
        # Half years, quarters, months that begin in their middle.
        ((1405, 1, 1), (1405, 6, 31), (1405, 7, 1), (1405, 12, 29)),
        ((1405, 7, 1), (1405, 12, 29), (1406, 1, 1), (1406, 6, 31)),
        ((1405, 1, 15), (1405, 7, 14), (1405, 7, 15), (1406, 1, 14)),
        # A part of a year that ended with it.
        ((1405, 3, 12), (1405, 12, 29), (1406, 1, 1), (1406, 12, 29)),
        ((1404, 3, 12), (1405, 12, 29), (1406, 1, 1), (1407, 12, 29)),
        # Anything else keeps its days.
        ((1405, 2, 10), (1405, 2, 19), (1405, 2, 20), (1405, 2, 29)),
    ],
)
def test_what_follows_is_as_long_in_the_readers_calendar(first, last, begins, ends):
    found = next_period(from_jalali(*first), from_jalali(*last))
    assert found == (from_jalali(*begins), from_jalali(*ends))


def test_a_year_follows_where_the_first_day_was_that_of_the_signature():
    found = next_period(None, from_jalali(1399, 12, 30))
    assert found == (from_jalali(1400, 1, 1), from_jalali(1400, 12, 29))


@given(days, st.integers(0, 1500))
def test_it_begins_the_day_after_and_never_ends_before_it_begins(first, length):
    last = first + timedelta(days=length)
    begins, ends = next_period(first, last)
    assert begins == last + timedelta(days=1)
    assert ends >= begins


@given(days, st.integers(1, 60))
def test_months_keep_the_day_or_take_the_last_of_a_shorter_month(day, months):
    year, month, number = jalali_parts(add_months(day, months))
    before = jalali_parts(day)
    assert (year * 12 + month) - (before[0] * 12 + before[1]) == months
    assert number == before[2] or (number in (29, 30) and number < before[2])


def test_what_ran_out_long_ago_is_followed_by_the_period_of_today():
    begins, ends = next_period_on(from_jalali(1405, 9, 1), None, from_jalali(1399, 12, 30))
    assert (begins, ends) == (from_jalali(1405, 1, 1), from_jalali(1405, 12, 29))
