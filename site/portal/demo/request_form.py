"""The demo's request form: one that asks differently for a road and for a bridge."""

from typing import Any

from wagtail.models import Page

from cms_pages.models import Department, Service
from portal.demo.pages import add
from service_requests.models import RequestFormPage


def build_request_form(home: Page) -> None:
    """Asking for an inspection of a rural road, in Persian."""
    page = RequestFormPage(
        title="درخواست بازدید از راه روستایی",
        slug="road-inspection",
        show_in_menus=True,
        search_description="چند پرسش کوتاه، تا کارشناس با ابزار درست و در زمان درست بیاید.",
        for_foreign=False,
        steps=_STEPS,
    )
    add(home, page)
    page.departments = [Department.objects.get(key="roads")]
    page.services = [Service.objects.get(key="road-repair")]
    page.save_revision().publish()


def _question(kind: str, label: str, **value: Any) -> dict[str, Any]:
    return {"type": kind, "value": {"label": label, "hint": "", **_ALWAYS, **value}}


def _step(title: str, *questions: dict[str, Any], **value: Any) -> dict[str, Any]:
    plain = {"title": title, "intro": "", "questions": list(questions), **_ALWAYS}
    return {"type": "step", "value": {**plain, **value}}


def _when(question: str, answer: str = "", test: str = "equals") -> dict[str, Any]:
    return {"shown_if": {"question": question, "test": test, "values": answer}}


_ALWAYS = _when("")
_STEPS = [
    _step(
        "جای خرابی",
        _question("choice", "چه چیزی خراب است؟", options=["راه", "پل", "آبراهه"]),
        _question("text", "نام روستا", hint="همان نام که روی تابلو است."),
        _question(
            "number",
            "درازای راه خراب به کیلومتر",
            minimum="0.1",
            maximum="200",
            places=1,
            **_when("چه چیزی خراب است؟", "راه"),
        ),
    ),
    _step(
        "دربارهٔ پل",
        _question("choices", "چه آسیبی دیده است؟", options=["نرده", "پایه", "رویه", "نمی‌دانم"]),
        _question("statement", "می‌دانم که تا بازدید، گذر از پل خطر دارد."),
        **_when("چه چیزی خراب است؟", "پل"),
    ),
    _step(
        "از کی و چگونه",
        _question("date", "از چه روزی؟", required=False),
        _question("long_text", "هر چه به کارشناس کمک می‌کند", required=False),
        _question("file", "عکس از خرابی", required=False),
        intro="اگر عکسی ندارید، آن را خالی بگذارید.",
    ),
]
