"""The sentences about a notice and about all services, as readers get them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from notices import wording
from notices.enums import Impact, Kind
from notices.overview import overview
from notices.state import Facts
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import published

START = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def test_what_was_called_off_still_says_when_it_would_have_been():
    facts = Facts(
        Kind.MAINTENANCE,
        START,
        START + timedelta(hours=2),
        cancelled_at=START - timedelta(days=1),
    )
    with override("en"):
        assert wording.when(facts, START + timedelta(days=9)) == (
            "Cancelled: Sunday 1 Azar 1405, 10:00; it was announced: From Monday 2 Azar 1405, "
            "10:00 to 12:00 the same day"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("impact", "some", "all_of_them"),
    [
        (Impact.DEGRADED, "Some services are slow or faulty.", "All services are slow or faulty."),
        (
            Impact.PARTIAL,
            "Some services are partly unavailable.",
            "All services are partly unavailable.",
        ),
        (Impact.MAJOR, "Some services are unavailable.", "All services are unavailable."),
    ],
)
def test_some_services_are_not_all(index, impact, some, all_of_them):
    first, second = ServiceFactory(), ServiceFactory()
    published(index, title="a", services=[first], impact=impact)
    with override("en"):
        assert overview(timezone.now()).sentence == some
        published(index, title="b", services=[second], impact=impact)
        assert overview(timezone.now()).sentence == all_of_them
