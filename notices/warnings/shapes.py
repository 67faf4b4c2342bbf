"""Where a warning holds, as editors write it: corners and circles in lines; pure.

    36.31, 49.62          the corners of a polygon, one a line: latitude, longitude in degrees
    36.35, 49.71
    36.28, 49.75
                          an empty line, and the next shape
    36.30, 49.70, 5       a circle: its middle and its radius in kilometres

A polygon is closed by itself. What is stored is `canonical`; every face reads that again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from django.utils.translation import gettext as _

from persian.digits import grouped, to_ascii

TEXT_LIMIT = 4000
MOST_SHAPES = 10
MOST_CORNERS = 100
#: A polygon of more degrees, a circle of more kilometres is a slip of the finger.
WIDEST = 10
LARGEST_RADIUS = 500
# A millionth of a degree is a hand's breadth.
_STEP = Decimal("0.000001")
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,12})?")
_SEPARATORS = re.compile(r"[\s,;،؛]+")

Point = tuple[Decimal, Decimal]


class Unreadable(ValueError):
    """The lines are no shapes; the message is for whoever wrote them."""


@dataclass(frozen=True)
class Circle:
    """A middle (latitude, longitude) and a radius in kilometres."""

    middle: Point
    radius: Decimal

    def __str__(self) -> str:
        """As CAP writes it."""
        return f"{_pair(self.middle)} {_plain(self.radius)}"

    @property
    def lines(self) -> str:
        """As editors write it."""
        return f"{_plain(self.middle[0])}, {_plain(self.middle[1])}, {_plain(self.radius)}"

    @property
    def geometry(self) -> dict[str, Any]:
        """GeoJSON knows no circle: the middle; the radius stands beside it."""
        return {"type": "Point", "coordinates": _position(self.middle)}


@dataclass(frozen=True)
class Polygon:
    """Corners (latitude, longitude) in turn; the last one is the first one."""

    ring: tuple[Point, ...]

    def __str__(self) -> str:
        """As CAP writes it."""
        return " ".join(_pair(point) for point in self.ring)

    @property
    def corners(self) -> tuple[Point, ...]:
        """Each once."""
        return self.ring[:-1]

    @property
    def lines(self) -> str:
        """As editors write it."""
        return "\n".join(f"{_plain(north)}, {_plain(east)}" for north, east in self.corners)

    @property
    def geometry(self) -> dict[str, Any]:
        """GeoJSON: longitude first, against the clock (RFC 7946)."""
        ring = self.ring if _doubled_surface(self.ring) > 0 else self.ring[::-1]
        return {"type": "Polygon", "coordinates": [[_position(point) for point in ring]]}


Shape = Circle | Polygon


def read(text: str) -> list[Shape]:
    """The shapes of a text; none for an empty one. Raises Unreadable."""
    if len(text) > TEXT_LIMIT:
        limit = {"limit": grouped(TEXT_LIMIT)}
        raise Unreadable(_("This text is too long: at most %(limit)s characters.") % limit)
    found = [_shape(block) for block in _blocks(text)]
    if len(found) > MOST_SHAPES:
        raise Unreadable(
            _("At most %(most)s polygons and circles.") % {"most": grouped(MOST_SHAPES)}
        )
    return found


def canonical(text: str) -> str:
    """The same shapes as they are stored. Raises Unreadable."""
    return "\n\n".join(shape.lines for shape in read(text))


def wrong(text: str) -> str | None:
    """Why the lines are no shapes; None when they are."""
    try:
        read(text)
    except Unreadable as error:
        return str(error)
    return None


def geojson(text: str) -> dict[str, Any] | None:
    """A FeatureCollection (RFC 7946); None where no shape is given."""
    features = [
        {
            "type": "Feature",
            "geometry": shape.geometry,
            "properties": {"radius_km": float(shape.radius)} if isinstance(shape, Circle) else {},
        }
        for shape in read(text)
    ]
    return {"type": "FeatureCollection", "features": features} if features else None


def _blocks(text: str) -> Iterator[list[tuple[Decimal, ...]]]:
    block: list[tuple[Decimal, ...]] = []
    for line in [*to_ascii(text).splitlines(), ""]:
        if line.strip():
            block.append(_numbers(line))
        elif block:
            yield block
            block = []


def _numbers(line: str) -> tuple[Decimal, ...]:
    parts = [part for part in _SEPARATORS.split(line.strip().replace("٫", ".")) if part]
    if len(parts) not in (2, 3) or not all(_NUMBER.fullmatch(part) for part in parts):
        raise Unreadable(
            _("“%(line)s” is no corner and no circle: write latitude, longitude, and for a circle "
              "the radius in kilometres.") % {"line": line.strip()[:60]}
        )  # fmt: skip
    # Adding nothing turns a zero below zero into a plain one.
    numbers = tuple(Decimal(_plain(Decimal(part).quantize(_STEP) + 0)) for part in parts)
    if abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        raise Unreadable(
            _("“%(line)s” is nowhere on the earth: latitudes go to 90, longitudes to 180 degrees.")
            % {"line": line.strip()[:60]}
        )
    return numbers


def _shape(block: list[tuple[Decimal, ...]]) -> Shape:
    if len(block) == 1 and len(block[0]) == 3:
        north, east, radius = block[0]
        if not 0 < radius <= LARGEST_RADIUS:
            raise Unreadable(
                _("A circle has a radius of more than 0 and at most %(most)s kilometres.")
                % {"most": grouped(LARGEST_RADIUS)}
            )
        return Circle((north, east), radius)
    if any(len(point) == 3 for point in block):
        raise Unreadable(_("A circle stands alone, with an empty line before and after it."))
    return _polygon([(north, east) for north, east in block])


def _polygon(corners: list[Point]) -> Polygon:
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if len(set(corners)) < 3:
        raise Unreadable(_("A polygon needs at least three different corners."))
    if len(corners) > MOST_CORNERS:
        raise Unreadable(
            _("A polygon has at most %(most)s corners.") % {"most": grouped(MOST_CORNERS)}
        )
    for values in zip(*corners, strict=True):
        if max(values) - min(values) > WIDEST:
            raise Unreadable(
                _("This polygon is more than %(most)s degrees wide. Please check its corners.")
                % {"most": grouped(WIDEST)}
            )
    ring = (*corners, corners[0])
    if _doubled_surface(ring) == 0 or _crosses_itself(ring):
        raise Unreadable(
            _("The borders of this polygon cross or touch each other. Name its corners in turn.")
        )
    return Polygon(ring)


def _doubled_surface(ring: tuple[Point, ...]) -> Decimal:
    """Above 0: against the clock."""
    return sum(
        (here[1] * there[0] - there[1] * here[0] for here, there in pairwise(ring)), Decimal(0)
    )


def _crosses_itself(ring: tuple[Point, ...]) -> bool:
    """Whether two sides meet that are no neighbours, or neighbours in more than their corner."""
    sides = list(pairwise(ring))
    last = len(sides) - 1
    for (one, (a, b)), (two, (c, d)) in combinations(enumerate(sides), 2):
        if two - one == 1 or (one, two) == (0, last):
            shared = b if two - one == 1 else a
            if any(
                _turn(a, b, point) == 0 and _between(a, b, point) for point in {c, d} - {shared}
            ):
                return True
            if any(
                _turn(c, d, point) == 0 and _between(c, d, point) for point in {a, b} - {shared}
            ):
                return True
        elif _meet(a, b, c, d):
            return True
    return False


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _between(*end) for turn, end in zip(turns, ends, strict=True))


def _turn(a: Point, b: Point, c: Point) -> int:
    """Which way one turns at `b` on the way from `a` to `c`; 0: straight on."""
    value = (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1])
    return (value > 0) - (value < 0)


def _between(a: Point, b: Point, point: Point) -> bool:
    """Whether a point on the line through `a` and `b` lies between them."""
    return all(
        min(one, two) <= value <= max(one, two) for one, two, value in zip(a, b, point, strict=True)
    )


def _plain(number: Decimal) -> str:
    """Without zeros at its end."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _pair(point: Point) -> str:
    return f"{_plain(point[0])},{_plain(point[1])}"


def _position(point: Point) -> list[float]:
    return [float(point[1]), float(point[0])]
