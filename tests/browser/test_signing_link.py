"""An agreement of two organisations: one signs through the admin's verb, the other by its link."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.core.files.storage import storages
from playwright.sync_api import expect

from sla import invitations
from sla.enums import State
from sla.models import AgreementVersion, Signature
from sla.state import state_on, today
from tests.browser.citizen import press
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, scan, sign

pytestmark = [pytest.mark.browser, pytest.mark.drill]


@pytest.fixture
def invited(desk):
    version = make_page(
        key="g2g",
        g2g=True,
        parties=[PROVIDER, OTHER_BODY],
        live=True,
        valid_to=None,
        ending="consent",
    ).version
    sign(version, party="provider", signed_on=date(2026, 3, 21))
    boss = get_user_model().objects.create_superuser("inviting", "i@desk.example", "x")
    found = invitations.invite(version=version, party="recipient", days=3, actor=boss)
    return found, found.link.partition("#")[2]


def fill_in(page, tmp_path):
    letter = tmp_path / "letter.png"
    letter.write_bytes(scan().read())
    page.fill("#id_name", "مهر همکار")
    page.fill("#id_post", "رئیس سازمان")
    page.fill("#id_signed_on", "۱۴۰۵/۰۱/۱۵")
    page.fill("#id_letter_number", "۷/د")
    page.set_input_files("#id_scan", letter)
    press(page, "main form button")


def test_the_link_opens_by_itself_and_brings_the_agreement_in_force(
    open_page, invited, desk, tmp_path
):
    page = open_page(width=390)
    page.goto(f"/en/agreements/sign/#{invited[1]}")
    page.wait_for_url("**/agreements/sign/text/")
    assert invited[1] not in page.content()
    assert not Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    fill_in(page, tmp_path)
    page.wait_for_selector(".callout-ok")
    version = AgreementVersion.objects.get(agreement__key="g2g")
    assert state_on(version.facts(), today()) == State.IN_FORCE
    kept = Signature.objects.get(party="recipient", text__version=version)
    assert storages["private"].exists(kept.scan.name)
    page.goto(f"/en/agreements/verify/?sha256={version.signed_text.digest}")
    assert "مهر همکار" in page.locator("main").inner_text()


def test_without_scripts_the_code_is_pasted(open_page, invited, tmp_path):
    page = open_page(javascript=False)
    page.goto("/en/agreements/sign/")
    page.fill("#id_token", invited[1])
    press(page, "main form button")
    fill_in(page, tmp_path)
    expect(page.locator(".callout-ok")).to_have_count(1)
