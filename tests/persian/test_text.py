import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from persian.text import (
    ZWNJ,
    control_characters,
    fold,
    identifier,
    index_text,
    index_words,
    normalise,
    search_key,
    sort_key,
    words,
)

# Text of the kind that goes wrong: letters of both keyboards, marks, invisibles, forms, spaces.
TRICKY = st.text(
    alphabet="اآأئيىےیكکڪۀةهءؤومـ¬\u200c\u200b\u200d\u200e\u202a\u2066\ufeff\u00a0\u202f \t\n\r"
    "\u2028\u0653\u0654\u0655\u064b\u0670ﻻﷲﷺﻲﮎ0١۲²Aéé.…",
    max_size=30,
)
ANY = st.text(max_size=60) | TRICKY


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("درخواست¬ها  ي ك", f"درخواست{ZWNJ}ها ی ک"),
        (f"می {ZWNJ}شود", "می شود"),
        ("ﻻزم", "لازم"),
        ("موسى مهدے ڪتاب", "موسی مهدی کتاب"),
        ("ســـلام", "سلام"),
        ("الف\u00a0ب\u202fپ", "الف ب پ"),
        (f"می{ZWNJ}{ZWNJ}{ZWNJ}شود", f"می{ZWNJ}شود"),
        (f"{ZWNJ} سلام {ZWNJ}", "سلام"),
        ("سل\u200bا\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeffم", "سلام"),
        ("a \t  b", "a b"),
        ("یک\r\nدو\rسه\u2028چهار", "یک\nدو\nسه\nچهار"),
        ("یک \n\n دو", "یک\n\nدو"),
        ("ا\u200b\u0653ب", "آب"),
        ("۱۲ و ٣ و 4…", "۱۲ و ٣ و 4…"),
        ("", ""),
    ],
)
def test_normalise(typed, stored):
    assert normalise(typed) == stored


@given(ANY)
@example("ا\u200b\u0653")
@example("ﺎ\u0653")
@example("\r\u200b\n")
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@given(ANY)
def test_search_forms_do_not_care_about_normalising(text):
    assert fold(normalise(text)) == fold(text)
    assert search_key(normalise(text)) == search_key(text)
    assert index_text(normalise(text)) == index_text(text)


@given(ANY)
def test_normalised_text_is_clean_at_its_edges(text):
    stored = normalise(text)
    assert stored == stored.strip(f" \t\n{ZWNJ}")
    assert not set(stored) & set("يىےكڪـ¬\u200b\u200d\ufeff\u200e\u200f\u202a\u2066\u00a0\r")
    assert "  " not in stored
    assert f" {ZWNJ}" not in stored
    assert f"{ZWNJ} " not in stored


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("008-457594-8", "0084575948"),
        ("۰۰۸ ۴۵۷‌۵۹۴/۸", "0084575948"),
        ("(086) 33.67_3001", "0863367" + "3001"),
        ("\u2066٠٩١٢–٣٤٥\u2069\u00a0۶۷۸۹", "09123456789"),
        ("+98 912", "+98912"),
        ("²", "²"),
    ],
)
def test_identifiers_are_bare(typed, bare):
    assert identifier(typed) == bare


def test_one_search_key_for_every_keyboard():
    assert search_key(f"پیگیری{ZWNJ}ِ درخواست{ZWNJ}ها") == search_key("پيگيري درخواست ها")
    assert search_key("ۀ ة ؤ ئ آ أ إ") == "ههویااا"
    assert search_key("ABC ۱۲٣") == "abc123"


DOCUMENTS = {
    "card": "پیگیری کارت ملی",
    "card-ar": "پيگيري كارت ملي",
    "half": f"ثبت درخواست{ZWNJ}های مردمی",
    "joined": "ثبت درخواستهای مردمی",
    "apart": "ثبت درخواست های مردمی",
    "file-fa": "پرونده ۱۲۳۴۵",
    "file": "پرونده 12345",
    "resp": "مسئول پاسخ",
    "resp-waw": "مسؤول پاسخ",
    "water": f"آب منطقه{ZWNJ}ای",
    "water-plain": "اب منطقه ای",
    "science-marks": "عِلمِ داده",
    "science": "علم داده",
    "hello-long": "ســـلام شهروند",
    "hello": "سلام شهروند",
}
REQUESTS = {"half", "joined", "apart"}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("کارت", {"card", "card-ar"}),
        ("كارت", {"card", "card-ar"}),
        ("پیگیری", {"card", "card-ar"}),
        (f"درخواست{ZWNJ}های", REQUESTS),
        ("درخواستهای", REQUESTS),
        ("درخواست", REQUESTS),
        ("درخواست های", REQUESTS),
        ("12345", {"file", "file-fa"}),
        ("۱۲۳۴۵", {"file", "file-fa"}),
        ("مسئول", {"resp", "resp-waw"}),
        ("مسوول", {"resp", "resp-waw"}),
        ("مسؤول", {"resp", "resp-waw"}),
        ("آب", {"water", "water-plain"}),
        ("اب", {"water", "water-plain"}),
        ("علم", {"science", "science-marks"}),
        ("سلام", {"hello", "hello-long"}),
    ],
)
def test_a_word_finds_every_spelling(query, wanted):
    found = {name for name, text in DOCUMENTS.items() if set(words(query)) <= index_words(text)}
    assert found == wanted


def test_plain_reading_of_hamza_is_indexed_too():
    assert "مسیول" in index_words("مسئول")


def test_index_holds_one_line_where_nothing_differs():
    assert index_text("سلام شهروند") == "سلام شهروند"


@given(ANY)
def test_every_word_of_a_text_finds_the_text(text):
    assert set(words(text)) <= index_words(text)


@pytest.mark.parametrize("bad", ["\x00", "\x1b[31m", "\x7f", "\x9f", "\ud800", "\uffff"])
def test_control_characters_are_seen(bad):
    assert control_characters(f"سلام{bad}")


@pytest.mark.parametrize("good", ["سلام\nدنیا\tو\r\n", f"می{ZWNJ}شود", "😀", "\x85"])
def test_text_is_not_mistaken_for_control_characters(good):
    assert not control_characters(good)


@pytest.mark.parametrize(
    "text", [ZWNJ * 10**6, " " * 10**6, f"{ZWNJ} " * 500_000, "آ" * 10**6, "ـ\u0653" * 500_000]
)
def test_a_million_characters_cost_a_moment(text):
    started = time.process_time()
    normalise(text)
    identifier(text)
    control_characters(text)
    assert time.process_time() - started < 5


def test_names_sort_as_in_a_persian_dictionary():
    in_order = ["۲ راه", "آبیاری", "اراک", "بندر", "پل", "پل‌سازی", "چشمه", "ژاله", "کار", "گاز"]
    in_order += ["لاله", "وام", "هوا", "یزد", "Arak"]
    assert sorted(set(in_order), key=sort_key) == in_order
    assert sort_key("كاريز") == sort_key("کاریز") == sort_key("كاري‌ز")
    assert sort_key("a" * 3 + "راه").isascii()
