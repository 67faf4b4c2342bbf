"""The arithmetic of promised times, against a slow count minute by minute."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from persian.jalali import TEHRAN, from_jalali
from sla import clock
from sla.calendar import SpecialDays, Week, WorkingCalendar, moment_of
from sla.clock import days_passed, due, elapsed, explain
from sla.enums import Unit
from sla.hours import Hours

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OFFICE = (Hours(450, 870),)  # 7:30-14:30
CLOSED: tuple[Hours, ...] = ()
# As date.weekday() counts: Monday first.
FRIDAY_ONLY = (OFFICE, OFFICE, OFFICE, OFFICE, CLOSED, OFFICE, OFFICE)
THURSDAY_TOO = (OFFICE, OFFICE, OFFICE, CLOSED, CLOSED, OFFICE, OFFICE)
ALWAYS = date(1950, 1, 1)


def calendar(week=FRIDAY_ONLY, holidays=(), special=()):
    return WorkingCalendar((Week(ALWAYS, None, False, week),), frozenset(holidays), tuple(special))


def closure(day, order=1000):
    return SpecialDays(day, day, True, order, CLOSED)


def at(year, month, day, hour=9, minute=0):
    """A moment by the clock of Tehran."""
    here = datetime.combine(from_jalali(year, month, day), datetime.min.time(), TEHRAN)
    return (here + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def library_holidays(*years):
    """The holidays of the library, as `sla.holidays` reads them."""
    from sla.holidays import _library

    return {day for year in years for day, _name, _provisional in _library(year)}


# The vectors of the reference


@pytest.mark.parametrize(
    ("week", "last"), [(THURSDAY_TOO, (1406, 1, 21)), (FRIDAY_ONLY, (1406, 1, 17))]
)
def test_fifteen_working_days_over_nowruz(week, last):
    found = due(
        calendar(week, library_holidays(1405, 1406)), at(1405, 12, 20), 15, Unit.WORKING_DAYS
    )
    assert found == at(*last, 14, 30)


@pytest.mark.parametrize("year", [1399, 1403, 1408])
def test_the_thirtieth_of_esfand_of_a_leap_year_is_a_day(year):
    assert due(calendar(), at(year, 12, 29), 1, Unit.DAYS) == at(year + 1, 1, 1, 0)
    leap_day = from_jalali(year, 12, 30)
    found = due(calendar(), at(year, 12, 29), 1, Unit.WORKING_DAYS)
    closed = leap_day.weekday() == 4
    assert found == (at(year + 1, 1, 1, 14, 30) if closed else at(year, 12, 30, 14, 30))


def test_the_day_of_the_start_does_not_count_whenever_it_is():
    for hour in (0, 6, 10, 20):
        assert due(calendar(), at(1405, 9, 1, hour), 1, Unit.WORKING_DAYS) == at(1405, 9, 2, 14, 30)


def test_working_hours_go_on_where_they_left_off():
    start = at(1405, 9, 3, 13)  # Tuesday
    assert due(calendar(THURSDAY_TOO), start, 3, Unit.WORKING_HOURS) == at(1405, 9, 4, 9)
    assert due(calendar(THURSDAY_TOO), at(1405, 9, 4, 13, 30), 2, Unit.WORKING_HOURS) == at(
        1405, 9, 7, 8, 30
    )


def test_hours_that_end_at_the_closing_are_due_at_the_closing():
    assert due(calendar(), at(1405, 9, 3, 13, 30), 1, Unit.WORKING_HOURS) == at(1405, 9, 3, 14, 30)


def test_summer_time_of_old_years_is_that_of_tehran():
    # 1400/01/02: the clock went from 0:00 to 1:00.
    start = at(1400, 1, 1, 23)
    assert due(calendar(), start, 2, Unit.HOURS) - start == timedelta(hours=2)
    assert due(calendar(), start, 1, Unit.DAYS).astimezone(TEHRAN).hour == 0


@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.WORKING_HOURS])
@pytest.mark.parametrize(
    "empty", [WorkingCalendar(), calendar((CLOSED,) * 7)], ids=["no weeks", "always closed"]
)
def test_a_calendar_without_working_days_has_no_due_time(unit, empty):
    assert due(empty, at(1405, 9, 1), 1, unit) is None
    assert elapsed(empty, at(1405, 9, 1), at(1405, 10, 1), unit) == timedelta()
    assert explain(empty, at(1405, 9, 1), 1, unit).due is None


def test_a_case_that_waits_over_a_night_loses_both_days_and_within_a_day_none():
    days = calendar()
    start = at(1405, 9, 1)
    over_night = [(at(1405, 9, 2, 10), at(1405, 9, 3, 11))]
    assert due(days, start, 1, Unit.WORKING_DAYS, over_night) == at(1405, 9, 4, 14, 30)
    same_day = [(at(1405, 9, 2, 10), at(1405, 9, 2, 13))]
    assert due(days, start, 1, Unit.WORKING_DAYS, same_day) == at(1405, 9, 2, 14, 30)
    after_hours = [(at(1405, 9, 2, 15), at(1405, 9, 3, 7))]
    assert due(days, start, 2, Unit.WORKING_DAYS, after_hours) == at(1405, 9, 3, 14, 30)


def test_the_explanation_names_each_day_and_why_it_did_not_count():
    holiday, closed = from_jalali(1405, 9, 4), from_jalali(1405, 9, 7)
    days = calendar(THURSDAY_TOO, [holiday], [closure(closed)])
    pauses = [(at(1405, 9, 8, 10), at(1405, 9, 9, 9))]
    found = explain(
        days, at(1405, 9, 2), 2, Unit.WORKING_DAYS, pauses, {holiday: "عید", closed: "آلودگی هوا"}
    )
    assert [day for day, _time in found.counted] == [
        from_jalali(1405, 9, 3),
        from_jalali(1405, 9, 10),
    ]
    assert [(row.because, row.reason) for row in found.closed] == [
        ("holiday", "عید"),
        ("week", ""),
        ("week", ""),
        ("special", "آلودگی هوا"),
    ]
    assert found.waiting == (from_jalali(1405, 9, 8), from_jalali(1405, 9, 9))
    assert found.paused == timedelta(hours=23)
    assert found.due == at(1405, 9, 10, 14, 30)


# Properties, against an independent count

HOURS = st.sampled_from(
    [
        (Hours(450, 870),),
        (Hours(480, 720), Hours(780, 960)),
        (Hours(360, 1080),),
        (Hours(540, 780),),
    ]
)
WEEKENDS = st.sampled_from([{4}, {3, 4}, {4, 5}, set(range(7))])


@st.composite
def calendars(draw, *, working=True):
    shut = draw(WEEKENDS if not working else st.sampled_from([{4}, {3, 4}]))
    hours = draw(HOURS)
    week = tuple(CLOSED if number in shut else hours for number in range(7))
    first = draw(first_days())
    holidays = draw(st.sets(st.integers(0, 30), max_size=8))
    late = draw(st.one_of(st.none(), st.integers(0, 20)))
    special = []
    if late is not None:
        day = first + late * DAY
        special = [SpecialDays(day, day + 2 * DAY, False, 1, (Hours(600, 720),))]
    return first, calendar(week, {first + n * DAY for n in holidays}, special)


def first_days():
    """Days before Nowruz of ordinary and leap years, and some others."""
    years = st.sampled_from([1398, 1399, 1400, 1403, 1404, 1405, 1408])
    around = st.builds(
        lambda y, back: from_jalali(y + 1, 1, 1) - back * DAY, years, st.integers(0, 12)
    )
    return st.one_of(around, st.builds(lambda y: from_jalali(y, 6, 25), years))


@st.composite
def situations(draw):
    """A calendar, a start, an amount with its unit, and some pauses; all to the minute."""
    first, days = draw(calendars())
    start = moment_of(first, draw(st.integers(0, 1439)))
    unit = draw(st.sampled_from(list(Unit)))
    amount = draw(st.integers(1, 12))
    pauses = draw(st.lists(pauses_after(start), max_size=3))
    return days, start, amount, unit, pauses


def pauses_after(start):
    def make(begins, length):
        return start + begins * MINUTE, start + (begins + length) * MINUTE

    return st.builds(make, st.integers(0, 12 * 1440), st.integers(0, 6 * 1440))


def counts(days, moment, unit, pauses):
    """Whether this minute counts: asked of the calendar's rows, with no arithmetic of spans."""
    if any(begins <= moment < ends for begins, ends in pauses):
        return False
    if unit in (Unit.HOURS, Unit.DAYS):
        return True
    wall = moment.astimezone(TEHRAN)
    minute = wall.hour * 60 + wall.minute
    return any(span.opens <= minute < span.closes for span in days.hours_on(wall.date()))


