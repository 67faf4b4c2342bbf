"""A service that is promised in hours of its own: counted by them, said on its page."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from notices.availability import counting, weeks
from notices.availability.facts import read
from notices.availability.periods import JALALI, CalendarMonth
from notices.enums import Impact, Kind
from persian.jalali import from_jalali
from sla.models import Holiday
from tests.cms_pages.factories import ServiceFactory
from tests.notices.test_faces import text_of
from tests.notices.worked_example import at, post, tell

pytestmark = pytest.mark.django_db
MONTH = CalendarMonth(JALALI, 140508)
# Aban 1405 begins on a Friday: 5 Fridays and Saturdays, 4 of each other day.
WEEK = {"saturday": "8-20", "sunday": "8-12, 16-20", "friday": "22-24"}
HOURS = 5 * 12 + 4 * 8 + 5 * 2


@pytest.fixture
def lake(settings):
    settings.DESK_AVAILABILITY_HOURS = {"lake": WEEK}
    settings.DESK_AVAILABILITY_SINCE = "2020-01-01T00:00:00+03:30"
    return ServiceFactory(key="lake")


def figures():
    book = read(MONTH.starts, MONTH.ends, at=MONTH.ends)
    return counting.figures_of(book.watched["lake"], MONTH, book)


def test_agreed_are_the_hours_of_its_week(lake):
    assert figures().reckoning.agreed == HOURS * 60


def test_only_what_falls_into_them_counts(index, lake):
    outage = tell(index, lake, Kind.OUTAGE, Impact.MAJOR, at(2, 6), at(2, 6))
    post(outage, "resolved", at(2, 9), ended_at=at(2, 9))
    found = figures()
    assert found.reckoning.counted == 60_000
    assert found.outages == 1


@pytest.mark.parametrize(("closed", "less"), [(False, 0), (True, 12 * 60)])
def test_a_public_holiday_is_a_day_like_any_other_unless_it_is_closed(lake, settings, closed, less):
    Holiday.objects.create(day=from_jalali(1405, 8, 2), name="تعطیل")
    if closed:
        settings.DESK_AVAILABILITY_HOURS = {"lake": WEEK | {"holidays": "closed"}}
    assert figures().reckoning.agreed == HOURS * 60 - less


def test_the_page_says_the_hours_and_the_json_whose_they_are(index, lake, client):
    tell(index, lake, Kind.OUTAGE, Impact.MAJOR, at(2, 6), at(2, 6) + timedelta(minutes=1))
    assert "شنبه" in text_of(client, "/status/availability/lake/")
    answered = client.get("/api/desk/v1/availability/lake").json()
    assert answered["services"][0]["hours"] == "week"


def test_the_words_of_a_week_put_like_days_together():
    with override("en"):
        said = str(weeks.read({"monday": "8-20", "tuesday": "8-20", "holidays": "closed"}))
    assert "Monday to Tuesday: 8:00 to 20:00" in said
    assert said.endswith("closed on public holidays")
