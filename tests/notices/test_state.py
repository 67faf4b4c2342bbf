"""The state is a pure function of the facts and the clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notices import state
from notices.enums import CLOSING_STATE, STATES_OF_KIND, Kind, Phase, UpdateState
from notices.state import Facts, Window

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = Window(before=72 * HOUR, after=6 * HOUR)

moments = st.integers(-400, 400).map(lambda n: T0 + n * 15 * timedelta(minutes=1))
spans = st.integers(1, 200).map(lambda n: n * 15 * timedelta(minutes=1))
windows = st.builds(Window, before=spans, after=spans)


@st.composite
def facts(draw):
    """Facts as the verbs can make them."""
    kind = draw(st.sampled_from(Kind))
    start = draw(moments)
    needs_end = kind == Kind.MAINTENANCE
    expected = start + draw(spans) if needs_end or draw(st.booleans()) else None
    fate = draw(st.sampled_from(["open", "ended", "cancelled"]))
    ended = start + draw(spans) if fate == "ended" else None
    cancelled = start + draw(spans) - 100 * HOUR / 4 if fate == "cancelled" else None
    return Facts(kind, start, expected, ended, cancelled)


def test_an_outage_goes_on_after_its_expected_end_and_is_then_overdue():
    outage = Facts(Kind.OUTAGE, T0, expected_end=T0 + HOUR)
    assert state.phase(outage, T0 - HOUR) == Phase.ANNOUNCED
    assert state.phase(outage, T0) == Phase.RUNNING
    assert state.phase(outage, T0 + HOUR) == Phase.OVERDUE
    assert state.phase(outage, T0 + 1000 * HOUR) == Phase.OVERDUE
    assert state.over_at(outage) is None


def test_a_window_ends_at_its_announced_end():
    window = Facts(Kind.MAINTENANCE, T0, expected_end=T0 + HOUR)
    assert state.phase(window, T0 + HOUR - timedelta(seconds=1)) == Phase.RUNNING
    assert state.phase(window, T0 + HOUR) == Phase.ENDED


def test_a_window_completed_early_is_over_early():
    window = Facts(Kind.MAINTENANCE, T0, T0 + 2 * HOUR, ended_at=T0 + HOUR)
    assert state.phase(window, T0 + HOUR) == Phase.ENDED
    assert state.phase(window, T0 + HOUR / 2) == Phase.RUNNING


def test_what_is_called_off_before_it_came_near_is_on_no_banner():
    far = Facts(Kind.MAINTENANCE, T0 + 500 * HOUR, T0 + 502 * HOUR, cancelled_at=T0)
    near = Facts(Kind.MAINTENANCE, T0 + 50 * HOUR, T0 + 52 * HOUR, cancelled_at=T0)
    assert not state.on_banner(far, T0 + HOUR, WINDOW)
    assert state.on_banner(near, T0 + HOUR, WINDOW)
    assert not state.on_banner(near, T0 + 6 * HOUR, WINDOW)


def test_planned_becomes_in_progress_without_anybody():
    window = Facts(Kind.MAINTENANCE, T0, T0 + HOUR)
    posted = [UpdateState.SCHEDULED]
    assert state.progress(window, posted, T0 - HOUR) == UpdateState.SCHEDULED
    assert state.progress(window, posted, T0) == UpdateState.IN_PROGRESS
    assert state.progress(window, [*posted, UpdateState.VERIFYING], T0) == UpdateState.VERIFYING
    assert state.progress(window, posted, T0 + HOUR) == UpdateState.COMPLETED


@given(facts(), moments)
def test_there_is_exactly_one_phase_and_it_agrees_with_the_end(each, now):
    found = state.phase(each, now)
    end = state.over_at(each)
    assert (found in (Phase.ENDED, Phase.CANCELLED)) == (
        end is not None and end <= now and (now >= each.starts_at or found == Phase.CANCELLED)
    )
    assert (found == Phase.ANNOUNCED) == (
        now < each.starts_at and not (each.cancelled_at and each.cancelled_at <= now)
    )


@given(facts(), moments, moments, windows)
def test_nothing_changes_between_two_instants(each, one, other, window):
    early, late = sorted((one, other))
    change = state.next_change(each, early, window)
    if change is None or late < change:
        assert state.phase(each, early) == state.phase(each, late)
        assert state.on_banner(each, early, window) == state.on_banner(each, late, window)
        posted = [STATES_OF_KIND[each.kind][0]]
        assert state.progress(each, posted, early) == state.progress(each, posted, late)
    if change is not None:
        assert change > early


@given(facts(), moments, moments)
def test_phases_only_go_forward(each, one, other):
    order = [Phase.ANNOUNCED, Phase.RUNNING, Phase.OVERDUE, Phase.ENDED, Phase.CANCELLED]
    early, late = sorted((one, other))
    assert order.index(state.phase(each, early)) <= order.index(state.phase(each, late))


@given(facts(), moments, st.lists(st.sampled_from(UpdateState), max_size=6))
def test_progress_is_always_a_word_of_the_kind(each, now, posted):
    found = state.progress(each, posted, now)
    assert found in (*STATES_OF_KIND[each.kind], UpdateState.CANCELLED)
    over = state.phase(each, now) == Phase.ENDED
    assert (found == CLOSING_STATE[each.kind]) == over
