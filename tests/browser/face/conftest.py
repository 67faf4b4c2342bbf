"""The parts of the face on one page, written as a file and shown in Chromium.

No database and no server of ours: what is tested here is the stylesheet, the scripts and the
markup of the template tags.
"""

import datetime as dt
import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Engine
from django.utils.translation import override
from playwright.sync_api import Browser, Page

from cms_pages.templatetags.desk_face import TONES

ROOT = Path(__file__).resolve().parents[3]

Open = Callable[..., Page]


class SampleForm(forms.Form):
    """A field of every sort."""

    subject = forms.CharField(label="موضوع", help_text="در یک جمله بنویسید.")
    kind = forms.ChoiceField(
        label="نوع", widget=forms.RadioSelect, choices=[("r", "درخواست"), ("c", "شکایت")]
    )
    department = forms.ChoiceField(label="واحد", choices=[("", "انتخاب کنید"), ("a", "دبیرخانه")])
    mobile = forms.CharField(
        label="همراه",
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "input-medium"}),
    )
    body = forms.CharField(label="شرح", widget=forms.Textarea)
    files = forms.FileField(label="پیوست", required=False)
    consent = forms.BooleanField(label="بیانیه را می‌پذیرم.")


def gallery(language: str, *, phase: str = "running", bad: bool = False) -> str:
    """The page with all parts, as HTML."""
    link = SimpleNamespace(title="خدمات", url="#main", current=True, within=True)
    other = SimpleNamespace(code="en", name="English", url="#en", current=False)
    with override(language):
        context = {
            "desk": SimpleNamespace(desk="میز خدمت", body="ادارهٔ نمونه", phone="086 3367 3001"),
            "frame": SimpleNamespace(
                menu=[link],
                breadcrumbs=[link],
                languages=[other],
                home_url="#home",
                actions={"register": "#new", "track": "#track"},
            ),
            "form": SampleForm({"kind": "r"}) if bad else SampleForm(),
            "phase": phase,
            "tones": TONES,
            "days": [{"tone": TONES[n % 6], "label": f"روز {n}"} for n in range(30)],
            "ninety": [{"tone": TONES[n % 6], "label": f"روز {n}"} for n in range(90)],
            "step_names": ["شما", "موضوع", "شرح", "بازبینی"],
            "start": dt.date(2026, 3, 21),
            "end": dt.date(2027, 3, 20),
            "today": dt.date(2026, 11, 23),
        }
        engine = Engine(
            dirs=[ROOT / "templates"],
            libraries={
                "i18n": "django.templatetags.i18n",
                "static": "django.templatetags.static",
                "persian": "persian.templatetags.persian",
                "desk_face": "cms_pages.templatetags.desk_face",
                "desk_forms": "cms_pages.templatetags.desk_forms",
                "desk_slots": "cms_pages.templatetags.desk_slots",
            },
        )
        source = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")
        return engine.from_string(source).render(Context(context))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gallery in its variants and the static files, over HTTP."""
    folder = tmp_path_factory.mktemp("face")
    shutil.copytree(ROOT / "static", folder / "static")
    variants = {
        "fa": gallery("fa"),
        "en": gallery("en"),
        "bad": gallery("fa", bad=True),
        "next-phase": gallery("fa", phase="overdue"),
        "other": "<!doctype html><title>other</title>",
    }
    for name, html in variants.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def show(chromium: Browser, site: str) -> Iterator[Open]:
    """`show("fa", width=390, …)` opens a variant of the gallery in a window of its own."""
    contexts = []

    def open_page(name: str, *, width: int = 1280, height: int = 900, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=site, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"/{name}.html")
        return page

    yield open_page
    for context in contexts:
        context.close()
