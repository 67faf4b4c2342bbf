"""Registering and following up, as citizens do it."""

import pytest

from service_requests.models import Case
from tests.browser.citizen import (
    SUBJECT,
    answer_in_words,
    go_on,
    press,
    read_receipt,
    sign_in,
    wait_for_proof,
    write_request,
)

pytestmark = [pytest.mark.browser, pytest.mark.drill]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c63f8cfc0f01f00050001ff89993d1d0000000049454e44ae426082"
)


def test_a_legal_person_registers_and_follows_up_without_javascript(open_page):
    page = open_page(javascript=False, width=390)
    write_request(page, person_type="legal")
    answer_in_words(page)
    page.wait_for_timeout(2100)
    go_on(page)
    code, password = read_receipt(page)
    press(page, "form[action*=kept] button")
    sign_in(page, code, password)
    assert SUBJECT in page.locator("main").inner_text()
    press(page, "form[action*=leave] button")
    assert page.url.endswith("/requests/track/?left")


def test_a_lost_reply_loses_neither_the_request_nor_the_password(open_page):
    page = open_page()
    write_request(page)
    page.wait_for_timeout(2100)

    def lose(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/requests/new/check/", lose)
    wait_for_proof(page)
    page.locator("main form .form-actions button").first.click()
    page.wait_for_timeout(1000)
    assert Case.objects.count() == 1
    page.unroute("**/requests/new/check/")
    page.goto("/requests/new/check/")
    code, password = read_receipt(page)
    assert Case.objects.get().code == code
    assert len(password) == 16
    assert Case.objects.count() == 1


def test_the_receipt_warns_before_it_is_left_and_not_after_it_was_kept(open_page, tmp_path):
    page = open_page()
    file = tmp_path / "نقشه.png"
    file.write_bytes(PNG)
    write_request(page, file=file)
    page.wait_for_timeout(2100)
    go_on(page)
    read_receipt(page)
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    page.locator("h1").click()
    page.goto("/")
    assert asked == ["beforeunload"]
    page.goto("/requests/receipt/")
    press(page, "form[action*=kept] button")
    page.wait_for_url("**/requests/track/")
    assert asked == ["beforeunload"]
