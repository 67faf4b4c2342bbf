"""Somebody's data in a browser: handed out by staff, then read offline by whoever got it (R39)."""

import zipfile
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from cms_pages.models import Department
from service_requests.attachments import IncomingFile
from service_requests.enums import Kind
from tests.browser.staff import log_in
from tests.service_requests.factories import NATURAL, PDF, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.drill]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # The pages allow no connection, and axe would ask for the stylesheet once more.
    "preload": False,
}
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


def look(page, where: str, context: str | None = None) -> None:
    found = Axe().run(page, context=context, options=RULES).response
    assert found["passes"], where
    wrong = [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]
    assert not wrong, where
    assert page.evaluate(WIDE) <= 0, where


def test_staff_hand_out_what_opens_offline(open_page, tmp_path) -> None:
    roads = Department.objects.get(key="roads").key
    register(department=roads, files=[IncomingFile.of(upload())])
    unknown = {"person_type": "natural", "first_name": "مینا", "last_name": "ناشناس"}
    theirs = register(Kind.SUGGESTION, person=unknown, department=roads).code

    page = open_page(width=390)
    log_in(page, "head")
    page.goto("/admin/requests/data-export/")
    look(page, "empty", "form.desk-register")
    page.locator("[name=national_id]").fill(NATURAL["national_id"])
    page.locator("[name=mobile]").fill("09123456789")
    page.locator("[name=find]").click()
    page.locator(f"[name=added][value='{theirs}']").check()
    look(page, "found", "form.desk-register")
    page.locator("[name=reason]").select_option("export_in_person")
    page.locator("[name=document]").select_option("national_card")
    page.locator("[name=reference]").fill("۱۴۰۵/۳۱۲")
    page.locator("[name=identity_checked]").check()
    with page.expect_download() as arrived:
        page.locator("[name=hand_out]").click()
    archive = zipfile.ZipFile(arrived.value.path())
    archive.extractall(tmp_path)
    assert theirs in "".join(archive.namelist())
    assert NATURAL["national_id"] not in page.url

    for width, scheme in ((320, "light"), (1280, "dark")):
        offline = open_page(javascript=True, width=width, color_scheme=scheme, offline=True)
        offline.goto((tmp_path / "index.html").as_uri())
        look(offline, f"index at {width}")
        offline.locator("table a").first.click()
        look(offline, f"case at {width}")
        assert offline.locator("html").get_attribute("dir") == "rtl"
        link = offline.locator("a[href*='files/']").first.get_attribute("href")
        assert (tmp_path / "cases" / unquote(link)).read_bytes() == PDF
