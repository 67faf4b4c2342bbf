"""A foreign site with a strict policy, which names the desk alone, shows the box and the frame."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms_pages.models import Service
from notices.enums import Impact
from notices.models import NoticeIndexPage
from tests.browser.test_accessibility import Inspector
from tests.notices.factories import published

pytestmark = [pytest.mark.browser, pytest.mark.drill]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="color-scheme" content="light dark"><title>Elsewhere</title></head><body>
<script src="{desk}/status/widget.js" data-language="{language}" {service} defer></script>
<iframe src="{desk}/status/embed/" title="state" width="100%" height="300"></iframe>
<img src="{desk}/status/badge.svg" alt="badge"></body></html>"""


class Elsewhere(ThreadingHTTPServer):
    """A site of its own at another address; its policy allows no style and no inline script."""

    daemon_threads = True
    page = ""
    policy = ""


class Answer(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_GET(self):
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def index(desk):
    return NoticeIndexPage.objects.get(locale__language_code="fa")


@pytest.fixture
def elsewhere(desk) -> Iterator:
    """Serve a page that embeds the desk; its address."""
    server = Elsewhere(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(language="fa", service=""):
        chosen = f'data-service="{service}"' if service else ""
        server.page = PAGE.format(desk=desk.url, language=language, service=chosen)
        named = " ".join(
            f"{name} {desk.url};" for name in ("script-src", "connect-src", "frame-src", "img-src")
        )
        server.policy = f"default-src 'none'; {named}"
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    server.shutdown()
    server.server_close()


def frame_of(page):
    return page.frame_locator("iframe")


@pytest.mark.parametrize(("language", "direction"), [("fa", "rtl"), ("en", "ltr")])
def test_box_frame_and_badge_show_in_a_site_with_a_strict_policy(
    open_page, index, elsewhere, language, direction
):
    service = Service.objects.active().first()
    notice = published(index, title="<b>قطع</b> درگاه", services=[service], impact=Impact.MAJOR)
    page = open_page()
    page.goto(elsewhere(language, service.key))
    box = page.locator("section")
    link = box.locator("li a")
    link.wait_for()
    assert link.inner_text() == "<b>قطع</b> درگاه"
    assert link.get_attribute("href").endswith(notice.url)
    assert box.get_attribute("dir") == direction
    frame = box.locator("div")
    assert frame.evaluate("e => getComputedStyle(e).borderInlineStartWidth") == "8px"
    assert page.evaluate("document.querySelector('img').naturalWidth") > 50
    inside = frame_of(page).locator(".linklist a")
    assert inside.inner_text() == "<b>قطع</b> درگاه"
    inside.click()
    page.wait_for_url(f"**{notice.url}")
    assert page.context.cookies() == []


def test_the_box_is_dark_where_its_reader_wants_it_dark(open_page, index, elsewhere):
    colours = []
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        page.goto(elsewhere())
        page.locator("section .all").wait_for()
        colours.append(
            page.locator("section div").evaluate("e => getComputedStyle(e).backgroundColor")
        )
    assert colours == ["rgb(255, 255, 255)", "rgb(17, 24, 31)"]


def test_the_box_refreshes_itself_and_keeps_the_focus(open_page, index, elsewhere):
    page = open_page()
    page.clock.install(time=timezone.now())
    page.goto(elsewhere("en"))
    page.locator("section .all a").focus()
    published(index, title="تازه")
    page.clock.run_for(61_000)
    page.locator("section li", has_text="تازه").wait_for()
    held = page.evaluate("document.querySelector('section').shadowRoot.activeElement.href")
    assert held.endswith("/en/status/")


def test_while_the_desk_is_away_the_box_keeps_the_last_and_says_how_old_it_is(
    open_page, index, elsewhere
):
    published(index, title="پیش از قطع")
    page = open_page()
    page.clock.install(time=timezone.now())
    page.goto(elsewhere("en"))
    page.locator("section li", has_text="پیش از قطع").wait_for()
    page.route("**/widget.json", lambda route: route.fulfill(status=502))
    page.clock.run_for(181_000)
    page.locator("section small", has_text="3 minutes ago").wait_for()
    assert page.locator("section li", has_text="پیش از قطع").is_visible()
    page.unroute("**/widget.json")
    page.clock.run_for(61_000)
    expect(page.locator("section small[role=status]")).to_have_text("")


def test_without_any_answer_there_is_still_the_way_to_the_desk(open_page, desk, elsewhere):
    page = open_page()
    page.route("**/widget.json", lambda route: route.fulfill(status=502))
    page.goto(elsewhere("en"))
    page.locator("section p", has_text="does not answer").wait_for()
    assert page.locator("section a").get_attribute("href") == f"{desk.url}/en/status/"


def test_a_site_without_scripts_has_the_frame(open_page, index, elsewhere):
    published(index, title="بی‌اسکریپت")
    page = open_page(javascript=False)
    page.goto(elsewhere())
    frame_of(page).locator(".linklist", has_text="بی‌اسکریپت").wait_for()


def test_the_frame_refreshes_itself(open_page, index, elsewhere):
    page = open_page()
    page.clock.install(time=timezone.now())
    page.goto(elsewhere())
    frame_of(page).locator(".status-line").wait_for()
    published(index, title="تازه در قاب")
    page.clock.run_for(70_000)
    frame_of(page).locator(".linklist", has_text="تازه در قاب").wait_for()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_axe_finds_nothing_on_these_pages_at_320_px(open_page, index, elsewhere, prefix):
    service = Service.objects.active().first()
    notice = published(index, title="قطع درگاه", services=[service], impact=Impact.MAJOR).notice
    page = open_page(width=320)
    see = Inspector(page)
    for address in (
        f"/status/services/{service.key}/own-site/",
        f"/status/embed/{service.key}/",
        f"/status/subscribe/?notice={notice.pk}&back=/requests/new/",
        f"/requests/new/?service={service.key}",
    ):
        page.goto(prefix + address)
        see.look(address)
    page.goto(elsewhere("en" if prefix else "fa", service.key))
    page.locator("section li").wait_for()
    see.look("elsewhere")
    assert not see.wrong
