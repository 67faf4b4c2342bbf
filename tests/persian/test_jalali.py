import datetime as dt
import time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from persian.digits import to_persian
from persian.jalali import (
    TEHRAN,
    JalaliError,
    format_date,
    format_datetime,
    from_jalali,
    jalali_parts,
    last_day_of_year,
    month_key,
    parse_date,
    parse_datetime,
)

FIRST, LAST = from_jalali(1300, 1, 1), last_day_of_year(1500)
DAYS = st.dates(FIRST, LAST)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("۹۹/۱۲/۲۹", "2021-03-19"),
        ("1399/12/29", "2021-03-19"),
        ("1399-12-29", "2021-03-19"),
        ("1399/12/30", "2021-03-20"),
        ("1403/12/30", "2025-03-20"),
        ("05/01/01", "2026-03-21"),
        ("1405/06/31", "2026-09-22"),
        ("٠٥.٩.١", "2026-11-22"),
        (" ۱۴۰۵ / ۹ / ۱ ", "2026-11-22"),
        ("14050901", "2026-11-22"),
        ("۱ آذر ۱۴۰۵", "2026-11-22"),
        ("یکشنبه ۱ آذر ۱۴۰۵", "2026-11-22"),
        ("يكشنبه ۱ آذر ماه ۱۴۰۵", "2026-11-22"),
        ("1 azar 1405", "2026-11-22"),
        ("69/01/01", "1990-03-21"),
        ("68/01/01", "2089-03-20"),
    ],
)
def test_dates_are_read_however_they_are_written(typed, day):
    assert parse_date(typed).isoformat() == day


@pytest.mark.parametrize(
    "typed",
    [
        "1400/12/30",
        "1404/12/30",
        "1405/07/31",
        "2021/03/19",
        "1405/13/01",
        "1405/00/10",
        "1405/01/00",
        "1299/01/01",
        "1501/01/01",
        "",
        "   ",
        "/",
        "1405/9",
        "1405/9/1/2",
        "۱ آبانک ۱۴۰۵",
        "140/01/01",
        "²²/1/1",
        "1405/9/1\x00",
        "१४०५/०९/०१",
        "-1405/9/1",
        "9" * 60,
    ],
)
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(JalaliError) as refused:
        parse_date(typed)
    assert str(refused.value)


def test_a_million_characters_are_refused_at_once():
    started = time.process_time()
    for text in ("1" * 10**6, " " * 10**6, "1405/9/1" + "\u200c" * 10**6):
        with pytest.raises(JalaliError):
            parse_date(text)
        with pytest.raises(JalaliError):
            parse_datetime(text)
    assert time.process_time() - started < 0.5


def test_the_refusal_says_what_is_wrong():
    with override("en"), pytest.raises(JalaliError, match="29 days; there is no day 30"):
        parse_date("1404/12/30")
    with override("en"), pytest.raises(JalaliError, match="Persian calendar, between 1300"):
        parse_date("2026/11/22")


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1399, "2021-03-20"),
        (1403, "2025-03-20"),
        (1404, "2026-03-20"),
        (1405, "2027-03-20"),
        (1406, "2028-03-19"),
    ],
)
def test_last_day_of_a_year(year, day):
    assert last_day_of_year(year).isoformat() == day


def test_leap_years():
    known = {1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441}
    leap = {y for y in range(1388, 1442) if jalali_parts(last_day_of_year(y))[2] == 30}
    assert leap == known


@given(st.integers(1300, 1499))
def test_the_day_after_the_last_is_the_first(year):
    assert last_day_of_year(year) + dt.timedelta(days=1) == from_jalali(year + 1, 1, 1)


@given(DAYS)
def test_every_day_goes_round(day):
    known = JalaliDate.to_jalali(day)
    assert jalali_parts(day) == (known.year, known.month, known.day)
    assert from_jalali(*jalali_parts(day)) == day
    for language in ("fa", "en"):
        with override(language):
            assert parse_date(format_date(day)) == day
            assert parse_date(format_date(day, "long")) == day
            assert parse_date(format_date(day, digits=False)) == day


@given(
    st.datetimes(dt.datetime(1922, 1, 1), dt.datetime(2120, 1, 1), timezones=st.just(dt.UTC)).map(
        lambda at: at.replace(second=0, microsecond=0)
    )
)
def test_every_minute_goes_round_but_the_hour_that_comes_twice(moment):
    wall = moment.astimezone(TEHRAN)
    if wall.utcoffset().total_seconds() % 60:
        return  # local mean time before 1935: no minute of ours
    with override("fa"):
        read = parse_datetime(format_datetime(moment))
    assert read == (moment if not wall.fold else wall.replace(fold=0).astimezone(dt.UTC))


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("۱۴۰۵/۰۹/۰۱ ۱۴:۳۰", "2026-11-22T11:00:00+00:00"),
        ("1405/9/1 9:05:07", "2026-11-22T05:35:07+00:00"),
        ("1405/09/01T14:30", "2026-11-22T11:00:00+00:00"),
        ("یکشنبه ۱ آذر ۱۴۰۵، ساعت ۱۴:۳۰", "2026-11-22T11:00:00+00:00"),
        ("1400/04/01 12:00", "2021-06-22T07:30:00+00:00"),  # summer time, +04:30
    ],
)
def test_moments_are_read_by_the_clock_of_tehran(typed, utc):
    assert parse_datetime(typed).isoformat() == utc


@pytest.mark.parametrize(
    "typed",
    [
        "1405/09/01",
        "1405/09/01 24:00",
        "1405/09/01 12:60",
        "1405/07/31 10:00",
        "14:30",
        "1405/09/01 1430",
        "1400/01/02 00:30",  # skipped by summer time
        "1405/09/01 14:30\x00",
    ],
)
def test_what_is_no_moment_is_refused(typed):
    with pytest.raises(JalaliError):
        parse_datetime(typed)


def test_writing():
    moment = dt.datetime(2026, 11, 22, 20, 45, tzinfo=dt.UTC)  # 2 Azar, 00:15 in Tehran
    with override("fa"):
        assert format_date(moment) == "۱۴۰۵/۰۹/۰۲"
        assert format_date(moment, digits=False) == "1405/09/02"
        assert format_date(dt.date(2026, 11, 22), "long") == "یکشنبه ۱ آذر ۱۴۰۵"
        assert format_datetime(moment) == "۱۴۰۵/۰۹/۰۲ ۰۰:۱۵"
        assert format_datetime(moment, "long") == "دوشنبه ۲ آذر ۱۴۰۵، ساعت ۰۰:۱۵"
    with override("en"):
        assert format_date(moment) == "1405/09/02"
        assert format_datetime(moment, "long") == "Monday 2 Azar 1405, 00:15"


def test_month_key_sorts_and_says_no_day():
    assert month_key(dt.datetime(2026, 11, 21, 20, 45, tzinfo=dt.UTC)) == "1405-09"
    assert month_key(dt.date(2026, 11, 21)) == "1405-08"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="naive"):
        format_date(dt.datetime(2026, 1, 1, 12))


@given(DAYS)
def test_short_dates_read_the_same_in_every_script(day):
    with override("en"):
        ascii_form = format_date(day)
    assert parse_date(to_persian(ascii_form)) == parse_date(ascii_form) == day
