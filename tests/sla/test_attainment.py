"""The rule of counting, as arithmetic: exact, additive, blind to order, never rounded up."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.attainment import Outcome, Tally, Verdict, floored_percent, outcome, total

DUE = datetime(2026, 12, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
AT = DUE + 24 * HOUR


@pytest.mark.parametrize(
    ("ended", "waits", "as_of", "became"),
    [
        (DUE - HOUR, None, AT, Outcome.KEPT),
        (DUE, None, AT, Outcome.KEPT),
        (DUE + timedelta(microseconds=1), None, AT, Outcome.LATE),
        (None, None, AT, Outcome.OVERDUE),
        (None, None, DUE, Outcome.OVERDUE),
        (None, None, DUE - HOUR, Outcome.NOT_DUE),
        (DUE + HOUR, None, DUE - HOUR, Outcome.NOT_DUE),  # what comes later is not known yet
        (AT + HOUR, None, AT, Outcome.OVERDUE),
        (None, DUE - HOUR, AT, Outcome.WAITING),
        (None, DUE, AT, Outcome.WAITING),
        (None, DUE + HOUR, AT, Outcome.OVERDUE),  # too late before the wait began
        (DUE + HOUR, DUE - HOUR, AT, Outcome.KEPT),  # ended while its time stood still
        (DUE + 2 * HOUR, DUE + HOUR, AT, Outcome.LATE),
        (AT + HOUR, DUE - HOUR, AT, Outcome.WAITING),
        (None, AT + HOUR, AT, Outcome.OVERDUE),
    ],
)
def test_one_case(ended, waits, as_of, became):
    assert outcome(due_at=DUE, stopped_at=ended, paused_at=waits, as_of=as_of) == became


small = st.integers(0, 400)
tallies = st.builds(
    Tally,
    kept=small,
    late=small,
    overdue=small,
    not_due=small,
    waiting=small,
    times=st.dictionaries(st.integers(0, 9_000), st.integers(1, 30), max_size=6),
)
shares = st.decimals(Decimal("0.01"), Decimal(100), places=2)


@given(st.lists(tallies, max_size=6), st.randoms())
def test_order_never_matters_and_parts_add_up(parts, chance):
    shuffled = list(parts)
    chance.shuffle(shuffled)
    assert total(parts) == total(shuffled)
    whole = total(parts)
    assert whole.decided == sum(part.decided for part in parts)
    assert whole.kept == sum(part.kept for part in parts)


@given(tallies, shares)
def test_a_share_lies_between_nothing_and_everything(tally, promised):
    if tally.share is None:
        assert tally.decided == 0
        assert tally.verdict(promised) == Verdict.NONE
    else:
        assert 0 <= tally.share <= 1


@given(tallies, st.integers(1, 50), shares)
def test_more_late_answers_never_raise_a_share(tally, more, promised):
    worse = tally + Tally(late=more)
    assert worse.share is not None
    assert tally.share is None or worse.share <= tally.share
    if tally.verdict(promised) == Verdict.MISSED:
        assert worse.verdict(promised) == Verdict.MISSED


@given(st.integers(0, 10_000), st.integers(0, 10_000), shares)
def test_nothing_is_rounded_up_to_met(kept, late, promised):
    tally = Tally(kept=kept, late=late)
    if tally.share is None:
        return
    shown = floored_percent(tally.share, promised)
    assert shown <= tally.share * 100 < shown + Decimal("0.1")
    if tally.verdict(promised) == Verdict.MISSED:
        assert shown < promised
    if shown >= promised:
        assert tally.verdict(promised) == Verdict.MET


def test_the_exact_promise_is_met_and_a_hair_below_is_not():
    assert Tally(kept=39, late=1).verdict(Decimal("97.5")) == Verdict.MET
    assert Tally(kept=38_999, late=1_001).verdict(Decimal("97.5")) == Verdict.MISSED
    assert floored_percent(Fraction(38_999, 40_000), Decimal("97.5")) == Decimal("97.4")
    assert floored_percent(Fraction(9_999, 10_000), Decimal(100)) == Decimal("99.9")
    assert floored_percent(Fraction(1), Decimal("99.95")) == Decimal("100.00")


def test_a_month_without_cases_is_neither_met_nor_missed():
    empty = Tally(not_due=4, waiting=2)
    assert empty.share is None
    assert empty.verdict(Decimal(1)) == Verdict.NONE
    assert empty.percentile(50) is None


def test_percentiles_are_times_that_a_case_really_took():
    tally = Tally(kept=9, late=1, times={10: 5, 20: 4, 900: 1})
    assert tally.percentile(50) == 10
    assert tally.percentile(90) == 20
    assert tally.percentile(91) == 900


def test_what_is_not_answered_counts_as_longer_than_anything():
    tally = Tally(kept=8, overdue=2, times={10: 8})
    assert tally.percentile(50) == 10
    assert tally.percentile(80) == 10
    assert tally.percentile(90) == math.inf
    assert Tally(overdue=3).percentile(50) == math.inf


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60), st.integers(0, 20))
def test_percentiles_agree_with_a_sorted_list(answered, still_open):
    times: dict[int, int] = {}
    for minutes in answered:
        times[minutes] = times.get(minutes, 0) + 1
    tally = Tally(kept=len(answered), overdue=still_open, times=times)
    everything = sorted(answered) + [math.inf] * still_open
    for percent in (1, 50, 90, 100):
        rank = math.ceil(Fraction(percent * len(everything), 100))
        assert tally.percentile(percent) == everything[rank - 1]
