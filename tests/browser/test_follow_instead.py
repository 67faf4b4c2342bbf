"""From a half written request to following the notice, and back with nothing lost."""

import pytest

from cms_pages.models import Service
from notices.models import NoticeIndexPage, Subscription
from tests.notices.factories import published

pytestmark = [pytest.mark.browser, pytest.mark.drill]
PERSON = {
    "first_name": "مریم",
    "last_name": "کاظمی",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲۳۴۵۶۷۸۹",
}


@pytest.mark.parametrize("javascript", [True, False])
def test_whoever_follows_instead_comes_back_to_what_was_written(
    open_page, desk, settings, javascript
):
    settings.DESK_HUMAN_CHECK_OFF = True
    index = NoticeIndexPage.objects.get(locale__language_code="fa")
    service = Service.objects.active().first()
    published(index, title="قطع درگاه", services=[service])
    page = open_page(javascript=javascript, width=390)
    page.goto(f"/requests/new/?service={service.key}")
    page.get_by_role("radio", name="درخواست").first.check()
    page.locator("[name=person_type]").first.check()
    page.locator("#step .form-actions .button").first.click()
    for name, text in PERSON.items():
        page.locator(f"[name={name}]").fill(text)
    # Enter in a field goes on with the request, and does not follow.
    page.locator("[name=mobile]").press("Enter")
    page.wait_for_url("**/words/")
    page.locator("[name=body]").fill("نیمه‌کاره")
    page.locator("button[name=follow]").click()
    page.wait_for_url("**/status/subscribe/**")
    page.locator("[name=contact]").fill("sara@example.ir")
    page.locator("form .form-actions .button").first.click()
    page.wait_for_url("**/subscribe/code/**")
    assert Subscription.objects.get().only_followed
    page.locator(".callout a[href*='/words/']").click()
    page.wait_for_url("**/words/")
    assert page.locator("[name=body]").input_value() == "نیمه‌کاره"
