"""The days of a service: each minute in one of them, together their months, never prettier."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from cms_pages.models import Service
from notices.availability import counting, words
from notices.availability.announced import Announcement, Rules, Told, ceil_minute, floor_minute
from notices.availability.bars import Bars
from notices.availability.days import DAYS, Day, DayState, days_in, last_days, months_of
from notices.availability.engine import WHOLE, Amounts, together
from notices.availability.facts import Book, Watched
from notices.availability.hours import ServiceHours
from notices.availability.periods import (
    CALENDARS,
    JALALI,
    CalendarMonth,
    month_at,
    twelve_before,
)
from notices.enums import Impact, Kind
from notices.state import Facts
from persian.jalali import TEHRAN, from_jalali
from sla.calendar import Week, WorkingCalendar
from sla.hours import Hours
from sla.working_time import PAST_DAYS

ABAN = CalendarMonth(JALALI, 140508)
AZAR_9 = datetime.combine(from_jalali(1405, 9, 9), time(15, 30), TEHRAN).astimezone(UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
EXAMPLES = settings(max_examples=60, deadline=None)
DAY_NIGHT = None
OPEN = (Hours(450, 870),)
OFFICE = WorkingCalendar(
    weeks=(Week(date(2020, 1, 1), None, False, (*[OPEN] * 4, (), OPEN, OPEN)),)
)


def at(day, hour=0, minute=0):
    """A moment of Aban 1405 by the clock of Tehran."""
    return ABAN.starts + timedelta(days=day - 1, hours=hour, minutes=minute)


def told(kind, impact, starts, ends, *, source="n", said=None, announced_end=None):
    """A notice that was said when it began, or at `said`."""
    said = said or starts
    facts = Facts(kind=kind, starts_at=starts, expected_end=announced_end or ends, ended_at=ends)
    announcement = Announcement(said, starts, announced_end or ends)
    return Told(source, facts, ((said, impact),), (announcement,))


def fault(impact, starts, ends, source="n"):
    return told(Kind.OUTAGE, impact, starts, ends, source=source)


def window(impact, starts, ends, *, early=True, source="w", **values):
    said = starts - timedelta(days=5) if early else starts
    return told(Kind.MAINTENANCE, impact, starts, ends, source=source, said=said, **values)


def watched(*notices, calendar=None, since=LONG_AGO):
    hours = ServiceHours.OFFICE if calendar else ServiceHours.ALWAYS
    return Watched(Service(key="s"), hours, calendar, since, tuple(notices))


def book(moment=AZAR_9, rules=None):
    return Book(moment, rules or Rules(), {})


def day_of(number, *notices, **values):
    """One day of Aban 1405."""
    return days_in(watched(*notices, **values), ABAN, book())[number - 1]


minutes_of_it = st.integers(-2 * 1440, 32 * 1440)
impacts = st.sampled_from([Impact.DEGRADED, Impact.PARTIAL, Impact.MAJOR])


@st.composite
def notices(draw):
    """A few faults and windows around Aban 1405, to the second."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        starts = ABAN.starts + timedelta(
            minutes=draw(minutes_of_it), seconds=draw(st.integers(0, 59))
        )
        ends = starts + timedelta(minutes=draw(st.integers(1, 4000)))
        kind = draw(st.sampled_from([Kind.OUTAGE, Kind.MAINTENANCE]))
        said = starts - timedelta(hours=draw(st.integers(0, 100)))
        announced_end = starts + timedelta(minutes=draw(st.integers(1, 4000)))
        found.append(
            told(
                *(kind, draw(impacts), starts, ends),
                source=f"n{number}",
                said=said,
                announced_end=announced_end,
            )
        )
    return found


rules = st.builds(
    lambda cap, partial: Rules(
        weights={Impact.NONE: 0, Impact.DEGRADED: 0, Impact.PARTIAL: partial, Impact.MAJOR: WHOLE},
        cap=cap,
    ),
    st.none() | st.integers(0, 600),
    st.sampled_from([1, 333, 500, WHOLE]),
)
moments = st.integers(0, 40 * 1440).map(lambda minute: ABAN.starts + timedelta(minutes=minute))


