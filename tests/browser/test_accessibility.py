"""A citizen's way can be walked by everybody: axe, keyboard alone, 320 px, 400 % zoom."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from service_requests.models import Case
from tests.browser.citizen import (
    BODY,
    PERSON,
    SUBJECT,
    fill,
    go_on,
    press,
    read_receipt,
    sign_in,
    write_request,
)

pytestmark = [pytest.mark.browser, pytest.mark.drill]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDE = "document.documentElement.scrollWidth - window.innerWidth"
FOCUSED = """(() => {
  const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
  return {name: e.name || "", id: e.id, tag: e.tagName, text: e.innerText || "",
          ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
          seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
          value: e.value || "", type: e.type || ""};
})()"""


class Inspector:
    """Looks at the page as it stands, and keeps what is wrong with it."""

    def __init__(self, page) -> None:
        self.page, self.wrong, self.seen = page, [], 0

    def look(self, name: str) -> None:
        self.seen += 1
        found = Axe().run(self.page, options=RULES).response
        assert found["passes"], name
        self.wrong += [
            (name, each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]
        ]
        wide = self.page.evaluate(WIDE)
        if wide > 0:
            self.wrong.append((name, f"{wide} px wider than the window", ""))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_axe_finds_nothing_on_the_way_of_a_citizen(open_page, width):
    """Every step, with its errors too. 320 px is 1280 px at 400 % zoom (WCAG 1.4.10)."""
    page = open_page(width=width)
    see = Inspector(page)
    for name, address in {
        "home": "/",
        "English home": "/en/",
        "search": "/search/?q=راه",
        "nothing found": "/search/?q=ژژژژ",
        "not found": "/there-is-no-such-page/",
        "status": "/status/",
        "subscribe": "/status/subscribe/",
        "subscription code": "/status/subscribe/code/?sent",
        "track": "/requests/track/",
        "no receipt": "/requests/receipt/",
    }.items():
        page.goto(address)
        see.look(name)
    page.goto("/requests/track/")
    go_on(page)
    see.look("track with errors")

    page.goto("/requests/new/")
    see.look("step 1")
    go_on(page)
    see.look("step 1 with errors")
    page.locator("[name=kind][value=request]").check()
    page.locator("[name=person_type][value=natural]").check()
    go_on(page)
    see.look("step 2")
    fill(page, {**PERSON, "national_id": "0084575949", "mobile": "12"})
    go_on(page)
    expect(page.locator(".error-summary")).to_be_visible()
    see.look("step 2 with errors")
    fill(page, PERSON)
    go_on(page)
    see.look("step 3")
    go_on(page)
    see.look("step 3 with errors")
    page.locator("[name=department]").select_option("roads")
    fill(page, {"subject": SUBJECT, "body": BODY})
    go_on(page)
    see.look("step 4")
    go_on(page)  # sent by a script, once the human check is done
    page.locator(".error-summary").wait_for()
    see.look("step 4 with errors")
    page.locator("[name=consent]").check()
    page.wait_for_timeout(2100)
    go_on(page)
    code, password = read_receipt(page)
    see.look("receipt")
    press(page, "form[action*=kept] button")
    sign_in(page, code, password)
    see.look("case")
    press(page, "form[action*=message] button")
    see.look("case with errors")
    assert see.seen >= 20
    assert not see.wrong


def tab_to(page, wanted, *, most: int = 80) -> dict:
    """Press Tab until the focus is where it should be; every stop can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        assert at["tag"] != "BODY" or not wanted, "the focus left the page"
        if at["tag"] not in ("BODY", "HTML"):
            assert at["ring"], f"no ring around {at}"
            assert at["seen"], f"focus out of sight: {at}"
        if wanted(at):
            return at
    raise AssertionError("it cannot be reached by keyboard")


def by_name(name: str):
    return lambda at: at["name"] == name


def press_submit(page) -> None:
    tab_to(page, lambda at: at["tag"] == "BUTTON" and at["type"] == "submit")
    page.keyboard.press("Enter")


def test_a_request_is_written_with_the_keyboard_alone(open_page):
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/")
    tab_to(page, lambda at: at["tag"] == "A" and at["text"].strip() == "خدمات")
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/")

    page.goto("/requests/new/")
    tab_to(page, by_name("kind"))
    page.keyboard.press("Space")
    tab_to(page, by_name("person_type"))
    page.keyboard.press("Space")
    press_submit(page)
    page.wait_for_url("**/person/")
    for name in ("first_name", "last_name", "national_id", "mobile"):
        tab_to(page, by_name(name))
        page.keyboard.type(PERSON[name] if name != "mobile" else "12")
    press_submit(page)
    page.locator(".error-summary").wait_for()
    expect(page.locator(".error-summary:focus")).to_have_count(1)
    tab_to(page, lambda at: at["tag"] == "A")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED)["name"] == "mobile", "the summary leads to the field"
    page.keyboard.press("Control+a")
    page.keyboard.type(PERSON["mobile"])
    press_submit(page)
    page.wait_for_url("**/words/")
    tab_to(page, by_name("department"))
    page.keyboard.press("ArrowDown")
    for name, words in (("subject", SUBJECT), ("body", BODY)):
        tab_to(page, by_name(name))
        page.keyboard.type(words)
    tab_to(
        page,
        lambda at: (
            at["tag"] == "BUTTON"
            and page.evaluate("document.activeElement.closest('.form-actions') !== null")
        ),
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    tab_to(page, by_name("consent"))
    page.keyboard.press("Space")
    page.wait_for_timeout(2100)
    press_submit(page)
    code, _password = read_receipt(page)
    assert Case.objects.get().code == code


def test_the_menu_of_a_phone_opens_by_keyboard(open_page):
    page = open_page(width=390)
    page.goto("/")
    tab_to(page, lambda at: at["tag"] == "SUMMARY")
    page.keyboard.press("Enter")
    tab_to(page, lambda at: at["tag"] == "A" and "پرسش" in at["text"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/faq/")


def test_large_letters_cut_nothing_off(open_page):
    """Text alone at 200 % (WCAG 1.4.4), as a person sets it in the browser."""
    page = open_page(width=1280)
    write_request(page)
    for address in ("/", "/requests/new/words/", "/requests/new/check/", "/requests/track/"):
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(WIDE) <= 0, address
        cut = page.evaluate(
            "[...document.querySelectorAll('main *')].filter((e) => e.children.length === 0"
            " && getComputedStyle(e).overflow === 'hidden' && e.scrollWidth > e.clientWidth + 2"
            " && !e.closest('.visually-hidden')).map((e) => e.outerHTML.slice(0, 100))"
        )
        assert not cut, (address, cut)
