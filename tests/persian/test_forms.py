import datetime as dt
import re
import time
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils.translation import override

from persian.forms import (
    CodeField,
    EmailAddressField,
    ForeignIdField,
    JalaliDateField,
    JalaliDateTimeField,
    LandlineField,
    LegalIdField,
    LetterNumberField,
    MobileField,
    NationalIdField,
    PercentField,
    PersianCharField,
    PersonNameField,
    PostalCodeField,
    WholeNumberField,
)

NOON = dt.datetime(2026, 11, 22, 11, 0, tzinfo=dt.UTC)


class Everything(forms.Form):
    """One of each field."""

    national = NationalIdField()
    legal = LegalIdField()
    foreign = ForeignIdField()
    mobile = MobileField()
    phone = LandlineField(required=False)
    postal = PostalCodeField()
    letter = LetterNumberField()
    name = PersonNameField()
    subject = PersianCharField(max_length=20, min_length=3)
    body = PersianCharField(max_length=200, multiline=True)
    code = CodeField(length=12)
    day = JalaliDateField()
    at = JalaliDateTimeField()


TYPED = {
    "national": "۰۰۸-۴۵۷۵۹۴-۸",
    "legal": "۱۰۳۸۰۲۸۴۷۹۰",
    "foreign": "a 1234567",
    "mobile": "0912 345 6789",
    "phone": "",
    "postal": "38139-97711",
    "letter": "۱۴۰۲/ص/۵",
    "name": "علي كريمي",
    "subject": "آب\nآشاميدني",
    "body": "یک\r\nدو",
    "code": "۱۲۳۴ ۵۶۷۸ ۹۰۱۲",
    "day": "۹۹/۱۲/۲۹",
    "at": "۱۴۰۵/۰۹/۰۱ ۱۴:۳۰",
}
STORED: dict[str, object] = {
    "national": "0084575948",
    "legal": "10380284790",
    "foreign": "A1234567",
    "mobile": "+989123456789",
    "phone": "",
    "postal": "3813997711",
    "letter": "1402/ص/5",
    "name": "علی کریمی",
    "subject": "آب آشامیدنی",
    "body": "یک\nدو",
    "code": "123456789012",
    "day": dt.date(2021, 3, 19),
    "at": NOON,
}


def test_what_is_typed_is_stored_in_one_form():
    form = Everything(TYPED)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == STORED


def test_what_is_stored_is_shown_and_read_again_unchanged():
    with override("fa"):
        shown = {bound.name: bound.value() for bound in Everything(initial=STORED)}
        boxes = {
            name: Everything.base_fields[name].widget.format_value(v) for name, v in shown.items()
        }
        assert boxes["day"] == "۱۳۹۹/۱۲/۲۹"
        assert boxes["at"] == "۱۴۰۵/۰۹/۰۱ ۱۴:۳۰"
        again = Everything({k: v or "" for k, v in boxes.items()}, initial=STORED)
        assert again.is_valid(), again.errors
        assert again.cleaned_data == STORED
        assert again.changed_data == []


def test_the_active_zone_does_not_move_a_moment_of_tehran():
    with override_settings(TIME_ZONE="America/New_York"):
        field = JalaliDateTimeField()
        assert field.clean("1405/09/01 14:30") == NOON
        assert field.widget.format_value(field.prepare_value(NOON)).endswith(("14:30", "۱۴:۳۰"))


def test_seconds_that_no_box_shows_are_no_change():
    field = JalaliDateTimeField()
    assert not field.has_changed(NOON.replace(second=31, microsecond=5), "1405/09/01 14:30")
    assert field.has_changed(NOON, "1405/09/01 14:31")