@EXAMPLES
@given(notices(), rules, st.sampled_from([DAY_NIGHT, OFFICE]), st.integers(-5, 20), moments)
def test_the_days_are_the_month_cut_at_midnight(found, chosen, calendar, since, moment):
    """Exact in thousandths with its cap, running or over; in whole minutes never less."""
    service = watched(*found, calendar=calendar, since=at(since, 12))
    facts = book(moment, chosen)
    month = counting.figures_of(service, ABAN, facts).reckoning
    days = days_in(service, ABAN, facts)
    whole = together(day.amounts for day in days)
    assert (whole.agreed, whole.known) == (month.agreed, month.known)
    assert (whole.excused, whole.counted) == (month.excused, month.counted)
    assert (whole.due, whole.available, whole.share) == (month.due, month.available, month.share)
    lost = sum(day.lost for day in days)
    broken = [day for day in days if day.amounts.excused % WHOLE or day.amounts.counted % WHOLE]
    assert month.lost <= lost <= month.lost + 2 * len(broken)
    assert broken or lost == month.lost


@EXAMPLES
@given(notices(), rules, st.sampled_from([DAY_NIGHT, OFFICE]))
def test_a_minute_is_in_one_day_and_a_day_that_failed_is_never_in_order(found, chosen, calendar):
    days = last_days(watched(*found, calendar=calendar), book(rules=chosen))
    assert [day.day for day in days] == [
        days[0].day + timedelta(days=number) for number in range(DAYS)
    ]
    stretches = [each for day in days for each in day.stretches]
    assert all(one.ends <= other.begins for one, other in pairwise(stretches))
    for day in days:
        assert 0 <= day.amounts.known <= day.amounts.agreed <= 1440
        if day.amounts.counted or any(each.kind == Kind.OUTAGE for each in day.effects):
            assert day.state == DayState.IMPAIRED
            assert day.worst != Impact.NONE
        for each in day.stretches:
            begins = datetime.combine(day.day, time(), TEHRAN)
            assert floor_minute(begins) <= each.begins < each.ends
            assert each.ends <= ceil_minute(begins + timedelta(days=1))
            assert set(each.sources) <= set(day.sources)


def test_ninety_days_end_with_today_as_far_as_it_has_come():
    days = last_days(watched(), book())
    assert (len(days), days[-1].day) == (DAYS, from_jalali(1405, 9, 9))
    assert days[-1].amounts.agreed == 15 * 60 + 30
    assert days[0].amounts.agreed == 1440
    assert [month.number for month in months_of(AZAR_9)] == [140506, 140507, 140508, 140509]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)))
def test_the_calendar_that_pages_read_along_reaches_back_to_the_first_month(moment):
    moment = moment.replace(tzinfo=UTC)
    for calendar in CALENDARS:
        first = twelve_before(month_at(moment, calendar))[0].first
        assert first >= moment.astimezone(TEHRAN).date() - timedelta(days=PAST_DAYS)


def test_an_outage_over_midnight_is_in_two_days_and_its_minutes_in_one_each():
    outage = fault(Impact.MAJOR, at(3, 23, 30), at(4, 1))
    assert [day_of(n, outage).lost for n in (2, 3, 4, 5)] == [0, 30, 60, 0]


@pytest.mark.parametrize(
    ("notice", "state", "worst", "lost"),
    [
        (None, DayState.IN_ORDER, Impact.NONE, 0),
        (fault(Impact.MAJOR, at(3, 9), at(3, 10)), DayState.IMPAIRED, Impact.MAJOR, 60),
        (fault(Impact.PARTIAL, at(3, 9), at(3, 9, 25)), DayState.IMPAIRED, Impact.PARTIAL, 13),
        (fault(Impact.DEGRADED, at(3, 9), at(3, 12)), DayState.IMPAIRED, Impact.DEGRADED, 0),
        (window(Impact.MAJOR, at(3, 0), at(3, 4)), DayState.PLANNED, Impact.MAJOR, 0),
        (window(Impact.DEGRADED, at(3, 0), at(3, 4)), DayState.PLANNED, Impact.DEGRADED, 0),
        (window(Impact.NONE, at(3, 0), at(3, 4)), DayState.IN_ORDER, Impact.NONE, 0),
        (
            window(Impact.MAJOR, at(3, 0), at(3, 4), early=False),
            *(DayState.IMPAIRED, Impact.MAJOR, 240),
        ),
        (
            window(Impact.MAJOR, at(3, 0), at(3, 5), announced_end=at(3, 4)),
            *(DayState.IMPAIRED, Impact.MAJOR, 60),
        ),
        (window(Impact.MAJOR, at(3, 0), at(3, 9)), DayState.IMPAIRED, Impact.MAJOR, 60),
    ],
    ids=[
        *("nothing", "outage", "half minutes up", "slow", "window", "harmless window", "no effect"),
        *("told late", "extended", "beyond the cap"),
    ],
)
def test_what_a_day_was(notice, state, worst, lost):
    day = day_of(3, *([notice] if notice else []))
    assert (day.state, day.worst, day.lost) == (state, worst, lost)


