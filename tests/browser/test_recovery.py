"""A citizen verifies a contact and recovers a lost password, without scripts, 320 px wide."""

from typing import Any

import pytest

from tests.browser.citizen import answer_in_words

pytestmark = [pytest.mark.browser, pytest.mark.drill]
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def fine(page: Any) -> None:
    assert page.evaluate(WIDE) <= 0


def test_a_contact_is_verified_and_a_password_recovered_without_scripts(
    open_page, settings
) -> None:
    from cms_pages.models import Department
    from service_requests.models import Case
    from tests.service_requests.factories import register
    from tests.service_requests.one_time import code_sent

    receipt = register(department=Department.objects.get(key="roads").key)
    case = Case.objects.get(code=receipt.code)
    settings.DESK_FORM_MIN_SECONDS = 0
    page = open_page(javascript=False, width=320)
    page.goto("/requests/track/")
    page.locator("[name=code]").fill(receipt.code)
    page.locator("[name=password]").fill(receipt.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/**")
    page.locator("a[href*='case/contacts']").click()
    fine(page)
    page.locator("#sms button[name=send]").click()
    page.locator("#sms [name=one_time_code]").fill(code_sent(case))
    page.keyboard.press("Enter")
    page.locator("#sms .callout-ok").wait_for()
    fine(page)

    page.goto("/requests/recover/")
    fine(page)
    page.locator("[name=contact]").fill("09123456789")
    answer_in_words(page, "recover")
    page.locator("main form button").last.click()
    page.wait_for_url("**/recover/code/")
    fine(page)
    page.locator("[name=one_time_code]").fill(code_sent(case))
    page.keyboard.press("Enter")
    page.wait_for_url("**/recover/cases/")
    fine(page)
    page.locator("main form button").last.click()
    page.wait_for_url("**/recover/password/")
    fine(page)
    page.locator("main form button").last.click()
    page.wait_for_url("**/track/")
