"""The demo's own pages, all of them: they fit any window and axe finds nothing in them."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.drill]

WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def addresses() -> list[str]:
    """Every live page in both languages, and the views that are no pages."""
    from wagtail.models import Page

    pages = [page.get_url() for page in Page.objects.live().filter(depth__gt=1)]
    views = ["/status/", "/status/history/", "/search/?q=راه", "/requests/new/", "/requests/track/"]
    views += ["/agreements/verify/", "/agreements/sign/"]
    assert len(pages) > 20
    return [*filter(None, pages), *views, *(f"/en{view}" for view in views)]


def test_no_page_is_wider_than_a_small_phone(open_page) -> None:
    """320 px is also 1280 px at 400 % zoom."""
    page = open_page(width=320)
    too_wide = []
    for address in addresses():
        page.goto(address)
        if page.evaluate(WIDE) > 0:
            too_wide.append(address)
    assert not too_wide


@pytest.mark.parametrize(
    ("scheme", "rules"), [("light", {}), ("dark", {"runOnly": ["color-contrast"]})]
)
def test_axe_finds_nothing_on_any_page(open_page, scheme: str, rules: dict) -> None:
    """In the dark nothing but the colours is another."""
    page = open_page(color_scheme=scheme)
    found = []
    for address in addresses():
        page.goto(address)
        violations = Axe().run(page, options=rules).response["violations"]
        found += [(address, each["id"], each["nodes"][0]["html"]) for each in violations]
    assert not found


def test_every_page_has_one_heading_a_language_and_a_direction(open_page) -> None:
    page = open_page(javascript=False)
    wrong = []
    for address in addresses():
        page.goto(address)
        html = page.locator("html")
        wanted = ("en", "ltr") if address.startswith("/en/") else ("fa", "rtl")
        if (html.get_attribute("lang"), html.get_attribute("dir")) != wanted:
            wrong.append((address, "language"))
        if page.locator("h1").count() != 1:
            wrong.append((address, "h1"))
        if not page.title().strip(" –"):
            wrong.append((address, "title"))
    assert not wrong
