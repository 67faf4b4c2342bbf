"""Tracking codes and passwords."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from service_requests import codes

digits = st.integers(0, 10**11 - 1).map(lambda n: f"{n:011d}")


def test_a_new_code_has_twelve_digits_and_passes_its_own_check():
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    for code in made:
        assert codes.clean_code(code) == code


def test_a_password_carries_at_least_53_bits():
    made = {codes.new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(p) == 16 and p.isascii() and p.isdigit() for p in made)
    assert 10**codes.PASSWORD_LENGTH > 2**53


@given(st.data())
def test_one_wrong_digit_is_always_noticed(data):
    code = codes.new_code()
    place = data.draw(st.integers(0, 11))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    with pytest.raises(ValidationError):
        codes.clean_code(code[:place] + other + code[place + 1 :])


@given(st.integers(0, 10))
def test_two_swapped_neighbours_are_always_noticed(place):
    code = codes.new_code()
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(ValidationError):
            codes.clean_code(swapped)


@pytest.mark.parametrize("script", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
@pytest.mark.parametrize("gap", ["", " ", "-", "\u200c", "  ", "–", "\u2066", "_"])
def test_any_script_and_grouping_is_the_same_code(script, gap):
    code = codes.new_code()
    typed = gap.join(code[i : i + 4] for i in (0, 4, 8)).translate(
        str.maketrans("0123456789", script)
    )
    assert codes.clean_code(f" {typed} ") == code


@pytest.mark.parametrize(
    "text",
    ["", "123", "1234567890123", "abcdefghijkl", "²²²²²²²²²²²²", "1" * 1_000_000, "\0" * 12],
)
def test_what_is_no_code_gets_a_message(text):
    assert codes.bare(text, 12) == ""
    with pytest.raises(ValidationError):
        codes.clean_code(text)
    with pytest.raises(ValidationError):
        codes.clean_password(text)


def test_groups_for_plain_text():
    assert codes.grouped("123456789012") == "1234 5678 9012"
