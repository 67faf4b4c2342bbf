"""Open pages keep themselves up to date, and nobody loses the place or what was typed."""

import pytest
from django.utils import timezone

from cms_pages.models import Service
from notices import updates
from notices.enums import Impact, Kind, UpdateState
from notices.models import NoticeIndexPage
from tests.notices.factories import published

pytestmark = [pytest.mark.browser, pytest.mark.drill]
A_MINUTE = 70_000
LIVE = "**/status/live/"


@pytest.fixture
def index(desk):
    return NoticeIndexPage.objects.get(locale__language_code="fa")


def opened(open_page, address, **options):
    """A page whose clock the test turns."""
    page = open_page(**options)
    page.clock.install(time=timezone.now())
    page.goto(address)
    return page


def after_a_minute(page):
    page.clock.run_for(A_MINUTE)
    page.wait_for_load_state("networkidle")


def said(page):
    return page.locator("p.visually-hidden[role=status]").last


def post(notice, text, state=UpdateState.IDENTIFIED):
    updates.post(notice=notice, state=state, text=text, author=None, key=text)


def test_the_status_page_tells_of_an_outage_while_it_is_open(open_page, index):
    service = Service.objects.active().first()
    page = opened(open_page, "/status/")
    line = page.locator(".status-line")
    before = line.inner_text()
    published(index, title="قطع ناگهانی", services=[service], impact=Impact.MAJOR)
    after_a_minute(page)
    page.locator(".card", has_text="قطع ناگهانی").wait_for()
    assert line.inner_text() != before
    assert "قطع ناگهانی" in said(page).inner_text()
    head = page.locator(f'[data-live="service-{service.key}"]')
    assert "قطع ناگهانی" in head.inner_text()


def test_focus_place_and_what_was_opened_stay(open_page, index):
    first = published(index, title="نخستین", kind=Kind.ANNOUNCEMENT)
    page = opened(open_page, "/status/", width=390)
    link = page.locator(".card", has_text="نخستین").locator("a")
    link.focus()
    page.evaluate("document.activeElement.scrollIntoView({block: 'center'})")
    top = link.bounding_box()["y"]
    page.evaluate("document.activeElement.dataset.mine = 'yes'")
    published(index, title="دومین", kind=Kind.ANNOUNCEMENT)
    post(first.notice, "خبر تازه", UpdateState.ANNOUNCED)
    after_a_minute(page)
    page.locator(".card", has_text="دومین").wait_for()
    assert "نخستین" in page.evaluate("document.activeElement.textContent")
    assert page.locator("text=خبر تازه").count() >= 1
    assert abs(link.bounding_box()["y"] - top) < 60


def test_a_dismissed_notice_stays_away_until_its_phase_changes(open_page, index):
    page_of_notice = published(index, title="بسته‌شده")
    page = opened(open_page, "/")
    section = page.locator(f'[data-notice="{page_of_notice.notice_id}"]')
    section.locator("[data-notice-close]").click()
    assert section.is_hidden()
    published(index, title="تازه‌رسیده")
    after_a_minute(page)
    page.locator(".notice", has_text="تازه‌رسیده").wait_for()
    assert section.is_hidden()
    assert "بسته‌شده" not in said(page).inner_text()
    page.locator(".notice", has_text="تازه‌رسیده").locator("[data-notice-close]").click()
    assert page.locator(".notice", has_text="تازه‌رسیده").is_hidden()
    post(page_of_notice.notice, "رفع شد.", UpdateState.RESOLVED)
    after_a_minute(page)
    section.wait_for(state="visible")
    assert section.get_attribute("data-phase") == "ended"


def test_the_home_page_says_in_all_places_the_same(open_page, index):
    page = opened(open_page, "/")
    strip = page.locator(".status-strip")
    before = strip.inner_text()
    service = Service.objects.active().first()
    published(index, title="قطع", services=[service], impact=Impact.MAJOR)
    after_a_minute(page)
    page.locator(".notice", has_text="قطع").wait_for()
    assert strip.inner_text() != before
    sentence = page.locator("[data-live=foot] a").inner_text()
    assert sentence in strip.inner_text()


def test_a_half_filled_form_gets_the_banner_and_keeps_what_was_typed(open_page, index):
    page = opened(open_page, "/status/subscribe/")
    field = page.locator("[name=contact]")
    field.fill("half@typed")
    published(index, title="در میان نوشتن")
    after_a_minute(page)
    page.locator(".notice", has_text="در میان نوشتن").wait_for()
    assert field.input_value() == "half@typed"
    assert field.evaluate("element => element === document.activeElement")


def test_the_page_of_a_notice_shows_an_update_without_its_own_banner(open_page, index):
    notice = published(index, title="درگاه")
    page = opened(open_page, notice.url)
    post(notice.notice, "علت پیدا شد و کار می‌کنیم.")
    after_a_minute(page)
    page.locator(".timeline-item", has_text="علت پیدا شد").wait_for()
    assert "علت پیدا شد" in said(page).inner_text()
    assert page.locator(f'[data-notice="{notice.notice_id}"]').count() == 0


def test_after_a_failure_it_waits_longer_and_asks_at_once_when_online(open_page, index):
    page = opened(open_page, "/")
    asked = []
    page.route(LIVE, lambda route: (asked.append(1), route.fulfill(status=503)))
    after_a_minute(page)
    assert len(asked) == 1
    page.wait_for_timeout(500)  # the answer is understood, and the next look put off
    steps = 0
    while len(asked) == 1 and steps < 20:
        # Not at one go: the time-out of a request counts the same clock.
        page.clock.run_for(10_000)
        page.wait_for_timeout(100)
        steps += 1
    assert 10 <= steps <= 15
    page.wait_for_timeout(500)
    page.unroute(LIVE)
    published(index, title="پس از قطع")
    page.clock.run_for(10_000)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator(".notice", has_text="پس از قطع").wait_for()


def test_without_scripts_the_pages_are_whole(open_page, index):
    published(index, title="بی‌اسکریپت")
    page = open_page(javascript=False)
    for address in ("/", "/status/"):
        page.goto(address)
        assert page.locator("text=بی‌اسکریپت").count() >= 1


def test_a_notice_that_is_put_away_makes_room_for_the_next(open_page, index):
    before = open_page()
    before.goto("/")
    there = before.locator("[data-notice]").count()
    for number in range(4):
        published(index, title=f"شمارهٔ {number}", impact=Impact.MAJOR)
    page = open_page()
    page.goto("/")
    banner = page.locator("[data-notice]")
    assert banner.count() == there + 4
    shown, more = page.locator("[data-notice]:visible"), page.locator("[data-notices-more]")
    for left in range(there + 1, 0, -1):
        assert (shown.count(), more.is_visible()) == (3, True)
        assert (more.inner_text().strip() == "یک اطلاعیهٔ دیگر") == (left == 1)
        shown.first.locator("[data-notice-close]").click()
    assert (shown.count(), more.is_visible()) == (3, False)
    shown.first.locator("[data-notice-close]").click()
    page.reload()
    assert shown.count() == 2
