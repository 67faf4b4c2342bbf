"""Jalali months as numbers, around Nowruz and leap years."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian.jalali import from_jalali
from sla import months
from sla.months import Period

numbers = st.builds(
    lambda year, month: year * 100 + month, st.integers(1301, 1498), st.integers(1, 12)
)


@pytest.mark.parametrize("year", [1399, 1403, 1408])
def test_the_last_day_of_a_leap_year_is_in_its_month(year):
    period = Period(year * 100 + 12)
    assert (period.last - period.first).days == 29
    assert months.month_of(period.last) == year * 100 + 12
    assert months.month_of(period.last + timedelta(days=1)) == (year + 1) * 100 + 1


def test_a_month_ends_at_midnight_in_tehran():
    ends = Period(140509).ends
    assert ends == datetime(2026, 12, 21, 20, 30, tzinfo=UTC)
    assert months.month_of(ends) == 140510
    assert months.month_of(ends - timedelta(microseconds=1)) == 140509


@given(numbers)
def test_every_month_lies_between_its_neighbours(number):
    period = Period(number)
    assert months.month_of(period.starts) == months.month_of(period.last) == number
    assert months.earlier(months.earlier(number), -1) == number
    assert Period(months.earlier(number)).ends == period.starts
    assert months.is_month(number)


def test_the_last_twelve_months():
    window = months.twelve_before(140503)
    assert window[0] == 140403
    assert window[-1] == 140502
    assert len(window) == 12
    assert months.months_between(140505, 140504) == []


def test_a_month_in_words():
    assert months.iso(140509) == "1405-09"
    assert months.month_of(date(2026, 11, 25)) == months.month_of(from_jalali(1405, 9, 1))