def slow_elapsed(days, start, end, unit, pauses):
    minutes, moment = 0, start
    while moment < end:
        minutes += counts(days, moment, unit, pauses)
        moment += MINUTE
    return minutes * MINUTE


def slow_due(days, start, amount, unit, pauses, limit=120):
    """Walk minute by minute until enough has passed."""
    end, moment = start + limit * DAY, start
    if unit in (Unit.HOURS, Unit.WORKING_HOURS):
        left = amount * 60
        while moment < end:
            left -= counts(days, moment, unit, pauses)
            moment += MINUTE
            if not left:
                return moment
        return None
    day = start.astimezone(TEHRAN).date()
    for _n in range(limit):
        day += DAY
        midnight = datetime.combine(day, datetime.min.time(), TEHRAN).astimezone(UTC)
        after = datetime.combine(day + DAY, datetime.min.time(), TEHRAN).astimezone(UTC)
        length = int((after - midnight) / MINUTE)
        open_minutes = [
            midnight + n * MINUTE
            for n in range(length)
            if counts(days, midnight + n * MINUTE, unit, ())
        ]
        if not open_minutes:
            continue
        first, last = open_minutes[0], open_minutes[-1]
        amount -= counts(days, first, unit, pauses) and counts(days, last, unit, pauses)
        if not amount:
            return last + MINUTE
    return None


