"""Forms as editors shape them: pages with questions, published through Wagtail."""

from typing import Any

from wagtail.models import Locale

from cms_pages.models import Department
from service_requests.models import RequestFormPage
from service_requests.request_forms.definition import Definition
from tests.cms_pages.factories import DepartmentFactory, DeskSite


def block(kind: str, label: str, identity: int, **value: Any) -> dict[str, Any]:
    """One question with an identity that tests can name."""
    plain = {"label": label, "hint": "", "shown_if": {"question": "", "values": ""}}
    if kind != "statement":
        plain["required"] = True
    if "options" in value:
        value["options"] = [
            {"type": "item", "id": f"{identity:08x}-{place:04x}-4000-8000-000000000000", "value": v}
            for place, v in enumerate(value["options"])
        ]
    return {"type": kind, "id": ident(identity), "value": {**plain, **value}}


def ident(number: int) -> str:
    """A block's identity; `key(number)` is the key of its question."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def key(number: int) -> str:
    """The key of the question with this identity."""
    return f"q{number:08x}0000"


def option(number: int, place: int) -> str:
    """The value of an option."""
    return f"o{number:08x}{place:04x}"


def when(question: str, *values: str, test: str = "equals") -> dict[str, str]:
    """A condition in the words of an editor."""
    return {"question": question, "test": test, "values": "\n".join(values)}


def step(title: str, identity: int, *questions: dict[str, Any], **value: Any) -> dict[str, Any]:
    """One page of questions."""
    return {
        "type": "step",
        "id": ident(identity),
        "value": {
            "title": title,
            "intro": "",
            "questions": list(questions),
            "shown_if": {"question": "", "values": ""},
            **value,
        },
    }


def steps() -> list[dict[str, Any]]:
    """A form with a condition inside of a step, one on a step, and every type of question."""
    return [
        step(
            "ملک",
            1,
            block("choice", "نوع ملک", 16, options=["زمین", "خانه"]),
            block("number", "مساحت", 17, minimum="1", maximum="100000", places=1),
            block("text", "نام روستا", 18, shown_if=when("نوع ملك", "زمین")),
        ),
        step(
            "سند",
            2,
            block("file", "تصویر سند", 32, required=False),
            block("date", "تاریخ سند", 33),
            block("choices", "چه می‌خواهید؟", 34, options=["نقشه", "گواهی", "بازدید"]),
            shown_if=when("نوع ملک", "خانه"),
        ),
        step(
            "مالک",
            3,
            block("national_id", "کد ملی مالک", 48),
            block("mobile", "همراه مالک", 49, required=False),
            block("address", "نشانی ملک", 50, required=False),
            block("long_text", "توضیح", 51, required=False),
            block("legal_id", "شناسهٔ شرکت", 52, required=False),
            block("postal_code", "کد پستی ملک", 53, required=False),
            block("statement", "درستی این پاسخ‌ها را می‌پذیرم.", 54),
        ),
    ]


#: Good answers for a plot of land, in any digits, as the API takes them.
LAND: dict[str, Any] = {
    key(16): option(16, 0),
    key(17): "۲٬۵۰۰٫۵",
    key(18): "ده‌ بالا",
    key(48): "۰۰۸۴۵۷۵۹۴۸",
    key(54): True,
}


def make_form(
    desk: DeskSite, *, slug: str = "land", department: Department | None = None, **fields: Any
) -> RequestFormPage:
    """A published form for natural persons in one department, in Persian."""
    page = RequestFormPage(
        title=fields.pop("title", "درخواست گواهی ملک"),
        slug=slug,
        locale=Locale.objects.get(language_code="fa"),
        steps=fields.pop("steps", steps()),
        for_legal=False,
        for_foreign=False,
        **fields,
    )
    desk.home.add_child(instance=page)
    page.departments = [department or DepartmentFactory()]
    return publish(page)


def publish(page: RequestFormPage) -> RequestFormPage:
    """Publish what the page says now, as an editor does; returns it as it is stored."""
    page.save_revision().publish()
    return RequestFormPage.objects.select_related("version__form").get(pk=page.pk)


def definition(page: RequestFormPage) -> Definition:
    """What its version asks."""
    return page.version.questions
