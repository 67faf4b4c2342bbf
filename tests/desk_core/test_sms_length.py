"""How long a text message is, as gateways charge it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_core.sms_length import BASIC, EXTENSION, measure


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 307, "GSM-7", 307, 3, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("€" * 81, "GSM-7", 162, 2, 143),
        ("س" * 70, "UCS-2", 70, 1, 0),
        ("س" * 71, "UCS-2", 71, 2, 63),
        ("a" * 69 + "س", "UCS-2", 70, 1, 0),
        ("😀" * 35, "UCS-2", 70, 1, 0),
        # A letter of two places is not torn apart: 33 in each part of 67.
        ("😀" * 67, "UCS-2", 134, 3, 65),
    ],
)
def test_lengths(text, encoding, units, parts, left):
    found = measure(text)
    assert (found.encoding, found.units, found.parts, found.left) == (encoding, units, parts, left)


@settings(max_examples=50)
@given(st.text(max_size=250))
def test_every_text_fits_into_its_parts(text):
    found = measure(text)
    gsm = set(text) <= BASIC | EXTENSION
    each = (153 if gsm else 67) if found.parts > 1 else (160 if gsm else 70)
    assert found.units <= max(found.parts, 1) * each
    assert found.parts == 0 or found.units > (found.parts - 1) * (each - 1) or found.parts == 1
    assert 0 <= found.left <= each


@settings(max_examples=50)
@given(st.text(max_size=300), st.characters())
def test_a_longer_text_never_takes_fewer_parts(text, letter):
    assert measure(text + letter).parts >= measure(text).parts
