"""An editor publishes a notice in the admin; every page shows it at once, and no longer than due.

The page cache is on: each page was put on the shelf before the notice came.
"""

import datetime as dt
import time

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from desk_core.page_cache.shelf import shelf
from notices.models import Notice, NoticeIndexPage, NoticePage
from persian.digits import to_persian
from persian.jalali import TEHRAN, jalali_parts
from tests.browser.citizen import press
from tests.browser.staff import log_in

pytestmark = [pytest.mark.browser, pytest.mark.drill]

PAGES = ("/", "/services/land-enquiry/", "/departments/", "/en/")
# The cache looks at the shared mark in less than a second; a request takes its time, too.
AT_ONCE = 1.5


@pytest.fixture
def live_server(transactional_db, settings):
    """A server of this test's own, with the page cache in front."""
    settings.DESK_PAGE_CACHE = True
    settings.DESK_NOTICES_AFTER_HOURS = 0
    shelf.drop()
    server = LiveServer("localhost")
    yield server
    server.stop()
    shelf.drop()


def typed(moment: dt.datetime) -> str:
    """As an editor types it: Jalali, Persian digits, to the second."""
    here = moment.astimezone(TEHRAN)
    year, month, day = jalali_parts(here)
    return to_persian(f"{year}/{month:02}/{day:02} {here:%H:%M:%S}")


def fresh(page, path: str) -> str:
    """The words of a page's banners; the address bar's way, so that the browser asks again."""
    page.goto(path)
    return " ".join(page.locator(".notice").all_inner_texts())


def from_cache(page, path: str) -> bool:
    """Whether the server answers from its shelf."""
    return page.request.get(path).headers.get("x-desk-cache") == "hit"


def put_on_shelf(page) -> None:
    for path in PAGES:
        assert fresh(page, path) == ""
        assert from_cache(page, path), path


def write_notice(
    editor, *, kind: str, title: str, action: str = "publish", **times: dt.datetime
) -> None:
    """Fill in the page form for one service, and publish it or do something else with it."""
    index = NoticeIndexPage.objects.get(locale__language_code="fa")
    editor.goto(f"/admin/pages/add/notices/noticepage/{index.pk}/")
    editor.locator("[name=title]").fill(title)
    editor.locator("[name=kind]").select_option(kind)
    # The highest severity, an outage that leaves nothing, would take two people.
    editor.locator("[name=impact]").select_option("partial")
    editor.get_by_label("استعلام وضعیت زمین").check()
    for name, moment in times.items():
        editor.locator(f"[name={name}]").fill(typed(moment))
    editor.locator("[name=message]").fill("سامانهٔ نقشه پاسخ نمی‌دهد. ثبت درخواست برقرار است.")
    press_action(editor, action)


def press_action(editor, action: str) -> None:
    button = editor.locator(f"button[name=action-{action}]")
    if not button.is_visible():
        editor.locator(
            "footer [data-controller~=w-dropdown] button[data-w-dropdown-target=toggle]"
        ).click()
    button.click()
    editor.wait_for_url(lambda url: "/add/" not in url)


def wait_until(holds, seconds: float) -> float:
    """Until it holds; how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def test_an_outage_is_on_every_page_at_once_and_resolved_from_a_phone(open_page):
    reader, editor = open_page(), open_page()
    put_on_shelf(reader)
    log_in(editor, "editor")
    start = timezone.now() - dt.timedelta(hours=2)
    end = timezone.now() + dt.timedelta(hours=3)
    title = "قطع استعلام زمین"
    write_notice(editor, kind="outage", title=title, starts_at=start, expected_end=end)

    notice = Notice.objects.get()
    assert abs(notice.starts_at - start) < dt.timedelta(seconds=1)
    assert abs(notice.expected_end - end) < dt.timedelta(seconds=1)
    assert [str(each.service.key) for each in notice.affected.all()] == ["land-enquiry"]
    for path in PAGES:
        wait_until(lambda path=path: title in fresh(reader, path), AT_ONCE)
    assert "استعلام وضعیت زمین" in fresh(reader, "/")
    assert from_cache(reader, "/"), "the page with the banner is kept again"
    reader.goto("/status/")
    assert title in reader.locator("main").inner_text()
    assert to_persian(f"{end.astimezone(TEHRAN):%H:%M}") in reader.locator("main").inner_text()

    phone = open_page(width=390)
    log_in(phone, "editor")
    post_update(phone, "identified", "علت پیدا شد و تا یک ساعت دیگر درست می‌شود.")
    assert notice.updates.count() == 2
    with reader.expect_navigation():
        reader.locator("main").get_by_role("link", name=title).first.click()
    wait_until(lambda: "علت پیدا شد" in reload(reader), AT_ONCE)

    assert title in fresh(reader, "/")
    post_update(phone, "resolved", "درست شد.")
    notice.refresh_from_db()
    assert notice.ended_at is not None
    for path in PAGES:
        wait_until(lambda path=path: title not in fresh(reader, path), AT_ONCE)
    reader.goto("/status/")
    assert title in reader.locator("main").inner_text(), "it stays in the history"


def reload(page) -> str:
    page.reload()
    return page.locator("main").inner_text()


def post_update(phone, state: str, text: str) -> None:
    """From the admin's first screen: one button, one short form, nothing to scroll sideways."""
    phone.goto("/admin/")
    press(phone, "main a[href*='/admin/notices/']:visible")
    assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    phone.locator(f"[name=state][value={state}]").check()
    phone.locator("[name=text]").fill(text)
    button = phone.locator("form button[type=submit].button-longrunning")
    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    button.click()
    phone.wait_for_url("**/admin/")


