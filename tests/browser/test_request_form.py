"""A form that an editor shaped: filled in on a phone without scripts, shaped with suggestions."""

import pytest
from django.utils import translation
from portal.demo.request_form import build_request_form

from cms_pages.models import HomePage
from service_requests.models import RequestFormPage
from tests.browser.staff import log_in

pytestmark = [pytest.mark.browser, pytest.mark.drill]


@pytest.fixture
def form_page(desk):
    with translation.override("fa"):
        build_request_form(HomePage.objects.get(locale__language_code="fa"))
    return RequestFormPage.objects.get()


def test_a_phone_without_javascript_fills_it_in_and_leaves_it(open_page, form_page):
    page = open_page(javascript=False, width=390)
    page.goto(form_page.url)
    page.locator("a.button-large").click()
    page.locator("#id_person_type_0").check()
    page.locator(".form-actions button.button").first.click()
    page.locator('input[type="radio"]').first.check()
    page.locator('input[type="text"]').first.fill("ده بالا")
    page.locator(".form-actions button.button").first.click()
    page.locator('input[inputmode="decimal"]').fill("۲٫۵")
    page.locator('button[name="later"]').click()
    page.locator("main form button.button").click()
    code, password = page.locator(".code-value").all_inner_texts()
    other = open_page(javascript=False)
    other.goto("/requests/resume/")
    other.locator("#id_code").fill(code)
    other.locator("#id_password").fill(password)
    other.locator("main form button.button").click()
    assert "/forms/road-inspection/" in other.url
    page.goto(form_page.url)


def test_the_editor_is_offered_the_questions_above(open_page, form_page):
    page = open_page()
    log_in(page, "editor")
    page.goto(f"/admin/pages/{form_page.pk}/edit/")
    boxes = page.locator("input[data-earlier-question]")
    page.locator("section.w-panel", has=boxes.last).last.locator(
        "[data-panel-toggle]"
    ).first.click()
    boxes.last.focus()
    offered = page.locator("#desk-earlier-questions option").evaluate_all(
        "o => o.map(e => e.value)"
    )
    assert offered[0] == "چه چیزی خراب است؟"
