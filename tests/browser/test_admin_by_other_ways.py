"""The admin by keyboard alone, without scripts, in two tabs at once, and on paper."""

from typing import Any

import pytest
from playwright.sync_api import expect

from cms_pages.models import ContentPage, Department, Need
from service_requests.models import Case
from tests.browser.staff import log_in
from tests.service_requests.factories import make_case

pytestmark = [pytest.mark.browser, pytest.mark.drill]
INSIDE = "document.activeElement.closest('.modal, [role=dialog]') !== null"
FOCUSED = "document.activeElement.innerText.trim() + '|' + document.activeElement.id"


def tab_to(page: Any, wanted: str, *, most: int = 80) -> None:
    """Press Tab until what has the focus matches a selector."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_a_chooser_is_opened_used_and_left_by_keyboard(open_page):
    page = open_page(reduced_motion="reduce")
    log_in(page, "manager")
    moved = ContentPage.objects.filter(live=True).first()
    page.goto(f"/admin/pages/{moved.pk}/move/")
    chooser = page.locator(".page-chooser").first
    before = chooser.locator("[data-chooser-title]").inner_text()

    def open_it() -> Any:
        page.keyboard.press("Enter")
        tab_to(page, "[data-chooser-action-choose]", most=10)
        page.keyboard.press("Enter")
        dialog = page.locator(".modal[role=dialog]")
        expect(dialog.locator("a.choose-page").first).to_be_visible()
        expect(page.get_by_role("dialog", name=dialog.locator("h1").inner_text())).to_be_visible()
        assert page.evaluate(INSIDE)
        return dialog

    tab_to(page, ".page-chooser [data-w-dropdown-target=toggle]")
    at = page.evaluate(FOCUSED)
    dialog = open_it()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(":focus")).to_have_count(1)
    assert page.evaluate(FOCUSED) == at, "the focus is where it was"
    open_it()
    for _ in range(60):
        tab_to(page, "a.choose-page", most=60)
        if page.evaluate("document.activeElement.innerText.trim()") != before:
            break
    page.keyboard.press("Enter")
    expect(page.locator(".modal-dialog")).to_be_hidden()
    assert chooser.locator("[data-chooser-title]").inner_text() != before
    expect(page.locator(":focus")).to_have_count(1)


def test_the_dialog_of_privacy_is_opened_and_left_by_keyboard(open_page):
    page = open_page(reduced_motion="reduce")
    log_in(page, "manager")
    page.goto(f"/admin/pages/{ContentPage.objects.filter(live=True).first().pk}/edit/")
    tab_to(page, "[data-side-panel-toggle=status]")
    page.keyboard.press("Enter")
    tab_to(page, "[data-a11y-dialog-show=set-privacy]")
    page.keyboard.press("Enter")
    expect(page.locator("#set-privacy [name=restriction_type]").first).to_be_visible()
    assert page.evaluate(INSIDE)
    tab_to(page, "#set-privacy [name=restriction_type]", most=5)
    tab_to(page, "#set-privacy [type=submit]", most=5)
    page.keyboard.press("Escape")
    expect(page.locator("#set-privacy")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('[data-a11y-dialog-show=set-privacy]')")


def test_forms_are_sent_and_answered_without_scripts(open_page):
    page = open_page(javascript=False)
    log_in(page, "manager")
    page.goto("/admin/cms_pages/need/create/")
    page.locator("[name=key]").fill("water")
    page.locator("[name=name]").fill("آب و برق")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/admin/cms_pages/need/")
    assert Need.objects.filter(name="آب و برق").exists()
    bar = page.locator(".messages > ul")
    assert bar.evaluate("e => getComputedStyle(e).opacity") == "1"
    assert bar.bounding_box()["y"] >= 0
    assert bar.bounding_box()["width"] == page.locator(".messages").bounding_box()["width"]


def test_a_case_in_two_tabs_loses_neither_text_nor_step(open_page):
    page = open_page()
    # The desk was put back behind the back of what remembers departments.
    Department.objects.get(key="roads").save()
    case = make_case(department="roads")
    log_in(page, "officer")
    address = f"/admin/service_requests/case/inspect/{case.pk}/"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.locator("summary", has_text="عدم امکان رسیدگی").click()
    other.locator("[name=reject-reason]").fill("دلیلی که نباید گم شود")
    page.locator(".desk-next button", has_text="پذیرش پرونده").click()
    page.locator(".messages").wait_for()
    version = Case.objects.get(pk=case.pk).version
    other.locator("details[open] form button").click()
    expect(other.locator("[name=reject-reason]")).to_have_value("دلیلی که نباید گم شود")
    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.state, fresh.version) == ("registered", version)


def test_a_case_is_printed_whole(open_page):
    case = make_case(department="roads")
    page = open_page()
    log_in(page, "officer")
    page.goto(f"/admin/service_requests/case/inspect/{case.pk}/")
    page.emulate_media(media="print")
    frame = page.locator("main")
    assert frame.evaluate("e => e.scrollHeight - e.clientHeight") == 0, "nothing is scrolled to"
    expect(page.locator("h1")).to_be_visible()
    for nothing in (".sidebar-nav-toggle", ".desk-action", ".desk-case .button"):
        expect(page.locator(f"{nothing}:visible")).to_have_count(0)
