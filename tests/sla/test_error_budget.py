"""One error budget for cases and minutes, and what a report keeps of how a share came about."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.attainment import Tally, Verdict, error_budget
from sla.counting import Counted
from sla.report_figures import from_json, to_json

shares = st.decimals(min_value=Decimal("0.1"), max_value=100, places=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 50_000), st.integers(0, 50_000), shares)
def test_a_promise_is_kept_as_long_as_something_of_the_budget_is_left(whole, missed, promised):
    missed = min(missed, whole)
    tally = Tally(kept=whole - missed, late=missed)
    budget = tally.error_budget(promised)
    assert (tally.verdict(promised) == Verdict.MET) == (budget.remaining >= 0)
    assert budget.allowed == budget.spent + budget.remaining
    assert (budget.beyond > 0) == (budget.remaining < 0)


def test_the_budget_is_exact():
    budget = error_budget(whole=42_000, missed=293, promised=Decimal("99.5"))
    assert (budget.allowed, budget.remaining, budget.beyond) == (210, -83, 83)
    assert budget.burn == Fraction(293, 210)


def test_where_nothing_may_be_missed_nothing_is_used_up():
    budget = error_budget(whole=100, missed=1, promised=Decimal(100))
    assert (budget.allowed, budget.burn, budget.remaining) == (0, None, -1)


def test_a_report_keeps_how_a_share_came_about_and_older_ones_do_without():
    detail = {"map": {"lost": 3}}
    counts = {
        "with": Counted(measured=True, tally=Tally(kept=7, late=3), detail=detail),
        "without": Counted(measured=True, tally=Tally(kept=1)),
    }
    figures, times = to_json(counts, 420)
    assert "detail" not in figures["targets"]["without"]
    found = from_json(month=140508, revision=1, at=None, figures=figures, times=times)
    assert found.targets["with"].detail == detail
    assert found.targets["without"].detail is None