def test_a_fault_in_a_planned_window_is_a_fault_and_its_own_impact_is_the_worst():
    both = window(Impact.MAJOR, at(3, 0), at(3, 4)), fault(Impact.PARTIAL, at(3, 1), at(3, 2))
    day = day_of(3, *both)
    assert (day.state, day.worst, day.lost) == (DayState.IMPAIRED, Impact.PARTIAL, 0)
    assert day.sources == ["w", "n"]


def test_the_cap_is_that_of_the_month_and_not_of_the_day():
    windows = [window(Impact.MAJOR, at(day, 0), at(day, 3), source=f"w{day}") for day in (2, 5, 9)]
    lost = [day_of(day, *windows).lost for day in (2, 5, 9)]
    assert lost == [0, 0, 60]


def test_a_counter_is_closed_on_friday_and_its_nights_do_not_count():
    outage = fault(Impact.MAJOR, at(1, 13, 30), at(2, 8, 30))
    friday, saturday, sunday = (day_of(n, outage, calendar=OFFICE) for n in (1, 2, 3))
    assert (friday.state, friday.lost, friday.sources) == (DayState.CLOSED, 0, [])
    assert (saturday.state, saturday.lost, saturday.amounts.agreed) == (DayState.IMPAIRED, 60, 420)
    assert sunday.state == DayState.IN_ORDER


def test_a_fault_that_nobody_could_feel_is_not_on_the_bar():
    at_night = fault(Impact.MAJOR, at(2, 20), at(3, 5))
    assert [day_of(n, at_night, calendar=OFFICE).state for n in (2, 3)] == [DayState.IN_ORDER] * 2


def test_before_anything_was_known_nothing_is_claimed():
    yesterday = AZAR_9 - timedelta(days=1)
    days = last_days(watched(since=yesterday), book())
    assert [day.state for day in days[-3:]] == [
        *(DayState.UNKNOWN, DayState.IN_ORDER, DayState.IN_ORDER)
    ]
    assert all(day.state == DayState.UNKNOWN for day in days[:-2])
    blind = last_days(watched(since=None), book())
    assert {day.state for day in blind} == {DayState.UNKNOWN}


def bars(*notices, **values):
    return Bars(
        watched(*notices, **values), last_days(watched(*notices, **values), book()), None, {}
    )


def test_the_days_in_one_sentence_each():
    with override("en"):
        quiet = "In the last 90 days no fault was told of in the agreed service time."
        assert words.days_sentence(bars()) == quiet
        at_night = fault(Impact.MAJOR, at(2, 20), at(3, 5))
        assert words.days_sentence(bars(at_night, calendar=OFFICE)) == quiet
        assert words.days_sentence(bars(since=None)) == "Nothing is known of the last 90 days."
        told_of = bars(
            fault(Impact.MAJOR, at(12, 9), at(12, 11, 15), source="a"),
            fault(Impact.DEGRADED, at(14, 9), at(14, 10), source="b"),
            window(Impact.MAJOR, at(20, 0), at(20, 2)),
            since=at(1),
        )
        assert words.days_sentence(told_of) == (
            "On 2 of the last 90 days there were faults. On 1 day there was planned maintenance "
            "only. The worst was Tuesday 12 Aban 1405 with 2 h 15 min of downtime. Of 51 days "
            "nothing is known."
        )


def test_the_words_of_a_day_say_what_its_bar_says():
    with override("en"):
        said = [
            words.day_label(Day(from_jalali(1405, 8, 3), Amounts(1440, 1440, 0, 0))),
            words.day_label(day_of(3, fault(Impact.PARTIAL, at(3, 9), at(3, 9, 25)))),
            words.day_label(day_of(3, fault(Impact.DEGRADED, at(3, 9), at(3, 9, 25)))),
        ]
    assert said == [
        "Sunday 3 Aban 1405: In order",
        "Sunday 3 Aban 1405: Partly unavailable, 13 minutes of downtime",
        "Sunday 3 Aban 1405: Slow or faulty, no downtime counted",
    ]
