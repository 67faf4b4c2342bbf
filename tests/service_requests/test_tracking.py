"""A citizen's short session."""

from datetime import timedelta

import pytest
from django.utils import timezone

from service_requests import tracking
from service_requests.housekeeping import sweep
from service_requests.models import TrackingSession
from tests.service_requests.factories import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened():
    credential = register().case.credentials.get()
    return tracking.open_session(credential=credential)


def age(session, **fields):
    TrackingSession.objects.filter(pk=session.pk).update(**fields)


def test_a_token_opens_its_one_case_and_only_its_digest_is_stored(
    opened, django_assert_num_queries
):
    token, session = opened
    assert token not in str(TrackingSession.objects.values_list().get())
    with django_assert_num_queries(1):
        found = tracking.get_session(token)
        assert found.credential.case.department.name
        assert found.credential.case.subject_key.pk
    assert found == session


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "ن" * 43, None, 5, "x" * 100_000])
def test_a_forged_token_opens_nothing(opened, token):
    assert tracking.get_session(token) is None


def test_twenty_minutes_idle_end_it(opened):
    token, session = opened
    age(session, last_seen_at=timezone.now() - tracking.IDLE + timedelta(seconds=30))
    assert tracking.get_session(token) is not None
    age(session, last_seen_at=timezone.now() - tracking.IDLE)
    assert tracking.get_session(token) is None


def test_two_hours_end_it_however_busy(opened):
    token, session = opened
    age(session, created_at=timezone.now() - tracking.ABSOLUTE)
    assert tracking.get_session(token) is None


def test_use_keeps_it_alive_writing_once_a_minute_at_most(opened, django_assert_num_queries):
    token, session = opened
    with django_assert_num_queries(1):
        tracking.get_session(token)
    age(session, last_seen_at=timezone.now() - timedelta(minutes=19))
    with django_assert_num_queries(2):
        tracking.get_session(token)
    session.refresh_from_db()
    assert timezone.now() - session.last_seen_at < timedelta(minutes=1)


def test_close_ends_it_at_once(opened):
    token, session = opened
    tracking.close(session=session)
    tracking.close(session=session)
    assert tracking.get_session(token) is None


def test_the_next_session_says_when_the_case_was_opened_before(opened):
    _token, session = opened
    assert session.opened_before is None
    _token, second = tracking.open_session(credential=session.credential)
    assert second.opened_before == session.created_at


def test_sweeping_ends_what_is_over_and_keeps_what_is_not(opened):
    _token, session = opened
    assert sweep()["sessions"] == 0
    age(session, created_at=timezone.now() - tracking.ABSOLUTE)
    assert sweep()["sessions"] == 1
    assert sweep()["sessions"] == 0
