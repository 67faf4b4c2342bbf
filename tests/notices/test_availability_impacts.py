"""Impact that changes from update to update is counted as it was said, minute for minute."""

import pytest

from cms_pages.enums import Delivery
from notices import updates
from notices.availability import counting
from notices.availability.facts import read
from notices.availability.periods import JALALI, CalendarMonth
from notices.enums import Impact, Kind
from notices.models import NoticeIndexPage
from tests.cms_pages.factories import ServiceFactory
from tests.notices import worked_example as example

pytestmark = pytest.mark.django_db
MONTH = CalendarMonth(JALALI, example.MONTH)


@pytest.fixture
def service(index):
    NoticeIndexPage.objects.update(first_published_at=example.at(1, 0))
    index.refresh_from_db()
    return ServiceFactory(key="map", delivery=Delivery.ELECTRONIC)


def change(notice, when, impacts, state="identified"):
    updates.post(
        notice=notice,
        state=state,
        text="اثر دیگر شد.",
        author=None,
        key=f"{when:%d%H%M}",
        at=when,
        impacts=impacts,
        alone_because="کسی نبود.",
    )


def counted(key="map"):
    book = read(MONTH.starts, MONTH.ends, at=MONTH.ends)
    figures = counting.figures_of(book.watched[key], MONTH, book)
    return [
        (each.ends - each.begins, each.excused / 1000, each.counted / 1000)
        for each in figures.reckoning.stretches
    ]


def fault(index, service, impact):
    return example.tell(index, service, Kind.OUTAGE, impact, example.at(6, 10), example.at(6, 10))


def test_a_lower_impact_said_by_an_update_lowers_the_downtime(index, service):
    notice = fault(index, service, Impact.MAJOR)
    change(notice, example.at(6, 11), {service: Impact.PARTIAL})
    example.post(notice, "resolved", example.at(6, 12))
    assert counted() == [(60, 0, 60), (60, 0, 30)]
    assert notice.affected.get().impact == Impact.PARTIAL


def test_without_any_effect_it_counts_no_longer_and_raised_again_it_counts_again(index, service):
    notice = fault(index, service, Impact.PARTIAL)
    change(notice, example.at(6, 11), {service: Impact.NONE}, "monitoring")
    change(notice, example.at(6, 13), {service: Impact.MAJOR})
    example.post(notice, "resolved", example.at(6, 14))
    assert counted() == [(60, 0, 30), (60, 0, 60)]


def test_a_service_that_is_named_later_suffered_nothing_before(index, service):
    other = ServiceFactory(key="other", delivery=Delivery.ELECTRONIC)
    notice = fault(index, service, Impact.MAJOR)
    change(notice, example.at(6, 11), {other: Impact.MAJOR})
    example.post(notice, "resolved", example.at(6, 12))
    assert counted("other") == [(60, 0, 60)]
    assert counted() == [(120, 0, 120)]


def test_of_the_whole_desk_every_service_suffers_what_was_said_last(index, service):
    other = ServiceFactory(key="other", delivery=Delivery.ELECTRONIC)
    notice = fault(index, None, Impact.MAJOR)
    change(notice, example.at(6, 11), {None: Impact.PARTIAL})
    example.post(notice, "resolved", example.at(6, 12))
    assert counted() == counted(other.key) == [(60, 0, 60), (60, 0, 30)]


def test_a_window_is_excused_with_the_impact_that_was_announced_in_time(index, service):
    notice = example.window(
        index, service, Impact.PARTIAL, example.at(1, 8), example.at(6, 10), example.at(6, 12)
    )
    change(notice, example.at(6, 11), {service: Impact.MAJOR}, "in_progress")
    assert counted() == [(60, 30, 0), (60, 30, 30)]
