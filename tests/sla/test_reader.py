import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian.jalali import from_jalali
from sla.blanks import find_blanks, find_blanks_in_html
from sla.enums import ClauseType
from sla.reader import MAX_BYTES, ReadError, decode, guess_type, read_agreement

GOOD = "## توافق\n\n### هدف\n\nمتن\n\n### دوره\n\nتا تاریخ {day} معتبر است.\n"


def test_the_fixture_is_read_whole(agreement_bytes):
    found = read_agreement(decode(agreement_bytes))
    assert found.title == "توافق نامه سطح خدمات ادارهٔ نمونه"
    assert [clause.type for clause in found.clauses] == [
        ClauseType.INTRODUCTION,
        ClauseType.PURPOSE,
        ClauseType.RESPONSIBILITY,
        ClauseType.AVAILABILITY,
        ClauseType.FEES,
        ClauseType.PERIOD,
        ClauseType.TERMINATION,
        ClauseType.CONFIDENTIALITY,
    ]
    assert [clause.nested for clause in found.clauses] == [False] * 6 + [True] * 2
    assert found.valid_to == from_jalali(1406, 6, 31)
    assert found.valid_from is None
    assert found.clauses[3].title == "دسترس پذیری"
    assert "<li>" in found.clauses[2].html
    assert "<strong>" in found.clauses[2].html
    assert found.clauses[4].free
    assert [clause.title for clause in found.g2g_clauses] == ["دوره عملکرد"]


def test_the_blank_is_named_with_its_clause_and_line(agreement_bytes):
    [found] = read_agreement(decode(agreement_bytes)).blanks
    assert found.clause == "دوره عملکرد"
    assert found.blank.text == "[مدت توافق دو دستگاه]"
    lines = agreement_bytes.decode().splitlines()
    assert found.blank.text in lines[found.blank.line - 1]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("۹۹/۱۲/۲۹", date(2021, 3, 19)),
        ("99/12/29", date(2021, 3, 19)),
        ("٩٩/١٢/٢٩", date(2021, 3, 19)),
        ("۱۳۹۹/۱۲/۳۰", date(2021, 3, 20)),
        ("05/01/01", date(2026, 3, 21)),
    ],
)
def test_the_date_of_the_end_is_read_however_it_is_written(written, meant):
    assert read_agreement(GOOD.format(day=written)).valid_to == meant


def test_a_beginning_is_read_too():
    text = GOOD.format(day="1405/12/29").replace("تا تاریخ", "از 1405/01/01 تا تاریخ")
    found = read_agreement(text)
    assert (found.valid_from, found.valid_to) == (date(2026, 3, 21), from_jalali(1405, 12, 29))


@pytest.mark.parametrize(
    "text",
    [
        "متنی بی هیچ عنوان، معتبر تا ۹۹/۱۲/۲۹.",
        "## تنها یک عنوان\n\nمعتبر تا ۹۹/۱۲/۲۹",
        "## توافق\n\n### هدف\n\nبی‌تاریخ",
        GOOD.format(day="1400/12/30"),
        GOOD.format(day="2021/03/19"),
        GOOD.format(day="99/13/01"),
        GOOD.format(day="1405/01/01").replace("تا تاریخ", "از 1406/01/01 تا تاریخ"),
        "# x\n" + "## a\n\nb\n" * 300 + "تا 1405/01/01",
        "| a | b |\n|---|---|\n",
    ],
)
def test_what_is_no_such_agreement_gets_one_error(text):
    with pytest.raises(ReadError):
        read_agreement(text)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n\n",
        b"\xff\xfe\x00d",
        "توافق".encode("cp1256"),
        "توافق".encode("utf-16"),
        b"%PDF-1.7\n\x00\x01\x02",
        b"\x89PNG\r\n\x1a\n",
        b"## a\n\x00\n",
        b"a" * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_text_gets_one_error(data):
    with pytest.raises(ReadError):
        decode(data)


def test_markup_in_the_file_stays_text():
    found = read_agreement(GOOD.format(day="1405/01/01") + "\n<script>alert(1)</script>\n")
    assert "<script" not in "".join(clause.html for clause in found.clauses)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text):
    try:
        found = read_agreement(text)
    except ReadError:
        return
    assert found.clauses


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data):
    with contextlib.suppress(ReadError):
        assert isinstance(decode(data), str)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("دسترس‌پذیری", ClauseType.AVAILABILITY),
        ("دسترس پذيري:", ClauseType.AVAILABILITY),
        ("هزينه ها", ClauseType.FEES),
        ("مسئوليت‌ها", ClauseType.RESPONSIBILITY),
        ("خاتمهٔ توافق‌نامه", ClauseType.TERMINATION),
        ("تعاریف", ClauseType.DEFINITIONS),
        ("تعهدات طرفین", ClauseType.COMMITMENTS),
        ("حل و فصل تنازع", ClauseType.OTHER),
        ("Fees and payments", ClauseType.FEES),
    ],
)
def test_the_type_is_guessed_whatever_the_keyboard(heading, kind):
    assert guess_type(heading) == kind


@given(st.text(alphabet="ab[]［］\n ", max_size=60))
def test_every_closed_bracket_pair_is_a_blank(text):
    found = find_blanks(text)
    for blank in found:
        assert blank.text[0] in "[［"
        assert blank.text[-1] in "]］"
        assert 1 <= blank.line <= text.count("\n") + 1
    if "[a]" in text:
        assert found


def test_tags_inside_a_blank_do_not_hide_it():
    markup = "<p>تا [<b>مدت</b> زمان] و</p><p>&#91;نام&#93;</p>"
    assert [blank.text for blank in find_blanks_in_html(markup)] == ["[مدت زمان]", "[نام]"]


def test_a_line_with_a_thousand_open_brackets_takes_no_time():
    assert find_blanks("[" * 20_000) == []