def approve(second, page: NoticePage) -> None:
    """Approve what waits for a second person, in the editor."""
    second.goto(f"/admin/pages/{page.pk}/edit/")
    second.locator("footer [data-w-dropdown-target=toggle]").first.click()
    button = second.locator("[data-workflow-action-name=approve]").first
    with second.expect_navigation():
        button.click()


@pytest.mark.parametrize("early", [False, True])
def test_what_an_editor_plans_a_second_person_approves(open_page, early):
    reader, editor, second = open_page(), open_page(), open_page(width=390)
    put_on_shelf(reader)
    log_in(editor, "editor")
    start = timezone.now() + dt.timedelta(hours=20)
    title = "به‌روزرسانی شبانه"
    write_notice(
        editor,
        kind="maintenance",
        title=title,
        action="submit",
        starts_at=start,
        expected_end=start + dt.timedelta(hours=2),
    )
    assert not Notice.objects.exists()
    page = NoticePage.objects.get(title=title)
    editor.goto(f"/admin/pages/{page.pk}/edit/")
    assert editor.locator("[data-workflow-action-name=approve]").count() == 0
    log_in(second, "manager")
    if early:
        # A press that is quicker than the script of the buttons is an approval, too.
        never = {"content_type": "text/javascript", "body": ""}
        second.route("**/workflow-action.js*", lambda route: route.fulfill(**never))
    approve(second, page)
    wait_until(lambda: Notice.objects.exists(), AT_ONCE)
    wait_until(lambda: title in fresh(reader, "/"), AT_ONCE)


def test_a_maintenance_goes_when_its_announced_end_has_come(open_page, settings):
    settings.DESK_NOTICES_PLANNED_BY_TWO = False
    reader, editor = open_page(), open_page()
    put_on_shelf(reader)
    log_in(editor, "editor")
    now = timezone.now()
    start, end = now - dt.timedelta(minutes=1), now + dt.timedelta(seconds=25)
    title = "به‌روزرسانی کوتاه نقشه‌ها"
    write_notice(editor, kind="maintenance", title=title, starts_at=start, expected_end=end)
    wait_until(lambda: title in fresh(reader, "/"), AT_ONCE)
    assert from_cache(reader, "/")
    for path in PAGES:
        assert title in fresh(reader, path)
    assert timezone.now() < end, "too slow a machine for this test's figures"
    # Nobody does anything now: neither an editor nor a worker.
    reader.wait_for_timeout(max(0, (end - timezone.now()).total_seconds() - 0.5) * 1000)
    for path in PAGES:
        wait_until(lambda path=path: title not in fresh(reader, path), 0.5 + AT_ONCE)
    assert timezone.now() < end + dt.timedelta(seconds=10)


def test_a_wrong_date_is_told_at_its_field_and_nothing_is_published(open_page):
    editor = open_page()
    log_in(editor, "editor")
    index = NoticeIndexPage.objects.get(locale__language_code="fa")
    editor.goto(f"/admin/pages/add/notices/noticepage/{index.pk}/")
    editor.locator("[name=title]").fill("قطع")
    editor.locator("[name=message]").fill("پیام.")
    editor.locator("[name=starts_at]").fill("۱۴۰۵/۱۳/۴۰ ۱۰:۰۰")
    button = editor.locator("button[name=action-publish]")
    if not button.is_visible():
        editor.locator("footer [data-w-dropdown-target=toggle]").click()
    with editor.expect_navigation():
        button.click()
    field = editor.locator("[data-contentpath=starts_at]")
    assert field.locator(".error-message").inner_text().strip()
    assert editor.locator("[name=starts_at]").input_value() == "۱۴۰۵/۱۳/۴۰ ۱۰:۰۰"
    assert not Notice.objects.exists()
