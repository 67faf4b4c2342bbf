"""No hidden figure can be computed from what is shown beside it."""

from hypothesis import given
from hypothesis import strategies as st

from desk_core.suppression import FEWEST, few, hidden_parts, least


def test_few_is_somebody_but_not_many():
    assert [count for count in range(15) if few(count)] == list(range(1, 10))
    assert FEWEST == 10


def test_large_parts_are_all_shown():
    assert hidden_parts([10, 200, 0, 31]) == frozenset()
    assert hidden_parts([]) == frozenset()


def test_a_small_part_takes_the_next_smallest_with_it():
    assert hidden_parts([300, 4, 25, 40]) == {1, 2}


def test_two_small_parts_that_are_few_together_take_a_third():
    assert hidden_parts([300, 1, 1, 40]) == {1, 2, 3}
    assert hidden_parts([300, 9, 9, 40]) == {1, 2}


def test_whoever_is_in_several_parts_counts_once():
    assert least([4, 4, 4]) == 12
    assert least([4, 4, 4], [0, 4, 4]) == 4
    assert least([15, 4], [15, 4]) == 15, "all of them were there before, but they are fifteen"
    assert least([]) == 0
    assert hidden_parts([4, 4, 4, 40]) == {0, 1, 2}
    assert hidden_parts([4, 4, 4, 40], [0, 4, 4, 0]) == {0, 1, 2, 3}


@given(st.lists(st.integers(0, 60), max_size=12))
def test_what_is_hidden_cannot_be_computed(counts):
    hidden = hidden_parts(counts)
    assert all(index in hidden for index, count in enumerate(counts) if few(count))
    assert all(counts[index] for index in hidden)
    rest = sum(counts[index] for index in hidden)
    if hidden and not few(sum(counts)):
        # The total less what is shown: at least two parts share it, so each may be 1 … rest - 1.
        assert len(hidden) >= 2
        assert rest >= FEWEST
