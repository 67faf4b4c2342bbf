"""Which figures may be shown: those that cannot point at a person (R41). Pure.

A figure that rests on fewer than `FEWEST` people or cases is not shown. Where parts of a whole
stand beside it, a part that is left out could be computed from the rest, so further parts are left
out with it, and the reader is not told which of them are the few.
"""

from collections.abc import Collection, Sequence

#: A figure that rests on fewer could point at somebody.
FEWEST = 10


def few(count: int) -> bool:
    """Whether there is somebody, but too few to be shown. None at all points at nobody."""
    return 0 < count < FEWEST


def least(counts: Sequence[int], again: Sequence[int] = ()) -> int:
    """How many different people or cases several parts hold at least.

    `again` says for each part how many of it are in an earlier part too; without it the parts
    have nobody in common.
    """
    return max(sum(counts) - sum(again), max(counts, default=0))


def hidden_parts(counts: Sequence[int], again: Sequence[int] = ()) -> frozenset[int]:
    """The indexes of the parts of one whole that must not be shown beside its total.

    The small ones, and as many of the next smallest as it takes until at least two parts with at
    least `FEWEST` different people together are hidden (`again` as in `least`). Where even all of
    them are fewer, the total is `few` too.
    """
    hidden = {index for index, count in enumerate(counts) if few(count)}
    if not hidden:
        return frozenset()
    shown = sorted(
        (count, index) for index, count in enumerate(counts) if count and index not in hidden
    )
    while shown and (len(hidden) < 2 or _least_of(hidden, counts, again) < FEWEST):
        hidden.add(shown.pop(0)[1])
    return frozenset(hidden)


def _least_of(indexes: Collection[int], counts: Sequence[int], again: Sequence[int]) -> int:
    repeated = [again[index] for index in indexes] if again else []
    return least([counts[index] for index in indexes], repeated)
