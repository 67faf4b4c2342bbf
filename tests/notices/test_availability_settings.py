"""The chosen numbers of availability: what cannot be meant is refused by name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from notices import checks, conf
from notices.availability.hours import ServiceHours
from notices.enums import Impact


def test_the_defaults_are_those_of_the_docs():
    rules = conf.availability_rules()
    assert rules.weights == {
        Impact.NONE: 0,
        Impact.DEGRADED: 0,
        Impact.PARTIAL: 500,
        Impact.MAJOR: 1000,
    }
    assert (rules.lead, rules.cap) == (timedelta(hours=48), 480)
    assert checks.check_availability(None) == []


def test_they_can_be_chosen(settings):
    settings.DESK_AVAILABILITY_WEIGHTS = {"partial": "0.333", "degraded": 0.1}
    settings.DESK_AVAILABILITY_LEAD_HOURS = 24
    settings.DESK_AVAILABILITY_CAP_MINUTES = None
    settings.DESK_AVAILABILITY_HOURS = {"map": "office", "lake": {"friday": "۸ تا ۱۲"}}
    settings.DESK_AVAILABILITY_SINCE = "2026-03-21T00:00:00+03:30"
    rules = conf.availability_rules()
    assert (rules.weights[Impact.PARTIAL], rules.weights[Impact.DEGRADED]) == (333, 100)
    assert (rules.lead, rules.cap) == (timedelta(hours=24), None)
    assert conf.service_hours("map", electronic=True) == ServiceHours.OFFICE
    assert conf.service_hours("lake", electronic=True) == ServiceHours.WEEK
    assert conf.service_week("lake").days[4] == "08:00-12:00"
    assert conf.service_hours("other", electronic=False) == ServiceHours.OFFICE
    assert conf.service_hours("other", electronic=True) == ServiceHours.ALWAYS
    assert conf.availability_since() == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    assert checks.check_availability(None) == []


def ask_for_all():
    conf.availability_rules()
    conf.availability_since()
    conf.service_hours("map", electronic=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEIGHTS", {"partial": "1.5"}),
        ("WEIGHTS", {"partial": "-0.1"}),
        ("WEIGHTS", {"partial": "0.3333"}),
        ("WEIGHTS", {"partial": "NaN"}),
        ("WEIGHTS", {"partial": "half"}),
        ("WEIGHTS", {"none": "0.5"}),
        ("WEIGHTS", {"disaster": "1"}),
        ("WEIGHTS", {"degraded": "0.9"}),
        ("LEAD_HOURS", -1),
        ("LEAD_HOURS", "48"),
        ("CAP_MINUTES", -5),
        ("CAP_MINUTES", "all"),
        ("HOURS", {"map": "sometimes"}),
        ("HOURS", {"map": "week"}),
        ("HOURS", {"map": {}}),
        ("HOURS", {"map": {"saturday": ""}}),
        ("HOURS", {"map": {"saturday": "20-8"}}),
        ("HOURS", {"map": {"saturday": 8}}),
        ("HOURS", {"map": {"samstag": "8-20"}}),
        ("HOURS", {"map": {"saturday": "8-20", "holidays": "8-12"}}),
        ("SINCE", "yesterday"),
        ("SINCE", "2026-03-21T00:00:00"),
        ("SINCE", "2026-13-41T00:00:00+03:30"),
    ],
)
def test_what_cannot_be_meant_is_found_by_the_check(settings, name, value):
    setattr(settings, f"DESK_AVAILABILITY_{name}", value)
    [found] = checks.check_availability(None)
    assert found.id == "notices.E001"
    assert name in found.msg
    with pytest.raises(ImproperlyConfigured):
        ask_for_all()


def test_a_beginning_that_has_not_come_is_found_by_the_check(settings):
    settings.DESK_AVAILABILITY_SINCE = "2999-03-21T00:00:00+03:30"
    [found] = checks.check_availability(None)
    assert (found.id, "SINCE" in found.msg) == ("notices.E001", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK_NOTICES_BEFORE_HOURS", -3),
        ("DESK_NOTICES_AFTER_HOURS", "six"),
        ("DESK_SUBSCRIPTIONS_DIGEST_HOUR", 25),
        ("DESK_SUBSCRIPTIONS_DIGEST_HOUR", None),
    ],
)
def test_hours_that_cannot_be_meant_stop_the_start(settings, name, value):
    assert checks.check_hours(None) == []
    setattr(settings, name, value)
    [found] = checks.check_hours(None)
    assert (found.id, name in found.msg) == ("notices.E003", True)
