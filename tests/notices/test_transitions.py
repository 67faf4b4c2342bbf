"""One table says which state may follow which; the clock only takes away from it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from notices import transitions, updates
from notices.enums import CLOSING_STATE, OVER_PHASES, STATES_OF_KIND, Kind, UpdateState
from notices.models import Notice
from notices.state import Facts, phase
from tests.notices.factories import ago, ahead, published

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def post(notice, state, key, **more):
    return updates.post(notice=notice, state=state, text="متن", author=None, key=key, **more)


@pytest.mark.parametrize("kind", Kind)
def test_the_table_is_whole(kind):
    table = transitions.TABLE[kind]
    assert set(table) == {*STATES_OF_KIND[kind], UpdateState.CANCELLED}
    for following in table.values():
        assert set(following) <= set(table)
    assert table[CLOSING_STATE[kind]] == table[UpdateState.CANCELLED] == ()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(Kind),
    st.lists(st.sampled_from(UpdateState), max_size=5),
    st.integers(-5, 15),
    st.booleans(),
)
def test_after_the_end_nothing_follows_and_before_it_something_does(kind, posted, hours, begins):
    facts = Facts(kind, T0, T0 + 10 * HOUR)
    now = T0 + hours * HOUR
    found = transitions.allowed(facts, posted, now, begins_now=begins)
    assert bool(found) == (phase(facts, now) not in OVER_PHASES)
    assert len(set(found)) == len(found)


@pytest.mark.django_db
def test_a_window_goes_its_way_and_not_back(index):
    window = published(
        index, kind=Kind.MAINTENANCE, starts_at=ahead(hours=1), expected_end=ahead(hours=4)
    ).notice
    during = ahead(hours=2)
    post(window, "in_progress", "1", at=during)
    with override("en"), pytest.raises(ValidationError, match="cannot follow"):
        post(window, "scheduled", "x", at=during)
    post(window, "verifying", "2", at=during)
    with override("en"), pytest.raises(ValidationError, match="complete it"):
        updates.cancel(notice=window, text="لغو", author=None, key="x", at=during)
    assert updates.allowed_states(window, during) == ["in_progress", "verifying", "completed"]
    post(window, "in_progress", "3", at=during)
    post(window, "completed", "4", at=during)
    assert updates.allowed_states(window, during) == []


@pytest.mark.django_db
def test_a_fault_may_prove_not_to_be_repaired(index):
    outage = published(index, starts_at=ago(hours=2)).notice
    for number, state in enumerate(("identified", "monitoring", "identified", "investigating")):
        post(outage, state, str(number))
    post(outage, "resolved", "end")
    assert list(outage.updates.values_list("state", flat=True)) == [
        *("investigating", "identified", "monitoring", "identified", "investigating"),
        "resolved",
    ]


@pytest.mark.django_db
def test_a_clock_that_jumps_back_puts_no_update_before_the_last(index):
    outage = published(index, starts_at=ago(hours=2)).notice
    last = post(outage, "identified", "1")
    early = post(outage, "monitoring", "2", at=last.at - timedelta(days=3))
    assert early.at == last.at
    assert list(outage.updates.values_list("key", flat=True)) == ["first", "1", "2"]
    post(outage, "resolved", "3", at=last.at - timedelta(days=3))
    assert Notice.objects.get().ended_at == last.at <= timezone.now()
