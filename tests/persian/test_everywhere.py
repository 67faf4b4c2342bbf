import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import formats, timezone
from django.utils.translation import override
from wagtail.utils.timestamps import render_timestamp

from persian.everywhere import date_format, use_jalali

NOON = dt.datetime(2026, 11, 22, 11, 0, tzinfo=dt.UTC)
DAY = dt.date(2021, 3, 19)


def render(source: str, value: object, language: str) -> str:
    with override(language):
        return Template("{% load wagtailadmin_tags %}" + source).render(Context({"x": value}))


@pytest.mark.parametrize(
    ("source", "value", "persian", "english"),
    [
        ("{{ x }}", NOON, "۱ آذر ۱۴۰۵، ساعت ۱۴:۳۰", "1 Azar 1405, 14:30"),
        ("{{ x }}", DAY, "۲۹ اسفند ۱۳۹۹", "29 Esfand 1399"),
        ("{{ x|date }}", NOON, "۱ آذر ۱۴۰۵", "1 Azar 1405"),
        ("{{ x|date:'DATETIME_FORMAT' }}", DAY, "۲۹ اسفند ۱۳۹۹", "29 Esfand 1399"),
        ("{{ x|date:'SHORT_DATE_FORMAT' }}", NOON, "۱۴۰۵/۰۹/۰۱", "1405/09/01"),
        ("{{ x|date:'SHORT_DATETIME_FORMAT' }}", NOON, "۱۴۰۵/۰۹/۰۱ ۱۴:۳۰", "1405/09/01 14:30"),
        ("{{ x|date:'YEAR_MONTH_FORMAT' }}", NOON, "آذر ۱۴۰۵", "Azar 1405"),
        ("{{ x|date:'MONTH_DAY_FORMAT' }}", NOON, "۱ آذر", "1 Azar"),
        ("{{ x|date:'c' }}", DAY, "2021-03-19", "2021-03-19"),
        ("{{ x|date:'Y-m-d H:i' }}", NOON, "2026-11-22 14:30", "2026-11-22 14:30"),
        ("{{ x|date }}", None, "", ""),
        ("{{ x|date }}", "soon", "", ""),
    ],
)
def test_dates_for_people_are_jalali_and_those_for_machines_are_not(
    source, value, persian, english
):
    assert render(source, value, "fa") == persian
    assert render(source, value, "en") == english


def test_wagtails_own_ways_of_writing_are_covered():
    with override("fa"):
        assert render_timestamp(NOON) == "۱ آذر ۱۴۰۵، ساعت ۱۴:۳۰"
    html = render("{% human_readable_date x %}", NOON, "fa")
    assert 'data-w-tooltip-content-value="۱ آذر ۱۴۰۵، ساعت ۱۴:۳۰"' in html
    assert 'datetime="2026-11-22T14:30:00+03:30"' in html


def test_the_clock_is_that_of_tehran_in_every_users_zone():
    with timezone.override(ZoneInfo("America/New_York")), override("en"):
        assert formats.date_format(NOON, "SHORT_DATETIME_FORMAT") == "1405/09/01 14:30"
        naive = dt.datetime(2026, 11, 22, 6, 0)
        assert formats.date_format(naive, "SHORT_DATETIME_FORMAT") == "1405/09/01 14:30"


def test_a_day_before_the_calendar_is_written_as_django_does():
    assert formats.date_format(dt.date(1, 1, 1), "Y") == "0001"
    with override("en"):
        assert formats.date_format(dt.date(1, 1, 1)) == "Jan. 1, 0001"


def test_doing_it_twice_changes_nothing():
    use_jalali()
    assert formats.date_format is date_format
