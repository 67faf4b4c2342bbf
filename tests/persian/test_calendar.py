"""The calendar of the admin, in a browser: mouse, keyboard, and what reaches the server."""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.telepath import JSContext
from wagtail.models import Page

from persian import jalali
from persian.wagtail import JalaliDateTimeBlock, JalaliPublishingPanel

pytestmark = [
    pytest.mark.browser,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def editor(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, chromium: Any
) -> Iterator[Browser]:
    """The publishing dialog of a page, open in the page editor."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    panels = [FieldPanel("title"), JalaliPublishingPanel()]
    Page.get_edit_handler.cache_clear()
    monkeypatch.setattr(Page, "edit_handler", ObjectList(panels), raising=False)
    page = Page.get_first_root_node().add_child(instance=Page(title="سلام", slug="salam"))
    user = get_user_model().objects.create_superuser("modir", "m@example.org", "x" * 12)
    client = Client()
    client.force_login(user)
    context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    tab = context.new_page()
    tab.set_default_timeout(15_000)
    tab.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[page.pk]))
    tab.locator("[data-side-panel-toggle='status']").click()
    tab.locator("[data-a11y-dialog-show='schedule-publishing-dialog']").first.click()
    yield tab
    context.close()
    Page.get_edit_handler.cache_clear()


def test_a_day_is_chosen_by_mouse_and_by_keyboard(editor: Browser) -> None:
    if shot := os.environ.get("DESK_SHOTS"):
        editor.screenshot(path=f"{shot}/editor.png")
    box = editor.locator("#id_go_live_at")
    box.fill("۱۳۹۹/۱۲/۲۸ ۱۴:۳۰")
    button = editor.locator("#id_go_live_at + button")
    button.click()
    panel = editor.locator(".desk-jalali:popover-open")
    expect(panel).to_contain_text("اسفند ۱۳۹۹")
    expect(panel.locator("td[data-at]")).to_have_count(30)
    if shot:
        editor.screenshot(path=f"{shot}/calendar.png")
    panel.get_by_role("gridcell", name="۳۰", exact=True).click()
    expect(box).to_have_value("۱۳۹۹/۱۲/۳۰ ۱۴:۳۰")
    expect(box).to_be_focused()

    button.click()
    editor.keyboard.press("ArrowLeft")  # right to left: the next day, over the end of the year
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("PageDown")
    editor.keyboard.press("Enter")
    expect(box).to_have_value("۱۴۰۰/۰۲/۰۸ ۱۴:۳۰")

    button.click()
    editor.keyboard.press("Escape")
    expect(editor.locator(".desk-jalali:popover-open")).to_have_count(0)
    expect(button).to_be_focused()


def test_every_month_begins_on_the_day_the_server_says(editor: Browser) -> None:
    box = editor.locator("#id_go_live_at")
    for year in (1391, 1399, 1403, 1404, 1408, 1441):
        box.fill(f"{year}/12/01 00:00")
        editor.locator("#id_go_live_at + button").click()
        cells = editor.locator(".desk-jalali:popover-open td[data-at]")
        last = jalali.last_day_of_year(year)
        expect(cells).to_have_count(jalali.jalali_parts(last)[2])
        stamp = int(cells.last.get_attribute("data-at") or 0) / 1000
        assert dt.datetime.fromtimestamp(stamp, dt.UTC).date() == last
        editor.keyboard.press("Escape")


def test_a_block_added_to_a_stream_has_the_calendar_and_gives_back_its_text(
    editor: Browser,
) -> None:
    editor.keyboard.press("Escape")  # the dialog would keep the focus to itself
    expect(editor.locator("#id_go_live_at")).to_be_hidden()
    stream = blocks.StreamBlock([("at", JalaliDateTimeBlock())])
    stream.set_name("body")
    context = JSContext()
    packed = context.pack(stream)
    for script in context.media._js:
        editor.add_script_tag(url=context.media.absolute_path(script))
    editor.evaluate(
        """packed => {
            const place = document.createElement('div');
            const holder = document.createElement('div');
            holder.append(place);
            document.querySelector('main').prepend(holder);
            window.stream = window.telepath.unpack(packed).render(
                place, 'body', [{type: 'at', value: '۱۳۹۹/۱۲/۲۹ ۰۸:۰۰', id: 'one'}]);
        }""",
        packed,
    )
    box = editor.locator("[name='body-0-value']")
    expect(box).to_have_value("۱۳۹۹/۱۲/۲۹ ۰۸:۰۰")
    editor.evaluate("document.querySelector('#body-0-value + button').click()")
    editor.keyboard.press("ArrowLeft")
    editor.keyboard.press("Enter")
    expect(box).to_have_value("۱۳۹۹/۱۲/۳۰ ۰۸:۰۰")
    assert editor.evaluate("window.stream.getState()[0].value") == "۱۳۹۹/۱۲/۳۰ ۰۸:۰۰"
