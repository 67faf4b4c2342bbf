"""Which figures of crossed tables may be shown together (R41). Pure.

Counts stand in base cells, one a combination of values ("roads", "request", "1405-09"). A *figure*
is the sum of all base cells that a *pattern* names; None in a pattern stands for every value:
`(None, None, None)` is the total, `("roads", None, None)` a part, `("roads", "request", None)` a
crossing. Three values at once are never shown.

What is left out can never be computed by adding and subtracting what is shown:

- of the parts of the total, `hidden_parts` leaves out at least two with ten people together;
- of a crossing of two, a whole rectangle is left out: some rows × some columns, at least two of
  each, which holds every crossing that rests on too few and every row and column whose total is
  left out. Of a full rectangle nothing can be computed but the sums of whole rows and whole
  columns; it grows until each of them is nobody or ten people and more.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from desk_core.suppression import FEWEST, few, hidden_parts

Base = tuple[str, ...]
Pattern = tuple[str | None, ...]


def patterns_of(base: Base) -> list[Pattern]:
    """The figures that count a base cell: the total, its parts, its crossings of two."""
    places = range(len(base))
    kept = [(), *((one,) for one in places), *combinations(places, 2)]
    return [tuple(base[at] if at in some else None for at in places) for some in kept]


def sums(counts: Mapping[Base, int]) -> dict[Pattern, int]:
    """Every figure that counts somebody."""
    found: dict[Pattern, int] = defaultdict(int)
    for base, count in counts.items():
        for pattern in patterns_of(base):
            found[pattern] += count
    return dict(found)


def shown_figures(counts: Mapping[Base, int]) -> frozenset[Pattern]:
    """The patterns whose figures may all be shown beside each other."""
    known = {base: count for base, count in counts.items() if count}
    figures = sums(known)
    dimensions = len(next(iter(known), ()))
    total: Pattern = (None,) * dimensions
    if not known or few(figures[total]):
        return frozenset()
    shown = {total}
    hidden = [_hidden_values(known, figures, place) for place in range(dimensions)]
    for place in range(dimensions):
        shown |= {_at(dimensions, {place: v}) for v in _values(known, place) - hidden[place]}
    for first, second in combinations(range(dimensions), 2):
        cells: dict[tuple[str, str], int] = defaultdict(int)
        for base, count in known.items():
            cells[base[first], base[second]] += count
        rows, columns = _rectangle(cells, hidden[first], hidden[second])
        shown |= {
            _at(dimensions, {first: row, second: column})
            for (row, column), count in cells.items()
            if count >= FEWEST and not (row in rows and column in columns)
        }
    return frozenset(shown)


def _rectangle(
    cells: Mapping[tuple[str, str], int], without_row: set[str], without_column: set[str]
) -> tuple[set[str], set[str]]:
    """The rows and columns whose crossings are left out; both empty when none needs to be."""
    all_rows, all_columns = {row for row, _ in cells}, {column for _, column in cells}
    rows = without_row | {row for (row, _), count in cells.items() if few(count)}
    columns = without_column | {column for (_, column), count in cells.items() if few(count)}
    if not rows and not columns:
        return set(), set()
    # Of a row whose total is not shown no crossing may be, or it would be known in part.
    columns = all_columns if without_row else columns
    rows = all_rows if without_column else rows
    while True:
        before = len(rows), len(columns)
        columns = columns | _more(cells, rows, columns, all_columns, turned=False)
        rows = rows | _more(cells, columns, rows, all_rows, turned=True)
        if before == (len(rows), len(columns)):
            return rows, columns


def _more(
    cells: Mapping[tuple[str, str], int],
    lines: Collection[str],
    crossed: set[str],
    candidates: set[str],
    *,
    turned: bool,
) -> set[str]:
    """One more to cross the lines, if what is left out of some line is few or of one crossing."""

    def count(line: str, across: str) -> int:
        return cells.get((across, line) if turned else (line, across), 0)

    left = sorted(candidates - crossed)
    wanting = [line for line in lines if few(sum(count(line, each) for each in crossed))]
    if not left or (len(crossed) > 1 and not wanting):
        return set()
    in_lines = {each: sum(count(line, each) for line in wanting or lines) for each in left}
    useful = [each for each in left if in_lines[each]] or left
    return {min(useful, key=lambda each: (in_lines[each], each))}


def _hidden_values(
    counts: Mapping[Base, int], figures: Mapping[Pattern, int], place: int
) -> set[str]:
    values: Sequence[str] = sorted(_values(counts, place))
    size = len(next(iter(counts)))
    found = hidden_parts([figures[_at(size, {place: value})] for value in values])
    return {values[index] for index in found}


def _values(counts: Mapping[Base, int], place: int) -> set[str]:
    return {base[place] for base in counts}


def _at(size: int, values: Mapping[int, str]) -> Pattern:
    return tuple(values.get(place) for place in range(size))
