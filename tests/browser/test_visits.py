"""A citizen takes and moves a time for a visit: by keyboard, without scripts, 320 px wide."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.drill]
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def receipt_of_a_call() -> Any:
    """Code and password of a case whose applicant is to choose a time at the roads department."""
    from cms_pages.models import Department
    from service_requests import visits, workflow
    from service_requests.models import Case
    from tests.service_requests.factories import officer_of, register

    receipt = register(department=Department.objects.get(key="roads").key)
    case = Case.objects.get(code=receipt.code)
    officer = officer_of(case)
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    visits.call(case=case, actor=officer, expected=case.version, bring="کارت ملی")
    return receipt


def axe(page: Any) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_a_time_is_taken_and_moved_without_scripts(open_page) -> None:
    from service_requests.models import Visit

    receipt = receipt_of_a_call()
    page = open_page(javascript=False, width=320)
    page.goto("/requests/track/")
    page.locator("[name=code]").fill(receipt.code)
    page.locator("[name=password]").fill(receipt.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/**")
    assert page.evaluate(WIDE) <= 0
    first = page.locator("[name=slot]").first
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**?booked")
    expect(page.locator("[role=status]")).to_be_visible()
    taken = Visit.objects.get().starts_at
    with page.expect_download() as download:
        page.locator("a[href*=calendar]").click()
    assert download.value.suggested_filename == "visit.ics"
    page.locator("section:has(#visit) > details > summary").first.click()
    page.locator("section:has(#visit) details details > summary").nth(1).click()
    page.locator("section:has(#visit) details details").nth(1).locator("[name=slot]").last.check()
    page.locator("section:has(#visit) .form-actions button").first.click()
    page.wait_for_url("**?booked")
    assert Visit.objects.get().starts_at > taken
    assert page.evaluate(WIDE) <= 0


def test_nothing_is_in_the_way_of_anybody(open_page) -> None:
    receipt = receipt_of_a_call()
    page = open_page(reduced_motion="reduce")
    page.goto("/requests/track/")
    page.locator("[name=code]").fill(receipt.code)
    page.locator("[name=password]").fill(receipt.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/**")
    assert axe(page) == []
