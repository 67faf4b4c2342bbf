"""The end of an agreement in the browser: two people, told citizens, and the backup first (R38)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from desk_core.backup import verifying
from persian.jalali import format_date
from sla.models import AgreementPage, AgreementVersion, Termination
from sla.state import today
from tests.browser.staff import log_in
from tests.browser.test_agreements import Clock, jalali, label, state_of
from tests.service_requests.factories import register

pytestmark = [pytest.mark.browser, pytest.mark.drill]
REASON = "خدمت‌های این میز از سال آینده در سازمانی دیگر ارائه می‌شود."


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def restored(monkeypatch):
    """A verification restores in minutes what it verifies; tests/desk_core/backup does so."""
    found = {"problems": [], "counts": {"rows": 1, "tables": 1, "files": 0, "opened": {"cases": 1}}}
    monkeypatch.setattr(verifying, "_rehearse", lambda *args: found)


def back_up(identity, name: str) -> None:
    """What the operator does between the two steps."""
    call_command("backup", to=name, stdout=StringIO())
    call_command("verify_backup", name, identity=str(identity), stdout=StringIO())


def press_step(page, step: str) -> None:
    """The button of one step."""
    form = page.locator(f"form:has(input[name=step][value={step}])")
    with page.expect_navigation():
        form.locator("button[type=submit]").click()


def sentence(reader, address: str) -> str:
    reader.goto(address)
    return reader.locator(".document-head .lead").inner_text()


def test_two_people_end_an_agreement_once_a_backup_is_verified(
    open_page, clock, place, identity, restored
):
    register()
    version = AgreementVersion.objects.get()
    address = AgreementPage.objects.get(version=version, locale__language_code="fa").get_url()
    screen = reverse("sla_admin:termination", args=[version.pk])
    day = today() + timedelta(days=7)
    reader, first, second = open_page(), open_page(), open_page(width=390)
    log_in(first, "manager")
    first.goto(screen)

    # Announced by one: the page says so, and that it is not certain.
    first.locator("[name=reason]").fill(REASON)
    first.locator("[name=ends_on]").fill(jalali(day))
    first.locator("[name=readable_until]").fill(jalali(day + timedelta(days=365)))
    press_step(first, "announce")
    made = Termination.objects.get()
    assert (made.ends_on, made.told_count) == (day, 2), "by e-mail and by SMS"
    assert format_date(day, "long") in sentence(reader, address)
    expect(reader.locator(".callout", has_text=REASON)).to_be_visible()
    first.goto(screen)
    assert first.locator("input[value=confirm]").count() == 0, "not by the same person"

    # Confirmed by another, on a phone.
    log_in(second, "secretariat")
    second.goto(screen)
    press_step(second, "confirm")
    assert second.locator("input[value=finish]").count() == 0, "its day has not come"
    assert state_of(reader, address) == label("in_force")

    # Its day comes: nothing new under it, and no end without a backup.
    clock.move_to(day)
    assert state_of(reader, address) == label("ending")
    second.goto(screen)
    assert second.locator("input[value=finish]").count() == 0, "no backup is verified"
    back_up(identity, "last-night")
    second.goto(screen)
    assert second.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    press_step(second, "finish")
    assert second.locator("input[name=step]").count() == 0
    expect(second.locator(".desk-steps", has_text="last-night")).to_be_visible()
    assert state_of(reader, address) == label("terminated")
    assert REASON in reader.locator("main").inner_text()
