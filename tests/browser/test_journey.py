"""From the agreement to the survey: one citizen, one officer, one request."""

import pytest
from django.utils import timezone, translation
from portal.demo import records

from persian.digits import to_persian
from persian.jalali import jalali_parts
from service_requests.models import Case, PendingAnswer
from tests.browser.citizen import SUBJECT, go_on, press, read_receipt, sign_in, write_request
from tests.browser.staff import log_in

pytestmark = [pytest.mark.browser, pytest.mark.drill]


def test_a_request_is_read_answered_and_rated(open_page, tmp_path):
    citizen = open_page(width=390)
    citizen.goto("/")
    citizen.locator("main a[href*='/agreements/']").first.click()
    citizen.wait_for_url("**/agreements/**")
    assert "رایگان" in citizen.locator("main").inner_text()
    file = tmp_path / "گزارش.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    write_request(citizen, file=file)
    citizen.wait_for_timeout(2100)
    go_on(citizen)
    code, password = read_receipt(citizen)
    press(citizen, "form[action*=kept] button")
    sign_in(citizen, code, password)
    assert SUBJECT in citizen.locator("main").inner_text()

    officer = open_page()
    log_in(officer, "officer")
    officer.goto("/admin/service_requests/case/")
    officer.locator("input[name=q]").first.fill("پل ورودي")
    officer.keyboard.press("Enter")
    officer.locator(f"a[href*='/inspect/{Case.objects.get().pk}']").first.click()
    assert SUBJECT in officer.locator("main, .content-wrapper").first.inner_text()
    take(officer, "start_review")
    take(officer, "answer", text="نرده تعمیر شد و بازدید نهایی انجام گرفت.")

    with translation.override("fa"):
        records.build_books()
    clerk = open_page()
    log_in(clerk, "secretariat")
    clerk.goto(f"/admin/service_requests/case/inspect/{Case.objects.get().pk}/")
    take(clerk, "register_incoming", enclosed="یک برگ گزارش")
    take(clerk, "register_outgoing", following_number="۸۸/م")

    citizen.reload()
    assert "نرده تعمیر شد" in citizen.locator("main").inner_text()
    traced = citizen.locator("section[aria-labelledby=letters]").inner_text()
    year = to_persian(jalali_parts(timezone.now())[0])
    for shown in ("ردیابی نامه در دبیرخانه", f"۱/و/{year}", f"۱/ص/{year}", "۸۸/م", "یک برگ گزارش"):
        assert shown in traced
    with citizen.expect_download() as download:
        citizen.locator("a[href*='/case/letters/']").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    press(citizen, "form[action*=survey] button")
    citizen.locator("[name=overall][value='4']").check()
    press(citizen, "form[action*=survey] button")
    citizen.wait_for_url("**/survey/thanks/?case")
    assert PendingAnswer.objects.count() == 1


def take(page, action, **values):
    """Carry out a step on the case screen."""
    form = page.locator(f"form:has(input[name=action][value={action}])").first
    opened = page.locator(f"details:has(input[name=action][value={action}])")
    if opened.count() and opened.first.get_attribute("open") is None:
        opened.first.locator("summary").click()
    for name, value in values.items():
        form.locator(f"[name$={name}]").fill(value)
    with page.expect_navigation():
        form.locator("button").last.click()
