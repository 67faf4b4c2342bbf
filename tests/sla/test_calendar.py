from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from persian.jalali import TEHRAN, from_jalali
from sla.calendar import SEARCH_DAYS, SpecialDays, Week, WorkingCalendar, next_midnight
from sla.hours import Hours, parse_hours

MORNING = parse_hours("7:30-14:30")


def week(*, closed=(3, 4), hours=MORNING, first=date(2020, 1, 1), last=None, own=False):
    """A week with the given weekdays closed; 3 is Thursday, 4 Friday."""
    days = tuple(() if number in closed else hours for number in range(7))
    return Week(first, last, own, days)


def at(year, month, day, hour=12, minute=0):
    """A Jalali day and a wall time in Tehran."""
    return datetime.combine(from_jalali(year, month, day), time(hour, minute), TEHRAN)


WITH_THURSDAY = WorkingCalendar(weeks=(week(closed=(4,)),))
WITHOUT = WorkingCalendar(weeks=(week(),))


def test_the_minute_of_opening_is_open_and_that_of_closing_is_not():
    assert not WITHOUT.is_open(at(1405, 9, 1, 7, 29))
    assert WITHOUT.is_open(at(1405, 9, 1, 7, 30))
    assert WITHOUT.is_open(at(1405, 9, 1, 14, 29))
    assert not WITHOUT.is_open(at(1405, 9, 1, 14, 30))


def test_thursday_is_data():
    thursday = at(1405, 9, 5)
    assert thursday.weekday() == 3
    assert WITH_THURSDAY.is_open(thursday)
    assert not WITHOUT.is_open(thursday)
    assert WITHOUT.next_opening(thursday) == at(1405, 9, 7, 7, 30)


def test_nowruz_and_the_last_day_of_a_leap_year():
    holidays = frozenset(
        [from_jalali(1403, 12, 29), from_jalali(1403, 12, 30)]
        + [from_jalali(1404, 1, day) for day in (1, 2, 3, 4, 12, 13)]
    )
    calendar = WorkingCalendar(weeks=(week(),), holidays=holidays)
    assert calendar.next_opening(at(1403, 12, 28, 15)) == at(1404, 1, 5, 7, 30)
    assert not calendar.is_open(at(1403, 12, 30))


def test_a_duty_day_opens_a_holiday_and_a_closure_shuts_a_working_day():
    day = from_jalali(1405, 1, 2)
    holiday = WorkingCalendar(weeks=(week(),), holidays=frozenset([day]))
    assert not holiday.is_open(at(1405, 1, 2))
    duty = SpecialDays(day, day, own=False, order=1, hours=parse_hours("9-13"))
    assert WorkingCalendar((week(),), frozenset([day]), (duty,)).is_open(at(1405, 1, 2))
    closed = SpecialDays(from_jalali(1405, 9, 1), from_jalali(1405, 9, 3), False, 1, ())
    shut = WorkingCalendar((week(),), special=(closed,))
    assert shut.next_opening(at(1405, 9, 1, 6)) == at(1405, 9, 4, 7, 30)


def test_a_departments_own_rows_go_before_the_bodys():
    own = week(closed=(), hours=parse_hours("16-20"), own=True)
    calendar = WorkingCalendar((own, week(first=date(2026, 1, 1))))
    assert calendar.is_open(at(1405, 9, 1, 17))
    assert not calendar.is_open(at(1405, 9, 1, 8))
    body = SpecialDays(from_jalali(1405, 9, 1), from_jalali(1405, 9, 1), False, 1, ())
    assert not WorkingCalendar((own,), special=(body,)).is_open(at(1405, 9, 1, 17))


def test_the_later_of_two_weeks_holds_for_ramadan():
    ramadan = week(
        hours=parse_hours("9-14"), first=from_jalali(1405, 11, 20), last=from_jalali(1405, 12, 19)
    )
    calendar = WorkingCalendar((week(), ramadan))
    assert not calendar.is_open(at(1405, 11, 20, 8, 30))
    assert calendar.is_open(at(1405, 12, 22, 8, 30))


def test_without_working_days_the_search_ends():
    never = WorkingCalendar(weeks=(week(closed=range(7)),))
    assert never.next_opening(at(1405, 9, 1)) is None
    assert WorkingCalendar().next_change(at(1405, 9, 1)) is None


def test_day_and_night_never_opens_and_never_closes():
    always = WorkingCalendar(weeks=(week(closed=(), hours=parse_hours("0-24")),))
    assert always.is_open(at(1405, 9, 1, 0))
    assert always.is_open(at(1405, 9, 1, 23, 59))
    assert always.next_change(at(1405, 9, 1)) is None


def test_midnight_is_that_of_tehran():
    assert next_midnight(at(1405, 9, 1, 23, 59)) == at(1405, 9, 2, 0)
    assert next_midnight(datetime(2026, 11, 22, 20, 30, tzinfo=UTC)) == at(1405, 9, 3, 0)


def test_summer_time_of_old_years_is_kept():
    # Until 2022 clocks in Tehran ran an hour ahead in summer.
    assert WITHOUT.is_open(datetime(2021, 6, 2, 3, 0, tzinfo=UTC))
    assert not WITHOUT.is_open(datetime(2026, 6, 3, 3, 0, tzinfo=UTC))


minutes = st.integers(0, 1440)


@st.composite
def day_hours(draw):
    edges = sorted(draw(st.sets(minutes, max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    return tuple(Hours(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))


around = st.dates(date(2025, 2, 20), date(2025, 5, 1))


@st.composite
def calendars(draw):
    weeks = [
        Week(date(2024, 1, 1), None, False, tuple(draw(day_hours()) for _day in range(7))),
    ]
    special = []
    for order in range(draw(st.integers(0, 3))):
        first = draw(around)
        last = first + timedelta(days=draw(st.integers(0, 9)))
        special.append(SpecialDays(first, last, draw(st.booleans()), order, draw(day_hours())))
    return WorkingCalendar(
        tuple(weeks), frozenset(draw(st.sets(around, max_size=15))), tuple(special)
    )


moments = st.datetimes(datetime(2025, 3, 1), datetime(2025, 4, 20)).map(
    lambda moment: moment.replace(tzinfo=UTC, second=0, microsecond=0)
)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments)
def test_the_next_opening_is_the_first_minute_that_is_open_after_a_closed_one(calendar, moment):
    opens = calendar.next_opening(moment, days=20)
    step = moment
    was_open = calendar.is_open(moment)
    for _minute in range(3 * 24 * 60):
        step += timedelta(minutes=1)
        is_open = calendar.is_open(step)
        if is_open and not was_open:
            assert opens == step
            return
        was_open = is_open
    assert opens is None or opens > step


@settings(max_examples=60, deadline=None)
@given(calendars(), moments)
def test_open_and_closed_change_only_at_the_announced_moments(calendar, moment):
    change = calendar.next_change(moment, days=20)
    if change is None:
        assert calendar.next_opening(moment, days=20) is None
        return
    assert change > moment
    before = change - timedelta(minutes=1)
    assert calendar.is_open(change) != calendar.is_open(before)
    assert calendar.is_open(before) == calendar.is_open(moment) or before < moment


def test_the_search_is_bounded_in_days():
    far = week(first=date(2030, 1, 1))
    calendar = WorkingCalendar((far,))
    assert calendar.next_opening(at(1405, 9, 1), days=SEARCH_DAYS) is None
