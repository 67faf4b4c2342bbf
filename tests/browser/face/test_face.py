"""The stylesheet and the scripts in a real browser: any width, both directions, no scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.drill]

WIDE = "document.documentElement.scrollWidth - window.innerWidth"
SMALL_TARGETS = """
[...document.querySelectorAll("button, summary, .button, input:not([type=hidden]), select")]
  .filter((e) => e.offsetParent !== null && !e.matches(".visually-hidden *"))
  .map((e) => [e, (e.closest(".choice") ?? e).getBoundingClientRect()])
  .filter(([e, box]) => box.height < 43.5 || box.width < 43.5)
  .map(([e]) => e.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("name", ["fa", "en", "bad"])
@pytest.mark.parametrize(("width", "height"), [(320, 256), (390, 844), (768, 1024), (1280, 900)])
def test_nothing_is_wider_than_the_window(show, name: str, width: int, height: int) -> None:
    """320 by 256 is 1280 by 1024 at 400 % zoom (WCAG 1.4.10)."""
    assert show(name, width=width, height=height).evaluate(WIDE) <= 0


@pytest.mark.parametrize("width", [320, 1280])
def test_wider_letter_and_line_spacing_breaks_nothing(show, width: int) -> None:
    """WCAG 1.4.12 as far as it fits joined letters: lines, paragraphs and words apart."""
    page = show("fa", width=width)
    page.add_style_tag(
        content="* { line-height: 2.2 !important; word-spacing: 0.16em !important }"
        " p { margin-block-end: 2em !important }"
    )
    assert page.evaluate(WIDE) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["fa", "en", "bad"])
def test_axe_finds_nothing(show, name: str, scheme: str) -> None:
    found = Axe().run(show(name, color_scheme=scheme))
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_on_a_phone(show) -> None:
    found = Axe().run(show("bad", width=390, height=844))
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [390, 1280])
def test_everything_to_press_is_large_enough(show, width: int) -> None:
    assert show("bad", width=width).evaluate(SMALL_TARGETS) == []


SEEN_DAYS = """
(() => {
  const frame = document.querySelector("#ninety .days-window").getBoundingClientRect();
  return [...document.querySelectorAll("#ninety figure .day")]
    .map((bar) => [bar.getBoundingClientRect(), bar.querySelector("title").textContent])
    .filter(([box]) => box.left >= frame.left - 0.5 && box.right <= frame.right + 0.5)
    .map(([box, words]) => [Math.round(box.left - frame.left), words]);
})()
"""


@pytest.mark.parametrize("name", ["fa", "en"])
@pytest.mark.parametrize(("width", "days"), [(320, 30), (390, 30), (1280, 90)])
def test_a_phone_draws_the_last_thirty_of_ninety_days(show, name, width, days) -> None:
    page = show(name, width=width)
    seen = page.evaluate(SEEN_DAYS)
    assert [words for _left, words in seen] == [f"روز {n}" for n in range(90 - days, 90)]
    lefts = [left for left, _words in seen]
    assert lefts == sorted(lefts, reverse=name == "fa"), "the oldest at the start of the line"
    texts = page.locator("#ninety figcaption").inner_text()
    shown = {"fa": "۲۹" if days == 30 else "۸۹", "en": "29" if days == 30 else "89"}[name]
    assert shown in texts
    hidden = {"fa": "۸۹" if days == 30 else "۲۹", "en": "89" if days == 30 else "29"}[name]
    assert hidden not in texts


def test_the_font_is_ours_and_nothing_comes_from_elsewhere(chromium, site) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/fa.html")
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(site) for url in asked)
    assert any(url.endswith("vazirmatn-arabic.woff2") for url in asked)
    assert page.evaluate("document.fonts.check('17px Vazirmatn', 'میز')")
    page.close()


def test_the_skip_link_leads_to_the_content(show) -> None:
    page = show("fa")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["height"] > 20
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_is_a_ring_of_three_pixels(show) -> None:
    page = show("fa")
    for _ in range(4):
        page.keyboard.press("Tab")
    width, style = page.evaluate(
        "(s => [s.outlineWidth, s.outlineStyle])(getComputedStyle(document.activeElement))"
    )
    assert (width, style) == ("3px", "solid")


def test_the_menu_of_a_phone_opens_without_scripts(show) -> None:
    page = show("fa", width=390, java_script_enabled=False)
    expect(page.locator(".menu-list")).not_to_be_visible()
    page.locator(".menu-toggle summary").click()
    expect(page.locator(".menu-list a")).to_be_visible()


def test_on_a_wide_window_the_menu_is_just_there(show) -> None:
    page = show("fa", java_script_enabled=False)
    expect(page.locator(".menu-list a")).to_be_visible()
    expect(page.locator(".menu-toggle")).not_to_be_visible()


def test_without_scripts_no_button_is_shown_that_would_do_nothing(show) -> None:
    page = show("fa", java_script_enabled=False)
    for selector in ("[data-copy]", "[data-print]", "[data-notice-close]"):
        expect(page.locator(selector).first).not_to_be_visible()
    expect(page.locator("#only-complaints")).to_be_visible()


def test_the_error_summary_has_the_focus_even_without_scripts(show) -> None:
    for scripts in (True, False):
        page = show("bad", java_script_enabled=scripts)
        expect(page.locator(".error-summary:focus")).to_have_count(1)


def test_a_link_of_the_summary_leads_to_the_field(show) -> None:
    page = show("bad")
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_subject"


