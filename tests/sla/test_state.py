from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from persian.jalali import from_jalali
from sla.enums import BINDING_STATES, State
from sla.state import EXPIRING_DAYS, Facts, binds_on, changes_after, days_left, state_on

days = st.dates(date(2019, 1, 1), date(2031, 1, 1))
maybe = st.none() | days


@st.composite
def facts(draw):
    begins, ends = draw(maybe), draw(maybe)
    if begins and ends and begins > ends:
        begins, ends = ends, begins
    return Facts(
        offered=draw(st.booleans()),
        signed_on=draw(maybe),
        valid_from=begins,
        valid_to=ends,
        replaced_from=draw(maybe),
        terminated_on=draw(maybe),
    )


@given(facts(), days)
def test_every_day_has_exactly_one_state(known, day):
    assert state_on(known, day) in State


@given(facts(), days)
def test_nothing_binds_before_its_signature_or_without_a_published_text(known, day):
    if not known.offered or known.signed_on is None or day < known.signed_on:
        assert not binds_on(known, day)


@given(facts(), days)
def test_nothing_binds_outside_its_validity(known, day):
    if binds_on(known, day):
        assert known.starts is not None
        assert known.starts <= day
        assert known.valid_to is None or day <= known.valid_to
        assert known.replaced_from is None or day < known.replaced_from
        assert known.terminated_on is None or day < known.terminated_on


@given(facts(), days)
def test_between_two_announced_changes_the_state_stays(known, day):
    coming = changes_after(known, day)
    assert coming == sorted(coming)
    until = coming[0] if coming else day + timedelta(days=500)
    for step in range(0, (until - day).days, 13):
        assert state_on(known, day + timedelta(days=step)) == state_on(known, day)
    assert state_on(known, until - timedelta(days=1)) == state_on(known, day)


ORDER = [State.AWAITING, State.UPCOMING, State.IN_FORCE, State.EXPIRING, State.EXPIRED]


@given(facts(), days, days)
def test_a_version_without_successor_goes_through_its_states_in_order(known, first, second):
    if not known.offered or known.replaced_from or known.terminated_on:
        return
    if known.signed_on and known.valid_to and known.signed_on > known.valid_to:
        return
    early, late = sorted((first, second))
    assert ORDER.index(state_on(known, early)) <= ORDER.index(state_on(known, late))


@given(facts(), days)
def test_days_left_are_never_negative_and_nought_only_at_the_end(known, day):
    left = days_left(known, day)
    if known.valid_to is None:
        assert left is None
    else:
        assert left == max((known.valid_to - day).days, 0)


def test_it_expires_the_day_after_its_last_one_also_in_a_leap_year():
    known = Facts(offered=True, signed_on=date(2020, 4, 1), valid_to=from_jalali(1399, 12, 29))
    assert state_on(known, from_jalali(1399, 12, 29)) == State.EXPIRING
    assert state_on(known, from_jalali(1399, 12, 30)) == State.EXPIRED
    assert state_on(known, from_jalali(1400, 1, 1)) == State.EXPIRED


def test_it_is_expiring_from_sixty_days_before_its_end():
    end = date(2026, 12, 31)
    known = Facts(offered=True, signed_on=date(2026, 1, 1), valid_to=end)
    assert state_on(known, end - timedelta(days=EXPIRING_DAYS + 1)) == State.IN_FORCE
    assert state_on(known, end - timedelta(days=EXPIRING_DAYS)) == State.EXPIRING
    assert state_on(known, end) in BINDING_STATES


def test_today_is_the_day_in_tehran(monkeypatch):
    from datetime import UTC, datetime

    from django.utils import timezone

    from sla import state

    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 20, 20, 29, tzinfo=UTC))
    assert state.today() == date(2026, 3, 20)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 20, 20, 31, tzinfo=UTC))
    assert state.today() == date(2026, 3, 21)


def test_a_signed_version_that_starts_later_is_not_in_force_yet():
    known = Facts(offered=True, signed_on=date(2026, 1, 1), valid_from=date(2026, 3, 21))
    assert state_on(known, date(2026, 2, 1)) == State.UPCOMING
    assert state_on(known, date(2026, 3, 21)) == State.IN_FORCE
