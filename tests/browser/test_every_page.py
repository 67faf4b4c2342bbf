"""The demo's own pages, all of them: they fit any window and axe finds nothing in them."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.drill]

WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def addresses() -> list[str]:
    """Every live page in both languages, and the views that are no pages."""
    from wagtail.models import Page

    pages = [page.get_url() for page in Page.objects.live().filter(depth__gt=1)]
    views = [
        "/status/",
        "/status/history/",
        "/status/subscribe/",
        "/search/?q=راه",
        "/requests/new/",
        "/requests/track/",
    ]
    views += ["/agreements/verify/", "/agreements/sign/", "/requests/question/"]
    assert len(pages) > 20
    return [*filter(None, pages), *views, *(f"/en{view}" for view in views)]


def axe(page: Any, **rules: Any) -> list[tuple[str, str]]:
    found = Axe().run(page, options=rules).response
    assert found["passes"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


def test_every_page_can_be_read_by_everybody_in_any_window(open_page) -> None:
    """Each is opened once: axe in the light, and for the colours in the dark; then on 320 px,
    which is 1280 px at 400 % zoom too.

    Without motion: colours that are still changing would be looked at on their way.
    """
    page, wrong = open_page(reduced_motion="reduce"), []
    for address in addresses():
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        wrong += [(address, *each) for each in axe(page)]
        html = page.locator("html")
        wanted = ("en", "ltr") if address.startswith("/en/") else ("fa", "rtl")
        if (html.get_attribute("lang"), html.get_attribute("dir")) != wanted:
            wrong.append((address, "language"))
        if page.locator("h1").count() != 1:
            wrong.append((address, "h1"))
        if not page.title().strip(" –"):
            wrong.append((address, "title"))
        page.emulate_media(color_scheme="dark")
        wrong += [(address, "dark", *each) for each in axe(page, runOnly=["color-contrast"])]
        page.set_viewport_size({"width": 320, "height": 900})
        if page.evaluate(WIDE) > 0:
            wrong.append((address, "wider than the window"))
    assert not wrong