@pytest.mark.parametrize("clipboard", [True, False])
def test_codes_are_copied_as_plain_digits(chromium, site, clipboard: bool) -> None:
    """Also where the page has no clipboard: plain http on a phone in the same network."""
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    if not clipboard:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{site}/en.html")
    page.locator("[data-copy]").nth(1).click()
    page.get_by_text("Copied").wait_for()
    page.locator("#id_subject").focus()
    page.keyboard.press("Control+v")
    assert page.locator("#id_subject").input_value() == "4829137048291370"
    context.close()


def test_where_nothing_can_be_copied_the_digits_are_marked(chromium, site) -> None:
    page = chromium.new_page()
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => false"
    )
    page.goto(f"{site}/en.html")
    page.locator("[data-copy]").first.click()
    page.get_by_text("press and hold").wait_for()
    assert page.evaluate("String(getSelection())").split() == ["140548291370"]
    page.close()


def test_codes_run_left_to_right_in_persian_text(show) -> None:
    page = show("fa")
    boxes = [
        page.locator(".code-value").first.locator(".code > span").nth(n).bounding_box()["x"]
        for n in range(3)
    ]
    assert boxes == sorted(boxes)


def test_a_closed_notice_stays_closed_until_its_phase_changes(show, site) -> None:
    page = show("fa")
    notice = page.locator("[data-notice]")
    page.locator("[data-notice-close]").click()
    assert not notice.is_visible()
    page.reload()
    assert not notice.is_visible()
    page.goto(f"{site}/next-phase.html")
    assert notice.is_visible()


def test_a_notice_can_be_closed_where_nothing_is_remembered(chromium, site) -> None:
    page = chromium.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    page.goto(f"{site}/fa.html")
    page.locator("[data-notice-close]").click()
    expect(page.locator("[data-notice]")).not_to_be_visible()
    page.close()


def test_a_receipt_asks_before_it_is_left(show, site) -> None:
    page = show("fa")
    asked: list[str] = []

    def dismiss(dialog: object) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", dismiss)
    page.locator("#id_subject").fill("x")
    page.goto(f"{site}/other.html")
    assert asked == ["beforeunload"]


def test_a_receipt_that_was_kept_lets_go(show) -> None:
    page = show("fa")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#id_subject").fill("x")
    page.locator("#kept").click()
    page.wait_for_url("**/other.html")
    assert asked == []


def test_a_part_for_one_answer_is_shown_with_that_answer(show) -> None:
    page = show("fa")
    part = page.locator("#only-complaints")
    assert not part.is_visible()
    page.get_by_label("شکایت").check()
    assert part.is_visible()
    page.get_by_label("درخواست", exact=True).check()
    assert not part.is_visible()


def test_a_second_click_sends_nothing(show) -> None:
    page = show("fa")
    page.evaluate(
        "window.sent = 0; document.querySelector('form[data-once]').addEventListener('submit',"
        " (e) => { if (!e.defaultPrevented) window.sent += 1; e.preventDefault(); })"
    )
    button = page.locator("form[data-once] .form-actions button")
    for _ in range(2):
        button.evaluate("(element) => element.click()")
    assert page.evaluate("window.sent") == 1


def test_a_submit_that_another_script_held_back_does_not_count_as_sent(show) -> None:
    """The human check holds the first one back and sends the form when it is done."""
    page = show("fa")
    page.evaluate(
        "window.sent = 0; const form = document.querySelector('form[data-once]');"
        "let held = false;"
        "document.addEventListener('submit', (e) => {"
        " if (!held) { held = true; e.preventDefault(); } }, true);"
        "form.addEventListener('submit', (e) => {"
        " if (!e.defaultPrevented) window.sent += 1; e.preventDefault(); })"
    )
    button = page.locator("form[data-once] .form-actions button")
    for _ in range(2):
        button.evaluate("(element) => element.click()")
    assert page.evaluate("window.sent") == 1


def test_the_days_can_be_walked_with_the_arrow_keys(show) -> None:
    page = show("fa")
    page.locator("[data-days]").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".days-words").first.inner_text() == "روز 29"
    page.keyboard.press("ArrowRight")
    assert page.locator(".days-words").first.inner_text() == "روز 28"
    page.keyboard.press("Home")
    assert page.locator(".days-words").first.inner_text() == "روز 0"


def test_paper_has_the_content_and_no_furniture(show) -> None:
    page = show("fa")
    page.emulate_media(media="print")
    for selector in (".bar-top", ".head-actions", ".menu", ".foot", "[data-notice]", ".copy"):
        expect(page.locator(selector).first).not_to_be_visible()
    expect(page.locator(".code-value").first).to_be_visible()


def test_dark_mode_is_dark_and_paper_is_white(show) -> None:
    page = show("fa", color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(17, 24, 31)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_who_wants_no_motion_gets_none(show) -> None:
    moving = (
        "[...document.querySelectorAll('*')].filter(e =>"
        " getComputedStyle(e).transitionDuration !== '0s'"
        " || getComputedStyle(e).animationName !== 'none').length"
    )
    assert show("fa", reduced_motion="no-preference").evaluate(moving) > 0
    assert show("fa", reduced_motion="reduce").evaluate(moving) == 0


def test_the_contents_of_a_document_are_numbered_once(show) -> None:
    kind = "getComputedStyle(document.querySelector('.toc ol')).listStyleType"
    assert show("fa").evaluate(kind) == "none"


def test_an_english_sentence_keeps_its_stop_at_its_end(show) -> None:
    page = show("fa")
    first, last = page.evaluate(
        """() => {
          const text = document.getElementById("english").firstChild;
          const left = (i) => {
            const range = document.createRange();
            range.setStart(text, i);
            range.setEnd(text, i + 1);
            return range.getBoundingClientRect().left;
          };
          return [left(0), left(text.length - 1)];
        }"""
    )
    assert first < last
