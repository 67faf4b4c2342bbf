"""What staff do in the Wagtail admin."""

from typing import Any


def log_in(page: Any, username: str) -> None:
    page.goto("/admin/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill("desk-demo-1405")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    assert page.locator("html").get_attribute("lang") == "fa"
    assert page.locator("html").get_attribute("dir") == "rtl"
