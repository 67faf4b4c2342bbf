from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from persian.digits import grouped, localised, to_ascii, to_persian


def test_three_scripts_become_ascii():
    assert to_ascii("۰۱۲۳۴٥٦٧٨٩") == "0123456789"


def test_what_only_looks_like_a_digit_stays():
    assert to_ascii("²٪Ⅷ") == "²٪Ⅷ"


@given(st.integers(min_value=0, max_value=10**40))
def test_persian_digits_and_back(number):
    assert to_ascii(to_persian(number)) == str(number)


@pytest.mark.parametrize(
    ("number", "persian", "english"),
    [
        (0, "۰", "0"),
        (999, "۹۹۹", "999"),
        (1_234_567, "۱٬۲۳۴٬۵۶۷", "1,234,567"),
        (-1234, "-۱٬۲۳۴", "-1,234"),
        (Decimal("12345.60"), "۱۲٬۳۴۵٫۶۰", "12,345.60"),
    ],
)
def test_thousands_stand_apart_in_each_language(number, persian, english):
    with override("fa"):
        assert grouped(number) == persian
    with override("en"):
        assert grouped(number) == english


def test_digits_follow_the_active_language():
    with override("fa"):
        assert localised("x1٢") == "x۱۲"
    with override("en-gb"):
        assert localised("x۱٢") == "x12"
