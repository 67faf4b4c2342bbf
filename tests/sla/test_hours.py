import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sla.hours import Hours, hours_text, parse_hours


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("   ", ""),
        ("7:30-14:30", "07:30-14:30"),
        ("۷:۳۰–۱۴:۳۰، ۱۶–۱۸", "07:30-14:30, 16:00-18:00"),
        ("٧:٣٠ تا ١٤", "07:30-14:00"),
        ("16-18; 8-12", "08:00-12:00, 16:00-18:00"),
        ("0-24", "00:00-24:00"),
        ("8 to 12", "08:00-12:00"),
    ],
)
def test_hours_are_read_as_people_write_them(typed, stored):
    assert hours_text(parse_hours(typed)) == stored


@pytest.mark.parametrize(
    "typed",
    ["بسته", "8", "8-", "14-8", "8-8", "25-26", "8-24:01", "8:60-9", "8-12,11-13", "8-12" * 40,
     "1-2,3-4,5-6,7-8,9-10,11-12,13-14", "-8-12", "8--12"],
)  # fmt: skip
def test_what_is_no_list_of_hours_is_refused(typed):
    with pytest.raises(ValidationError):
        parse_hours(typed)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse_hours(text)
    except ValidationError:
        return
    assert parse_hours(hours_text(found)) == found


@given(st.lists(st.integers(0, 1440), unique=True, min_size=2, max_size=12))
def test_any_ranges_that_do_not_overlap_survive_being_written(minutes):
    minutes = sorted(minutes)[: len(minutes) // 2 * 2]
    spans = tuple(Hours(a, b) for a, b in zip(minutes[::2], minutes[1::2], strict=True))
    assert parse_hours(hours_text(spans)) == spans