def test_a_refused_form_shows_what_was_typed():
    form = Everything({**TYPED, "day": "1404/12/30", "national": "۱۲۳"})
    html = form.as_p()
    assert 'value="1404/12/30"' in html
    assert 'value="۱۲۳"' in html
    assert set(form.errors) == {"day", "national"}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (PersianCharField(min_length=10, max_length=1500), "کوتاه", "۱۰"),
        (PersianCharField(min_length=10, max_length=1500), "ب" * 1501, "۱٬۵۰۰"),
        (PersianCharField(min_length=10, max_length=1500), "ب" * 9999, "۱٬۵۰۰"),
        (EmailAddressField(max_length=30), f"{'a' * 30}@example.org", "۳۰"),
    ],
)
def test_lengths_are_said_once_in_the_readers_digits_and_without_a_count(field, typed, said):
    with override("fa"), pytest.raises(ValidationError) as refused:
        field.clean(typed)
    [message] = refused.value.messages
    assert said in message
    assert not re.search("[0-9]", message)
    assert PersianCharField(min_length=10, max_length=20, required=False).clean("") == ""
    assert field.max_length in (1500, 30)


def test_missing_fields_are_named_and_nothing_breaks():
    form = Everything({})
    assert set(form.errors) == set(Everything.base_fields) - {"phone"}


@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b[0m", "\ud800", "a" * 10**6, "۱" * 10**6, "\u200c" * 10**6, "²" * 12]
)
def test_bad_input_is_an_error_of_every_field_and_quick(bad):
    started = time.process_time()
    form = Everything(dict.fromkeys(Everything.base_fields, bad))
    errors = set(form.errors)
    prose = {"subject", "body"}
    assert errors >= set(Everything.base_fields) - prose
    if "²" not in bad:
        assert errors >= prose
    assert time.process_time() - started < 1


def test_boxes_are_fit_for_phones_and_persian_digits():
    html = Everything().as_p()
    assert 'type="number"' not in html
    assert "maxlength" not in html
    assert "pattern" not in html
    for name in ("national", "legal", "postal", "code"):
        box = str(Everything()[name])
        assert 'dir="ltr"' in box
        assert 'inputmode="numeric"' in box
    assert 'type="tel"' in str(Everything()["mobile"])
    assert 'autocomplete="postal-code"' in str(Everything()["postal"])


def test_lengths_of_prose_are_counted_as_stored():
    field = PersianCharField(max_length=5)
    assert field.clean("ا" + "ـ" * 50 + "ببب") == "اببب"
    with pytest.raises(ValidationError):
        field.clean("اببببب")
    with pytest.raises(ValidationError):
        PersianCharField(max_length=50, min_length=3).clean("ا" + "ـ" * 10)


@pytest.mark.parametrize(
    "field",
    [
        PersianCharField(max_length=5),
        NationalIdField(),
        CodeField(length=4),
        JalaliDateField(),
        JalaliDateTimeField(),
    ],
)
def test_only_spaces_are_empty(field):
    with pytest.raises(ValidationError) as refused:
        field.clean("   ")
    assert refused.value.code == "required"


@pytest.mark.parametrize("typed", ["1234", "12345678901a", "1234567890123", "۱۲۳۴۵۶۷۸۹۰۱٫"])
def test_a_code_has_exactly_its_digits(typed):
    with pytest.raises(ValidationError):
        CodeField(length=12).clean(typed)


def test_the_reason_is_told_beside_the_date():
    with override("en"), pytest.raises(ValidationError, match="29 days"):
        JalaliDateField().clean("1404/12/30")


@pytest.mark.parametrize(
    ("typed", "number"),
    [("۱۵", 15), ("١٥", 15), ("15", 15), ("۱٬۲۰۰", 1200), (" ۷\u200f ", 7), (3, 3)],
)
def test_a_whole_number_in_any_digits(typed, number):
    assert WholeNumberField().clean(typed) == number


@pytest.mark.parametrize("typed", ["", "x", "۱٫۵", "१५", "²", "1" * 5000, "--1"])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValidationError):
        WholeNumberField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "share"), [("۹۹٫۵٪", "99.5"), ("90 %", "90"), ("٪۱۰۰", "100"), ("0.001", "0.001")]
)
def test_a_share_in_percent_in_any_digits(typed, share):
    assert PercentField().clean(typed) == Decimal(share)


@pytest.mark.parametrize("typed", ["", "0", "-1", "100.001", "99.5555", "nan", "inf", "۱/۲"])
def test_what_is_no_share_is_refused(typed):
    with pytest.raises(ValidationError):
        PercentField().clean(typed)
