"""The length of a text message is counted while it is written."""

import pytest
from playwright.sync_api import expect

from persian.digits import to_persian
from tests.browser.staff import log_in

pytestmark = pytest.mark.browser


def test_the_counter_follows_what_is_typed(open_page):
    page = open_page()
    log_in(page, "admin")
    page.goto("/admin/service_requests/messagetext/create/")
    counter = page.locator("textarea[name=text] + output")
    expect(counter).to_be_hidden()
    page.locator("[name=channel]").select_option("sms")
    page.locator("textarea[name=text]").fill("سلام")
    expect(counter).to_contain_text(to_persian("66"))