@settings(max_examples=60, deadline=None)
@given(situations())
def test_it_agrees_with_counting_minute_by_minute(situation):
    days, start, amount, unit, pauses = situation
    found = due(days, start, amount, unit, pauses)
    assert found == slow_due(days, start, amount, unit, pauses)
    end = min(found or start, start + 5 * DAY)
    assert elapsed(days, start, end, unit, pauses) == slow_elapsed(days, start, end, unit, pauses)


@settings(max_examples=300, deadline=None)
@given(situations())
def test_due_and_elapsed_agree_and_nothing_runs_backwards(situation):
    days, start, amount, unit, pauses = situation
    found = due(days, start, amount, unit, pauses)
    assert found is not None
    assert found > start
    if unit in (Unit.HOURS, Unit.WORKING_HOURS):
        assert elapsed(days, start, found, unit, pauses) == timedelta(hours=amount)
        assert elapsed(days, start, found - MINUTE, unit, pauses) < timedelta(hours=amount)
    else:
        assert days_passed(days, start, found, unit, pauses) == amount
        assert days_passed(days, start, found - MINUTE, unit, pauses) == amount - 1


@settings(max_examples=200, deadline=None)
@given(situations(), st.integers(0, 20))
def test_one_closed_day_more_never_makes_it_earlier(situation, offset):
    days, start, amount, unit, pauses = situation
    shut = closure(start.astimezone(TEHRAN).date() + offset * DAY)
    closed = WorkingCalendar(days.weeks, days.holidays, (*days.special, shut))
    assert due(closed, start, amount, unit, pauses) >= due(days, start, amount, unit, pauses)


@settings(max_examples=200, deadline=None)
@given(situations(), st.data())
def test_one_pause_more_never_makes_it_earlier(situation, data):
    days, start, amount, unit, pauses = situation
    more = [*pauses, data.draw(pauses_after(start))]
    assert due(days, start, amount, unit, more) >= due(days, start, amount, unit, pauses)


@settings(max_examples=200, deadline=None)
@given(situations(), st.integers(1, 13))
def test_more_time_and_a_later_start_are_never_due_earlier(situation, more):
    days, start, amount, unit, pauses = situation
    found = due(days, start, amount, unit, pauses)
    assert due(days, start, amount + more, unit, pauses) > found
    assert due(days, start + more * timedelta(hours=5), amount, unit, pauses) >= found


@settings(max_examples=200, deadline=None)
@given(situations(), st.integers(0, 20_000), st.integers(0, 20_000))
def test_elapsed_adds_up_and_never_shrinks(situation, one, two):
    days, start, _amount, unit, pauses = situation
    middle, end = start + one * MINUTE, start + (one + two) * MINUTE
    first = elapsed(days, start, middle, unit, pauses)
    second = elapsed(days, middle, end, unit, pauses)
    assert elapsed(days, start, end, unit, pauses) == first + second
    assert first >= timedelta()
    assert second >= timedelta()
    assert elapsed(days, end, start, unit, pauses) == timedelta()


@settings(max_examples=150, deadline=None)
@given(situations())
def test_the_explanation_adds_up_to_the_due_time(situation):
    days, start, amount, unit, pauses = situation
    found = explain(days, start, amount, unit, pauses)
    assert found.due == due(days, start, amount, unit, pauses)
    if unit in (Unit.HOURS, Unit.WORKING_HOURS):
        assert sum((time for _day, time in found.counted), timedelta()) == timedelta(hours=amount)
    else:
        assert len(found.counted) == amount
    named = [day for day, _time in found.counted]
    named += [row.day for row in found.closed] + list(found.waiting)
    assert len(named) == len(set(named))
    assert all(days.closed_because(row.day) == row.because for row in found.closed)


@settings(max_examples=50, deadline=None)
@given(calendars(working=False), st.sampled_from(list(Unit)), st.integers(1, 1000))
def test_it_always_ends(calendar_of_days, unit, amount):
    first, days = calendar_of_days
    start = moment_of(first, 600)
    found = due(days, start, amount, unit)
    assume(found is not None)
    assert found > start
    assert found <= start + (clock.LIMIT_DAYS + 1) * DAY
