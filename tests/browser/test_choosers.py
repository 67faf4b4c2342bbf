"""Choosers outside the page editor open under the content policy of the admin."""

import pytest
from playwright.sync_api import expect

from cms_pages.models import ContentPage
from notices.models import MonitorRule
from tests.browser.staff import log_in

pytestmark = [pytest.mark.browser, pytest.mark.drill]


@pytest.mark.parametrize("place", ["move", "settings"])
def test_a_page_is_chosen_in_the_dialog(open_page, place):
    page = open_page()
    log_in(page, "manager")
    moved = ContentPage.objects.filter(live=True).first()
    paths = {
        "move": f"/admin/pages/{moved.pk}/move/",
        "settings": "/admin/settings/cms_pages/desksettings/",
    }
    page.goto(paths[place])
    chooser = page.locator(".page-chooser").first
    before = chooser.locator("[data-chooser-title]").inner_text()
    chooser.locator("[data-w-dropdown-target=toggle]").click()
    page.locator("[data-chooser-action-choose]:visible").first.click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("a.choose-page").filter(has_not_text=before).last.click()
    expect(dialog).to_be_hidden()
    assert chooser.locator("[data-chooser-title]").inner_text() != before


def test_a_rule_of_a_monitor_is_added_and_kept(open_page):
    page = open_page()
    log_in(page, "manager")
    page.goto("/admin/notices/monitorsource/create/")
    page.locator("[name=name]").fill("نگهبان شبکه")
    page.locator("[name=kind]").select_option("alertmanager")
    for number in (0, 1):
        page.locator("#id_rules-ADD").click()
        page.locator(f"[name=rules-{number}-labels]").fill(f"job=portal{number}")
    page.locator("#id_rules-0-DELETE-button").click()
    page.locator("footer button[type=submit]").last.click()
    page.wait_for_load_state("networkidle")
    [rule] = MonitorRule.objects.all()
    assert (rule.labels, rule.source.name) == ("job=portal1", "نگهبان شبکه")
