import datetime as dt
import re

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import override

NOON = dt.datetime(2026, 11, 22, 11, 0, tzinfo=dt.UTC)


def render(expression: str, language: str = "fa", **context: object) -> str:
    with override(language):
        return Template("{% load persian %}{{ " + expression + " }}").render(Context(context))


@pytest.mark.parametrize(
    ("expression", "value", "persian", "english"),
    [
        ("x|fa_digits", 1405, "۱۴۰۵", "1405"),
        ("x|fa_digits", None, "", ""),
        ("x|grouped", 1234567, "۱٬۲۳۴٬۵۶۷", "1,234,567"),
        ("x|grouped", "many", "", ""),
        ("x|jdate", dt.date(2021, 3, 19), "۱۳۹۹/۱۲/۲۹", "1399/12/29"),
        ("x|jdate", "2021-03-19", "۱۳۹۹/۱۲/۲۹", "1399/12/29"),
        ("x|jdate_long", NOON, "یکشنبه ۱ آذر ۱۴۰۵", "Sunday 1 Azar 1405"),
        ("x|jdatetime", NOON, "یکشنبه ۱ آذر ۱۴۰۵، ساعت ۱۴:۳۰", "Sunday 1 Azar 1405, 14:30"),
        ("x|jdatetime", "2026-11-22T11:00:00Z", "یکشنبه ۱ آذر ۱۴۰۵، ساعت ۱۴:۳۰", None),
        ("x|jdatetime_short", NOON, "۱۴۰۵/۰۹/۰۱ ۱۴:۳۰", "1405/09/01 14:30"),
        ("x|jdatetime", dt.date(2026, 11, 22), "یکشنبه ۱ آذر ۱۴۰۵", None),
    ],
)
def test_filters_speak_the_active_language(expression, value, persian, english):
    assert render(expression, "fa", x=value) == persian
    if english is not None:
        assert render(expression, "en", x=value) == english


@pytest.mark.parametrize("name", ["jdate", "jdate_long", "jdatetime", "jdatetime_short", "jago"])
@pytest.mark.parametrize("value", [None, "", "soon", 12, dt.date(1, 1, 1), object(), "2026-13-01"])
def test_what_is_no_date_is_an_empty_text(name, value):
    assert render(f"x|{name}", x=value) == ""


def test_digits_in_markup_and_entities_stay():
    html = mark_safe('<a href="/2/">2 &#39;3&#39;</a>')
    assert render("x|fa_digits", x=html) == '<a href="/2/">۲ &#39;۳&#39;</a>'


@pytest.mark.parametrize("name", ["fa_digits", "code_groups", "bdi_ltr"])
def test_nothing_unsafe_gets_through(name):
    assert "<script" not in render(f"x|{name}", x="<script>1")


def test_a_code_is_grouped_for_the_eye_and_bare_for_the_clipboard():
    html = render("x|code_groups", x="۱۲۳۴۵۶۷۸۹۰۱۲")
    assert html == (
        '<bdi dir="ltr" class="code"><span>1234</span><span>5678</span><span>9012</span></bdi>'
    )


@pytest.mark.parametrize(
    ("size", "english"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (154, "154 bytes"),
        (8192, "8 KB"),
        (1023 * 1024, "1,023 KB"),
        (1024 * 1024, "1 MB"),
        (int(2.54 * 1024 * 1024), "2.5 MB"),
        (None, ""),
        ("x", ""),
        (-1, ""),
    ],
)
def test_sizes_of_files_are_said_as_people_say_them(size, english):
    assert render("x|file_size", "en", x=size) == english
    persian = render("x|file_size", "fa", x=size)
    assert not re.search("[0-9]", persian)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+989123456789", "0912 345 6789"),
        ("+982112345678", "021 1234 5678"),
        ("09123", "09123"),
        ("<b>", "&lt;b&gt;"),
        ("", ""),
        (None, ""),
    ],
)
def test_phone_numbers_stand_in_their_groups(stored, shown):
    assert render("x|phone_number", "en", x=stored) == f'<bdi dir="ltr">{shown}</bdi>'


def test_phone_numbers_have_the_readers_digits():
    assert "۰۹۱۲ ۳۴۵ ۶۷۸۹" in render("x|phone_number", "fa", x="+989123456789")


def test_numbers_keep_their_order():
    assert render("x|bdi_ltr", x="+98 86 3367") == '<bdi dir="ltr">+98 86 3367</bdi>'
    assert render("x|bdi_ltr", x=None) == '<bdi dir="ltr"></bdi>'


@pytest.mark.parametrize(
    ("ago", "english"),
    [
        (dt.timedelta(seconds=5), "just now"),
        (dt.timedelta(minutes=1, seconds=5), "1 minute ago"),
        (dt.timedelta(minutes=45), "45 minutes ago"),
        (dt.timedelta(hours=3), "3 hours ago"),
        (dt.timedelta(days=3), "3 days ago"),
        (dt.timedelta(hours=-2, seconds=-5), "in 2 hours"),
        (dt.timedelta(days=-1, seconds=-5), "in 1 day"),
    ],
)
def test_how_far_a_moment_is(ago, english):
    assert render("x|jago", "en", x=timezone.now() - ago) == english


def test_a_moment_long_past_is_told_by_its_date():
    assert render("x|jago", "fa", x=NOON - dt.timedelta(days=3650)).startswith("۱۳۹")
    assert render("x|jago", "fa", x=dt.date(2021, 3, 19)) == "۱۳۹۹/۱۲/۲۹"
