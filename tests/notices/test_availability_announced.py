"""What a notice means for availability: impaired when, planned how far, told how early."""

from datetime import UTC, datetime, timedelta

from notices.availability.announced import (
    Announcement,
    Rules,
    Told,
    ceil_minute,
    excuse,
    floor_minute,
    impairments,
    in_time,
)
from notices.enums import Impact, Kind
from notices.state import Facts

START = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = START + 2 * HOUR
LATER = START + 30 * HOUR
RULES = Rules(lead=timedelta(hours=48))
BEGINS = floor_minute(START)


def told(*said, kind=Kind.MAINTENANCE, impact=Impact.MAJOR, impacts=None, **facts):
    facts = {"starts_at": START, "expected_end": END} | facts
    steps = impacts or ((facts["starts_at"], impact),)
    return Told("n", Facts(kind=kind, **facts), tuple(steps), said)


def said(before, starts_at=START, ends=END):
    return Announcement(START - before, starts_at, ends)


def spans(found):
    return [(each.begins - BEGINS, each.ends - BEGINS, each.weight) for each in found]


def window(each, until=LATER):
    found = excuse(each, RULES, until)
    return found and (found.begins - BEGINS, found.ends - BEGINS, found.weight)


def test_an_outage_goes_on_until_it_is_resolved():
    open_ended = told(kind=Kind.OUTAGE)
    assert spans(impairments(open_ended, RULES, START + 5 * HOUR)) == [(0, 300, 1000)]
    over = told(kind=Kind.OUTAGE, ended_at=START + HOUR)
    assert spans(impairments(over, RULES, LATER)) == [(0, 60, 1000)]


def test_what_has_not_begun_what_is_news_and_what_has_no_weight_impairs_nothing():
    assert impairments(told(), RULES, START) == []
    assert impairments(told(kind=Kind.ANNOUNCEMENT), RULES, LATER) == []
    assert impairments(told(kind=Kind.OUTAGE, impact=Impact.DEGRADED), RULES, LATER) == []
    called_off = told(said(50 * HOUR), cancelled_at=START - HOUR)
    assert impairments(called_off, RULES, LATER) == []
    assert window(called_off) is None


def test_impact_that_changes_on_the_way_weighs_as_it_was():
    steps = ((START - HOUR, Impact.PARTIAL), (START + HOUR, Impact.MAJOR))
    found = impairments(told(kind=Kind.OUTAGE, impacts=steps, ended_at=END), RULES, LATER)
    assert spans(found) == [(0, 60, 500), (60, 120, 1000)]


def test_seconds_of_downtime_are_never_lost():
    second = timedelta(seconds=1)
    found = impairments(
        told(kind=Kind.OUTAGE, starts_at=START + 59 * second, ended_at=START + 61 * second),
        RULES,
        LATER,
    )
    assert spans(found) == [(0, 2, 1000)]
    assert (floor_minute(START), ceil_minute(START)) == (BEGINS, BEGINS)
    assert ceil_minute(START + timedelta(microseconds=1)) == BEGINS + 1


def test_a_window_announced_early_enough_is_excused():
    assert window(told(said(48 * HOUR))) == (0, 120, 1000)
    assert in_time(told(said(48 * HOUR)), RULES)


def test_one_announced_a_minute_late_is_not():
    late = told(said(48 * HOUR - timedelta(minutes=1)))
    assert window(late) is None
    assert not in_time(late, RULES)
    assert spans(impairments(late, RULES, LATER)) == [(0, 120, 1000)]


def test_an_extension_while_it_runs_is_not_excused():
    longer = told(said(50 * HOUR), said(-HOUR, ends=END + HOUR), expected_end=END + HOUR)
    assert window(longer) == (0, 120, 1000)
    assert spans(impairments(longer, RULES, LATER)) == [(0, 180, 1000)]


def test_a_change_announced_early_enough_holds():
    moved = told(
        said(90 * HOUR, START - 5 * HOUR, START - 4 * HOUR), said(60 * HOUR), expected_end=END
    )
    assert window(moved) == (0, 120, 1000)


def test_a_window_moved_at_the_last_moment_is_excused_where_it_still_fits():
    earlier = told(said(70 * HOUR, START + HOUR, END + HOUR), said(2 * HOUR))
    assert window(earlier) == (60, 120, 1000)
    assert not in_time(earlier, RULES)


def test_a_window_that_ended_early_is_excused_as_far_as_it_ran():
    short = told(said(50 * HOUR), ended_at=START + HOUR)
    assert window(short) == (0, 60, 1000)
    assert window(told(said(50 * HOUR)), until=START + HOUR) == (0, 60, 1000)


def test_an_announced_outage_is_no_planned_window():
    assert window(told(said(99 * HOUR), kind=Kind.OUTAGE)) is None


def test_only_the_impact_announced_in_time_is_excused():
    steps = ((START - 60 * HOUR, Impact.PARTIAL), (START + HOUR, Impact.MAJOR))
    worse = told(said(60 * HOUR), impacts=steps)
    assert window(worse) == (0, 120, 500)


def test_a_window_without_any_effect_excuses_nothing():
    assert window(told(said(60 * HOUR), impact=Impact.NONE)) is None
