"""Settings that would break a promise are named before the site serves."""

import pytest

from cms_pages.enums import Role
from service_requests import checks
from tests.cms_pages.factories import staff_user


def test_the_tests_own_settings_pass():
    assert checks.check_transactions(None) == checks.check_days(None) == []


def test_atomic_requests_are_named(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    assert [found.id for found in checks.check_transactions(None)] == ["service_requests.E001"]


@pytest.mark.parametrize("days", [-1, "30", None, 1.5, True])
def test_days_that_are_none_are_named(settings, days):
    settings.DESK_OBJECTION_DAYS = days
    assert [found.id for found in checks.check_days(None)] == ["service_requests.E002"]


@pytest.mark.django_db
def test_a_complaints_office_that_nobody_is_in_is_named_where_a_database_is_asked():
    def found():
        return [each.id for each in checks.check_complaints_office(None, databases=["default"])]

    assert found() == ["service_requests.W001"]
    assert checks.check_complaints_office(None) == []
    staff_user(Role.COMPLAINTS, email="")
    staff_user(Role.COMPLAINTS, is_active=False)
    assert found() == ["service_requests.W001"]
    staff_user(Role.COMPLAINTS)
    assert found() == []


@pytest.mark.django_db
def test_before_the_first_migration_it_says_nothing(monkeypatch):
    monkeypatch.setattr(checks.connection.introspection, "table_names", lambda: [])
    assert checks.check_complaints_office(None, databases=["default"]) == []
