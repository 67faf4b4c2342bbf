"""Areas on the map as editors write them: read in every script, refused in words."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from notices.warnings import geocodes, shapes
from notices.warnings.shapes import Circle, Polygon

SQUARE = "36.30, 49.60\n36.30, 49.70\n36.40, 49.70\n36.40, 49.60"


def test_a_polygon_is_closed_by_itself_and_written_as_cap_wants_it():
    (found,) = shapes.read(SQUARE)
    assert str(found) == "36.3,49.6 36.3,49.7 36.4,49.7 36.4,49.6 36.3,49.6"
    assert shapes.read(f"{SQUARE}\n36.30, 49.60") == [found]


def test_a_circle_is_one_line_with_its_radius():
    assert [str(each) for each in shapes.read("36.3, 49.7, 5.50")] == ["36.3,49.7 5.5"]


def test_an_empty_line_begins_the_next_shape():
    found = shapes.read(f"\n{SQUARE}\n \n\n36.3, 49.7, 12\n\n")
    assert [type(each) for each in found] == [Polygon, Circle]
    assert shapes.read("  \n ") == []


@pytest.mark.parametrize(
    "line", ["۳۶٫۳، ۴۹٫۷، ۵", "36.3 49.7 5", "36.3; 49.7; 5", "+36.30,49.70,5.0", "٣٦.٣، ٤٩.٧؛ ٥"]
)
def test_every_script_and_separator_of_the_keyboard_is_read(line):
    assert shapes.canonical(line) == "36.3, 49.7, 5"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("36.3", "no corner and no circle"),
        ("36.3, 49.7, 5, 6", "no corner and no circle"),
        ("here, there", "here, there"),
        ("1e2, 49", "no corner and no circle"),
        ("nan, 49.7, 5", "no corner"),
        ("90.1, 49.7, 5", "nowhere on the earth"),
        ("36.3, -180.1, 5", "nowhere on the earth"),
        ("36.3, 49.7, 0", "radius"),
        ("36.3, 49.7, -1", "radius"),
        ("36.3, 49.7, 501", "radius"),
        ("36.3, 49.7\n36.4, 49.7", "three different corners"),
        ("36.3, 49.7\n36.4, 49.7\n36.3, 49.7", "three different corners"),
        (f"{SQUARE}\n36.3, 49.7, 5", "stands alone"),
        ("36, 49\n37, 50\n38, 51", "cross or touch"),
        ("36, 49\n37, 50\n36, 50\n37, 49", "cross or touch"),
        ("36, 49\n36, 51\n36, 50\n37, 50", "cross or touch"),
        ("36, 49\n36, 51\n37, 51\n36, 50\n37, 49", "cross or touch"),
        ("36, 49\n36, 60\n37, 60", "degrees wide"),
        ("\n\n".join(["36.3, 49.7, 5"] * 11), "At most 10"),
        ("\n".join(f"36.{n:03}, 49.{n * n:05}" for n in range(101)), "at most 100 corners"),
        ("36.3, 49.7, 5\n" * 1000, "too long"),
    ],
)
def test_what_is_no_area_is_refused_in_words(text, says):
    with override("en"):
        assert says in shapes.wrong(text)


degrees = st.decimals(min_value=-80, max_value=80, places=4)
steps = st.decimals(min_value=Decimal("0.001"), max_value=9, places=3)


@given(north=degrees, east=degrees, up=steps, right=steps, back=st.booleans())
def test_what_is_stored_reads_as_itself_and_as_geojson(north, east, up, right, back):
    corners = [(north, east), (north, east + right), (north + up, east + right)]
    lines = [f"{a},{b}" for a, b in (corners[::-1] if back else corners)]
    stored = shapes.canonical("\n".join(lines))
    assert shapes.canonical(stored) == stored
    ((ring,),) = [
        feature["geometry"]["coordinates"] for feature in shapes.geojson(stored)["features"]
    ]
    assert ring[0] == ring[-1]
    # RFC 7946: longitude first, against the clock.
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0
    assert {tuple(point) for point in ring} == {(float(b), float(a)) for a, b in corners}


def test_a_circle_in_geojson_is_its_middle_with_its_radius():
    (feature,) = shapes.geojson("36.3, 49.7, 5.5")["features"]
    assert feature == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [49.7, 36.3]},
        "properties": {"radius_km": 5.5},
    }
    assert shapes.geojson("") is None


def test_codes_are_names_with_codes():
    assert geocodes.read(" ISO3166-2 = IR-28 \n\nRoad=59") == [
        ("ISO3166-2", "IR-28"),
        ("Road", "59"),
    ]
    assert geocodes.canonical("Road =  ۵۹") == "Road=59"


@pytest.mark.parametrize("text", ["IR-28", "=5", "جاده=59", "a=<b>", "a=" + "x" * 61, "a=b\n" * 21])
def test_what_is_no_code_is_refused(text):
    with override("en"):
        assert geocodes.wrong(text)
