"""The worked example of docs/availability.md as facts: Aban 1405, two services."""

from datetime import date, datetime, time, timedelta

from cms_pages.enums import Delivery
from cms_pages.models import ServicePage
from notices import updates
from notices.enums import Impact, Kind
from notices.models import NoticeIndexPage, NoticePage
from notices.publishing import first_publish
from persian.jalali import TEHRAN, from_jalali
from sla.models import Holiday, WeeklySchedule
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, add_page
from tests.notices.factories import clock
from tests.replayed import replayed

MONTH = 140508
AFTER = from_jalali(1405, 9, 1)


def at(day, hour, minute=0):
    """A moment of Aban 1405 by the clock of Tehran."""
    begin = datetime.combine(from_jalali(1405, 8, 1), time(), TEHRAN)
    return begin + timedelta(days=day - 1, hours=hour, minutes=minute)


def tell(index, service, kind, impact, said, starts, ends=None, *, title="نمونه"):
    """A notice that was published at `said`; without a service, of the whole desk."""
    with clock(said):
        page = index.add_child(
            instance=NoticePage(
                title=title,
                locale=index.locale,
                live=True,
                kind=kind,
                impact=impact,
                starts_at=starts,
                expected_end=ends,
                message="خبر",
            )
        )
        page.affected_services = [service] if service else []
        notice = first_publish(page=page, at=said)
        page.notice = notice
        page.save()
    index.refresh_from_db()
    return notice


def post(notice, state, when, **times):
    """One update at a moment."""
    updates.post(
        notice=notice,
        state=state,
        text="خبر تازه",
        author=None,
        key=f"{state}-{when:%d%H%M}",
        at=when,
        **times,
    )


def outage(index, service, impact, said, starts, ends):
    """A fault, told at `said` and resolved at `ends`."""
    notice = tell(index, service, Kind.OUTAGE, impact, said, starts)
    post(notice, "resolved", ends)
    return notice


def window(index, service, impact, said, starts, ends):
    """Planned maintenance that was announced at `said`."""
    return tell(index, service, Kind.MAINTENANCE, impact, said, starts, ends)


def build(index):
    """Both services of the example with everything that happened to them; the services."""
    made = _built_below(index.pk)
    index.refresh_from_db()
    return made


@replayed
def _built_below(pk):
    index = NoticeIndexPage.objects.get(pk=pk)
    NoticeIndexPage.objects.update(first_published_at=at(1, 0) - timedelta(days=90))
    home = index.get_parent().specific
    enquiry = ServiceFactory(key="land-enquiry", delivery=Delivery.ELECTRONIC)
    page = add_page(home, ServicePage, title="استعلام", slug="enquiry", service=enquiry)
    ServicePage.objects.filter(pk=page.pk).update(first_published_at=at(1, 12))
    index.refresh_from_db()
    _enquiry(index, enquiry)
    counter = ServiceFactory(
        key="counter", delivery=Delivery.IN_PERSON, department=DepartmentFactory(key="roads")
    )
    _hours()
    _counter(index, counter)
    return enquiry, counter


def _enquiry(index, service):
    outage(index, service, Impact.MAJOR, at(3, 10, 12), at(3, 10), at(3, 11, 30))
    outage(index, service, Impact.PARTIAL, at(3, 11, 5), at(3, 11), at(3, 12, 15))
    longer = window(index, service, Impact.MAJOR, at(5, 0), at(10, 0), at(10, 4))
    late = {"expected_end": at(10, 5), "alone_because": "کسی نبود."}
    post(longer, "in_progress", at(10, 3, 30), **late)
    window(index, service, Impact.MAJOR, at(15, 10), at(15, 22), at(15, 23))
    window(index, service, Impact.PARTIAL, at(16, 9), at(20, 2), at(20, 4))
    window(index, service, Impact.MAJOR, at(17, 9), at(25, 0), at(25, 4))
    outage(index, service, Impact.DEGRADED, at(27, 9, 20), at(27, 9), at(27, 11))


def _hours():
    working = dict.fromkeys(("saturday", "sunday", "monday", "tuesday", "wednesday"), "7:30-14:30")
    WeeklySchedule.objects.create(
        name="هفتهٔ کار", first_day=date(2026, 3, 21), thursday="7:30-13", **working
    )
    Holiday.objects.create(day=from_jalali(1405, 8, 19), name="تعطیل رسمی")


def _counter(index, service):
    outage(index, service, Impact.MAJOR, at(5, 13, 40), at(5, 13, 30), at(6, 8, 30))
    outage(index, service, Impact.MAJOR, at(14, 12, 30), at(14, 12, 30), at(14, 14))
    outage(index, service, Impact.MAJOR, at(19, 9), at(19, 9), at(19, 11))


def month_is_over():
    """A context in which the month is over."""
    return clock(datetime.combine(AFTER, time(8), TEHRAN))
