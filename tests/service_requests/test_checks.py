"""Settings that would break a promise are named before the site serves."""

import pytest

from service_requests import checks


def test_the_tests_own_settings_pass():
    assert checks.check_transactions(None) == checks.check_days(None) == []


def test_atomic_requests_are_named(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    assert [found.id for found in checks.check_transactions(None)] == ["service_requests.E001"]


@pytest.mark.parametrize("days", [-1, "30", None, 1.5, True])
def test_days_that_are_none_are_named(settings, days):
    settings.DESK_OBJECTION_DAYS = days
    assert [found.id for found in checks.check_days(None)] == ["service_requests.E002"]
