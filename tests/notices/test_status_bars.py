"""The bars of the status page: ninety days a service, in words too, each leading to its notices."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from desk_core.page_cache.next_change import next_change
from notices import history
from notices.availability.days import DAYS
from notices.enums import Impact, Kind
from notices.models import NoticeIndexPage, NoticePage
from persian.jalali import TEHRAN, from_jalali
from sla.enums import Measure
from sla.performance.change import MINUTES
from sla.targets import Target
from tests.cms_pages.factories import ServiceFactory
from tests.notices import worked_example as example
from tests.notices.factories import ago, ahead, clock, published
from tests.sla.measured import make_measured

pytestmark = [pytest.mark.django_db, pytest.mark.face]
STATUS = "/en/status/"
ONE = "/en/status/services/land-enquiry/"


def page_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return BeautifulSoup(response.content, "html.parser")


def row_of(soup, key):
    """What the status page shows of one service."""
    return soup.find(id=f"service-{key}").find_parent("section")


def words_of(soup):
    return " ".join(soup.get_text().split())


def tones(soup):
    """The tones of the days, oldest first."""
    bars = soup.find("figure", class_="days").find_all("rect")
    return [each["class"][1].removeprefix("day-") for each in bars]


@pytest.fixture
def over(index):
    """The month of the worked example is over: it is 1 Azar 1405, 8:00."""
    example.build(index)
    with example.month_is_over():
        yield index


def test_every_service_has_its_ninety_days_oldest_first(over, client):
    soup = page_of(client, STATUS)
    found = tones(row_of(soup, "land-enquiry"))
    assert len(found) == DAYS
    month = dict(enumerate(found[-31:-1], start=1))
    assert {day: tone for day, tone in month.items() if tone != "ok"} == {
        3: "major",
        10: "major",
        15: "major",
        20: "info",
        25: "major",
        27: "waiting",
    }
    assert set(found[:-31]) == {"unknown"}
    counter = tones(row_of(soup, "counter"))
    assert counter[-31] == "closed", "1 Aban was a Friday"
    assert counter[-26] == "major"
    assert counter[-13] == "closed", "a holiday, and an outage that nobody felt"


def test_the_bars_are_said_in_words_and_are_no_tab_stops(over, client):
    row = row_of(page_of(client, STATUS), "land-enquiry")
    picture = row.find("svg", role="img")
    said = picture["aria-label"]
    assert "On 5 of the last 90 days there were faults." in said
    assert "On 1 day there was planned maintenance only." in said
    assert "The worst was Sunday 3 Aban 1405 with 113 minutes of downtime." in said
    assert said in words_of(row), "who sees the bars reads the same"
    assert not row.find("figure").find_all(["a", "button"])
    assert not row.select("[tabindex]")
    heights = {rect["class"][1]: rect["height"] for rect in row.find("figure").find_all("rect")}
    assert len(set(heights.values())) >= len(heights) - 1, "the shape says what the colour says"
    assert "89 days ago" in words_of(row)
    assert "29 days ago" in words_of(row)
    assert "Today" in words_of(row)


def test_each_day_that_failed_leads_to_its_notices(over, client):
    details = row_of(page_of(client, STATUS), "land-enquiry").find("details")
    days = [each.find("strong").get_text() for each in details.find_all("li")]
    assert days == [
        *("Wednesday 27 Aban 1405", "Monday 25 Aban 1405", "Wednesday 20 Aban 1405"),
        *("Friday 15 Aban 1405", "Sunday 10 Aban 1405", "Sunday 3 Aban 1405"),
    ]
    pages = NoticePage.objects.filter(notice__affected__service__key="land-enquiry")
    assert pages.count() == 7
    hrefs = {each["href"] for each in details.find_all("a")}
    assert hrefs == {page.url for page in pages}


def test_a_notice_that_is_not_public_keeps_its_day_and_loses_its_words(over, client):
    page = NoticePage.objects.filter(notice__starts_at=example.at(15, 22)).get()
    page.title = "نشانه"
    page.save()
    assert "نشانه" in words_of(page_of(client, STATUS))
    for hide in (
        lambda: PageViewRestriction.objects.create(page=page, restriction_type="login"),
        lambda: page.unpublish(),
    ):
        hide()
        soup = page_of(client, STATUS)
        row = row_of(soup, "land-enquiry")
        assert tones(row)[-17] == "major"
        assert "A notice behind it is not published any more." in words_of(row)
        assert "نشانه" not in str(soup)
        assert "نشانه" not in str(page_of(client, ONE))


def test_the_share_of_the_days_stands_beside_its_target(index, client):
    example.build(index)
    targets = [
        Target("all", Measure.AVAILABILITY, Decimal("99.5")),
        Target("counter", Measure.AVAILABILITY, Decimal("90"), service="counter"),
    ]
    make_measured(targets, since=from_jalali(1405, 8, 1))
    with example.month_is_over():
        soup = page_of(client, STATUS)
        first, second = row_of(soup, "land-enquiry"), row_of(soup, "counter")
    # Today's 480 minutes more than in the example: (42,480 − 292.5) ÷ 42,480, rounded once.
    assert "Available in these 90 days: 99.310%." in words_of(first)
    assert "Target: 99.5% target missed" in words_of(first)
    assert "Target: 90% target met" in words_of(second)


def test_without_a_promise_no_target_is_claimed(over, client):
    row = row_of(page_of(client, STATUS), "land-enquiry")
    assert "Target" not in words_of(row)
    assert "target" not in words_of(row)


def test_a_service_known_since_yesterday_claims_two_days(index, client, settings):
    yesterday = timezone.localdate() - timedelta(days=1)
    begin = datetime.combine(yesterday, time(), TEHRAN)
    settings.DESK_AVAILABILITY_SINCE = begin.isoformat()
    ServiceFactory(key="new")
    row = row_of(page_of(client, STATUS), "new")
    assert tones(row) == ["unknown"] * 88 + ["ok"] * 2
    assert "Of 88 days nothing is known." in words_of(row)


def test_before_anything_is_known_no_figure_stands_there(db, client, index):
    NoticeIndexPage.objects.update(first_published_at=None)
    ServiceFactory(key="map")
    row = row_of(page_of(client, STATUS), "map")
    assert set(tones(row)) == {"unknown"}
    assert "Nothing is known of the last 90 days." in words_of(row)
    assert "%" not in words_of(row)


def test_without_services_there_are_no_bars(index, client):
    soup = page_of(client, STATUS)
    assert not soup.find("figure", class_="days")
    assert not soup.find(class_="day-legend")


def test_a_service_has_three_headings_its_days_and_its_months(over, client):
    soup = page_of(client, ONE)
    headings = [each.get_text() for each in soup.find("main").find_all("h2")]
    assert headings[:3] == ["Service availability", "Planned downtime", "Service issues"]
    part = soup.find(id="availability").find_parent("section")
    assert len(tones(part)) == DAYS
    assert "days-fold" not in part.find("figure")["class"], "a phone shows all of them here"
    table = part.find("table")
    assert "Aban 1405" in table.get_text()
    assert "99.302%" in table.get_text()
    assert part.find("a", href="/en/status/availability/land-enquiry/")


def test_a_service_page_says_whether_its_months_met_the_target(index, client):
    example.build(index)
    target = Target("all", Measure.AVAILABILITY, Decimal("99.5"))
    make_measured([target], since=from_jalali(1405, 8, 1))
    with example.month_is_over():
        part = page_of(client, ONE).find(id="availability").find_parent("section")
    row = part.find("table").find("th", string="Aban 1405").find_parent("tr")
    assert "target missed" in words_of(row)
    assert "99.5%" in words_of(row)


def test_a_service_page_shows_only_what_touches_it(index, client):
    mine, other = ServiceFactory(key="map"), ServiceFactory(key="other")
    published(index, title="مال من", services=[mine], starts_at=ago(hours=1))
    published(index, title="مال دیگری", services=[other], starts_at=ago(hours=1))
    published(
        index,
        title="نگهداری همه",
        kind=Kind.MAINTENANCE,
        starts_at=ahead(hours=5),
        expected_end=ahead(hours=6),
    )
    main = page_of(client, "/status/services/map/").find("main").get_text()
    assert "مال من" in main
    assert "نگهداری همه" in main
    assert "مال دیگری" not in main


def test_a_running_outage_is_on_today_s_bar(index, client, settings):
    settings.DESK_AVAILABILITY_SINCE = "2020-01-01T00:00:00+03:30"
    service = ServiceFactory(key="map")
    published(index, services=[service], impact=Impact.PARTIAL, starts_at=ago(minutes=1))
    assert tones(row_of(page_of(client, STATUS), "map"))[-1] == "partial"


@pytest.mark.parametrize("url", [STATUS, "/en/status/services/map/"])
def test_a_copy_of_what_counts_up_to_now_lives_minutes_only(index, client, url):
    ServiceFactory(key="map")
    now = timezone.now()
    request = client.get(url).wsgi_request
    assert next_change(now, request) <= now + timedelta(minutes=MINUTES)


def test_the_queries_are_the_same_for_many(over, client):
    def count(url):
        with CaptureQueriesContext(connection) as caught:
            page_of(client, url)
        return len(caught)

    for url in (STATUS, ONE):
        count(url)  # what a process reads once
    with_few = [count(STATUS), count(ONE)]
    more = [ServiceFactory() for _number in range(5)]
    for number, service in enumerate(more):
        moments = [example.at(8 + number, hour) for hour in (9, 9, 12)]
        example.outage(over, service, Impact.PARTIAL, *moments)
    assert [count(STATUS), count(ONE)] == with_few


def test_the_past_below_is_that_of_the_newest_month(index):
    def told(title, day, hour=9):
        moment = datetime.combine(day, time(hour), TEHRAN)
        with clock(moment):
            page = published(index, title=title, kind=Kind.OUTAGE)
            example.post(page.notice, "resolved", moment + timedelta(hours=1))

    with clock(datetime.combine(from_jalali(1405, 9, 5), time(8), TEHRAN)):
        assert history.newest(timezone.now()) == []
    told("آخر مهر", from_jalali(1405, 7, 30))
    told("اول آبان", from_jalali(1405, 8, 1))
    told("آخر آبان", from_jalali(1405, 8, 30))
    with clock(datetime.combine(from_jalali(1405, 9, 5), time(8), TEHRAN)):
        published(index, title="هنوز", kind=Kind.OUTAGE)
        found = history.newest(timezone.now())
        assert [each.title for each in found] == ["آخر آبان", "اول آبان"]
        earlier = history.newest(datetime.combine(from_jalali(1405, 8, 1), time(8), TEHRAN))
        assert [each.title for each in earlier] == ["آخر مهر"]
