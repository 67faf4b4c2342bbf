"""No figure that is left out of crossed tables can be computed from those that are shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from desk_core.suppression import FEWEST, few
from desk_core.suppression_tables import patterns_of, shown_figures, sums

PRIME = 2_147_483_647
DEPARTMENTS, KINDS, MONTHS = ("roads", "land", "housing"), ("request", "complaint"), ("1", "2", "3")
BASES = [(d, k, m) for d in DEPARTMENTS for k in KINDS for m in MONTHS]
# Small numbers and none at all are as likely as large ones.
COUNTS = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 60))


class Span:
    """What adding and subtracting gives: exact, modulo a prime."""

    def __init__(self, vectors):
        self.rows = {}
        for vector in vectors:
            rest = self.reduce(vector)
            lead = next((at for at, value in enumerate(rest) if value), None)
            if lead is not None:
                inverse = pow(rest[lead], -1, PRIME)
                self.rows[lead] = [value * inverse % PRIME for value in rest]

    def reduce(self, vector):
        rest = list(vector)
        for at in range(len(rest)):
            if rest[at] and at in self.rows:
                factor, row = rest[at], self.rows[at]
                rest = [(a - factor * b) % PRIME for a, b in zip(rest, row, strict=True)]
        return rest

    def holds(self, vector):
        return not any(self.reduce(vector))


def vector_of(pattern):
    return [int(all(p in (None, v) for p, v in zip(pattern, b, strict=True))) for b in BASES]


@settings(max_examples=120, deadline=None)
@given(st.lists(COUNTS, min_size=len(BASES), max_size=len(BASES)))
def test_what_is_left_out_cannot_be_computed(numbers):
    counts = dict(zip(BASES, numbers, strict=True))
    figures = sums(counts)
    shown = shown_figures(counts)
    assert all(figures[pattern] >= FEWEST for pattern in shown)
    span = Span([vector_of(pattern) for pattern in shown])
    for pattern in {each for base in BASES for each in patterns_of(base)}:
        if few(figures[pattern]):
            assert not span.holds(vector_of(pattern)), pattern
            rest = [1 - value for value in vector_of(pattern)]
            assert pattern == (None, None, None) or not span.holds(rest), pattern
    for at, number in enumerate(numbers):
        if few(number):
            alone = [int(place == at) for place in range(len(BASES))]
            assert not span.holds(alone), "not even three values at once"


@settings(max_examples=80, deadline=None)
@given(st.lists(COUNTS, min_size=len(BASES), max_size=len(BASES)))
def test_two_figures_that_hold_each_other_differ_by_nobody_or_by_many(numbers):
    counts = dict(zip(BASES, numbers, strict=True))
    figures, shown = sums(counts), shown_figures(counts)
    for whole in shown:
        for part in shown:
            if all(w in (None, p) for w, p in zip(whole, part, strict=True)):
                assert not few(figures[whole] - figures[part]), (whole, part)


def test_enough_everywhere_leaves_nothing_out():
    counts = dict.fromkeys(BASES, 12)
    assert shown_figures(counts) == set(sums(counts))


def test_few_in_all_show_nothing():
    assert shown_figures({("roads", "request", "1"): 9}) == frozenset()
    assert shown_figures({}) == frozenset()


def test_a_small_department_takes_another_one_with_it():
    counts = {("roads", "request", "1"): 40, ("land", "request", "1"): 3}
    counts[("housing", "request", "1")] = 30
    shown = shown_figures(counts)
    assert ("roads", None, None) in shown
    assert ("housing", None, None) not in shown
    assert ("land", None, None) not in shown
    assert (None, "request", None) in shown
