"""What citizens do in the browser, step by step; used by several journeys."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from desk_core.human_check import question, tickets

PERSON = {
    "first_name": "شیرین",
    "last_name": "بهرامی",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲۳۴۵۶۷۸۹",
    "email": "shirin@applicant.example",
}
COMPANY = {
    "legal_name": "شرکت راه‌گستر آزمون",
    "legal_id": "۱۰۳۸۰۲۸۴۷۹۰",
    "rep_name": "بهرام نماینده",
    "rep_national_id": "0790419904",
    "rep_position": "مدیر عامل",
    "mobile": "09123456789",
}
SUBJECT = "ترمیم پل ورودی روستا"
BODY = "نردهٔ پل ورودی روستا شکسته است و رفت‌وآمد در شب خطر دارد."


def fill(page: Any, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def go_on(page: Any) -> None:
    """Press the button and wait for the page that answers, the same with its errors or the next."""
    press(page, "main form .form-actions button")


def press(page: Any, button: str) -> None:
    """Press what leads to another page, and wait for it: a look before that sees the old one."""
    with page.expect_navigation():
        page.locator(button).first.click()


def wait_for_proof(page: Any) -> None:
    """Until the browser has solved its proof of work; asked from outside, as pages forbid eval."""
    expect(page.locator("[data-human-proof]")).not_to_have_value("", timeout=30_000)


def write_request(page: Any, *, person_type: str = "natural", file: Path | None = None) -> None:
    """From the first step to the last page before sending."""
    page.goto("/requests/new/")
    page.locator("[name=kind][value=request]").check()
    page.locator(f"[name=person_type][value={person_type}]").check()
    go_on(page)
    fill(page, COMPANY if person_type == "legal" else PERSON)
    go_on(page)
    page.locator("[name=department]").select_option("roads")
    fill(page, {"subject": SUBJECT, "body": BODY})
    if file is not None:
        page.locator("[name=files]").set_input_files(file)
    go_on(page)
    page.locator("[name=consent]").check()


def answer_in_words(page: Any, purpose: str = "submit") -> None:
    """What somebody without JavaScript does who cannot see the picture."""
    signed = page.locator("[name=human-ticket]").get_attribute("value")
    ticket = tickets.read(signed, difficulty=1, purpose=purpose)
    page.locator("[name=human-question]").fill(str(question.compose(ticket)[1]))


def read_receipt(page: Any) -> tuple[str, str]:
    """Code and password as digits."""
    page.wait_for_url("**/requests/receipt/")
    code, password = (
        "".join(text.split()) for text in page.locator(".code-value").all_inner_texts()
    )
    return code, password


def sign_in(page: Any, code: str, password: str) -> None:
    page.goto("/requests/track/")
    fill(page, {"code": code, "password": password})
    go_on(page)
    page.wait_for_url("**/requests/case/**")
