"""The human check in a real browser: by itself, by hand without scripts, on a plain http phone."""

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django import forms
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page, expect

from desk_core.human_check import HumanCheckMixin, proof, tickets

pytestmark = [pytest.mark.browser, pytest.mark.drill]

STATIC = Path(django_settings.ROOT) / "static"
POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; img-src 'self'; style-src 'self'; form-action 'self'"  # noqa: E501
SOLVED = "[data-human-proof]:not([value=''])"
PAGE = (
    '<!doctype html><html lang="fa" dir="rtl"><title>x</title><main><form method="post">'
    '<label for="n">n</label><input id="n" name="name">{field}<button>send</button></form></main>'
)


class Letter(HumanCheckMixin):
    """A form with a check."""

    name = forms.CharField()


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves one page with our policy, the static files, and remembers what was posted."""

    html = ""
    posted: list[dict[str, list[str]]] = []

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(self.html)
        elif self.path.startswith("/static/"):
            self.path = self.path.removeprefix("/static")
            super().do_GET()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.posted.append(parse_qs(body))
        self._answer("<title>thanks</title>")

    def _answer(self, html: str) -> None:
        body = html.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(settings) -> Iterator[type[Site]]:
    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 20_000
    handler = type("Here", (Site,), {"html": PAGE.format(field=Letter()["human"]), "posted": []})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(STATIC))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    handler.port = server.server_port
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(chromium) -> Browser:
    return chromium


def opened(browser, site, *, host: str = "127.0.0.1", **context) -> Page:
    page = browser.new_context(**context).new_page()
    page.goto(f"http://{host}:{site.port}/")
    return page


def ticket_of(posted: dict[str, list[str]]) -> tickets.Ticket:
    return tickets.read(posted["human-ticket"][0], difficulty=0)


@pytest.mark.parametrize("host", ["127.0.0.1", "desk.lan"])
def test_the_browser_answers_by_itself_while_the_form_is_filled_in(browser, site, host):
    page = opened(browser, site, host=host)
    assert page.evaluate("window.isSecureContext") is (host == "127.0.0.1")
    expect(page.locator("[data-human-person]")).not_to_be_visible()
    assert page.locator("[data-human-proof]").input_value() == ""
    page.fill("#n", "x")
    page.wait_for_selector(SOLVED, state="attached")
    page.click("button")
    expect(page).to_have_title("thanks")
    posted = site.posted[0]
    assert int(posted["human-proof"][0]) == proof.wanted_number(ticket_of(posted))


def test_a_form_that_is_sent_at_once_waits_for_the_answer(browser, site):
    page = opened(browser, site)
    page.evaluate("document.querySelector('button').click()")
    expect(page).to_have_title("thanks")
    posted = site.posted[0]
    assert len(site.posted) == 1
    assert int(posted["human-proof"][0]) == proof.wanted_number(ticket_of(posted))


def test_without_scripts_a_person_answers(browser, site):
    page = opened(browser, site, java_script_enabled=False)
    expect(page.locator("input[name=human-picture]")).to_be_visible()
    page.fill("input[name=human-question]", "۷")
    page.click("button")
    assert page.title() == "thanks"
    assert site.posted[0]["human-question"] == ["۷"]


def test_where_the_work_fails_the_person_is_asked(browser, site):
    page = browser.new_context().new_page()
    page.route("**/human-check-worker.js", lambda route: route.abort())
    page.goto(f"http://127.0.0.1:{site.port}/")
    page.focus("#n")
    page.wait_for_selector("input[name=human-question]", state="visible")
    page.click("button")
    expect(page).to_have_title("thanks")


def test_nothing_is_refused_by_the_policy(browser, site):
    page = browser.new_context().new_page()
    refused: list[str] = []
    page.on(
        "console",
        lambda message: (
            refused.append(message.text) if "Content Security" in message.text else None
        ),
    )
    page.goto(f"http://127.0.0.1:{site.port}/")
    page.fill("#n", "x")
    page.wait_for_selector(SOLVED, state="attached")
    assert refused == []


def test_our_sha256_is_sha256(browser, site):
    page = opened(browser, site)
    texts = [
        "",
        "abc",
        *("a" * length for length in (1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 200)),
    ]
    digests = page.evaluate(
        """async (texts) => {
            const worker = new Worker("/static/desk_core/human-check-worker.js");
            const ask = (text) => new Promise((resolve) => {
                worker.onmessage = ({ data }) => resolve(data.digest);
                worker.postMessage({ text });
            });
            const found = [];
            for (const text of texts) { found.push(await ask(text)); }
            return found;
        }""",
        texts,
    )
    assert digests == [hashlib.sha256(text.encode()).hexdigest() for text in texts]
