"""An agreement's whole life in the browser, with moved time: from the file to its successor."""

import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone, translation
from playwright.sync_api import expect

from persian.digits import to_persian
from persian.jalali import from_jalali, jalali_parts
from sla.models import AgreementPage, AgreementVersion
from tests.browser.citizen import (
    SUBJECT,
    press,
    read_receipt,
    sign_in,
    wait_for_proof,
    write_request,
)
from tests.browser.staff import log_in
from tests.sla.factories import OTHER_BODY, PROVIDER, clauses, scan
from tests.sla.test_importing import FIXTURE, SEED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.drill,
]
# The real agreement where it is at hand, else one of the same form.
SOURCE = SEED if SEED.exists() else FIXTURE


class Clock:
    """What time the whole site believes it is; also for columns that begin with "now"."""

    def __init__(self, monkeypatch):
        self.moment = timezone.now()
        moved = type("Moved", (datetime,), {"now": staticmethod(lambda tz=None: self.moment)})
        monkeypatch.setattr(timezone, "datetime", moved)

    def move_to(self, day: date) -> None:
        """To noon in Tehran."""
        self.moment = datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def desk(transactional_db, django_db_serialized_rollback, settings, live_server, clock):
    """The demo's site and staff, and no agreement yet."""
    from portal.demo import pages, people

    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = 2000
    settings.DEMO_PASSWORD = "desk-demo-1405"
    settings.ALLOWED_HOSTS = ["*"]
    call_command("collectstatic", interactive=False, verbosity=0)
    with translation.override("fa"):
        pages.build_facts()
        people.build_people()
        pages.build_site()
    return live_server


def jalali(day: date) -> str:
    """As people type it: ۱۴۰۵/۰۹/۰۱."""
    year, month, number = jalali_parts(day)
    return to_persian(f"{year}/{month:02}/{number:02}")


def publish(editor) -> None:
    """After the editor's own saving of the draft, which would be in the way."""
    editor.wait_for_timeout(1000)
    button = editor.locator("button[name=action-publish]")
    if not button.is_visible():
        editor.locator(
            "footer [data-controller~=w-dropdown] button[data-w-dropdown-target=toggle]"
        ).click()
        editor.wait_for_timeout(300)  # the menu unfolds
    with editor.expect_navigation():
        button.click()


def fill_blank(editor) -> None:
    """Write the paragraph with the blank anew, as an editor does."""
    text = editor.locator("[contenteditable=true]", has_text=re.compile(r"\[.+\]")).last
    text.scroll_into_view_if_needed()
    text.click()
    editor.keyboard.press("Control+a")
    editor.keyboard.press("Delete")
    editor.keyboard.insert_text("این توافق‌نامه با امضای مدیر کل و حداکثر تا یک سال اعتبار دارد.")


def sign(secretary, version, day: date, *, party: str = "", number: str = "۱۲/ص") -> None:
    """Record a signature on the screen of the secretariat."""
    secretary.goto(f"/admin/sla/versions/{version.pk}/signature/")
    if party:
        secretary.locator("[name=party]").select_option(party)
    secretary.locator("[name=name]").fill("بهار فرزانه")
    secretary.locator("[name=post]").fill("مدیر کل")
    secretary.locator("[name=signed_on]").fill(jalali(day))
    secretary.locator("[name=letter_number]").fill(number)
    letter = {"name": "letter.png", "mimeType": "image/png", "buffer": scan().read()}
    secretary.locator("[name=scan]").set_input_files(files=[letter])
    secretary.locator("form button[type=submit].button-longrunning").click()
    secretary.wait_for_url("**/inspect/**")


def words(reader, path: str) -> str:
    reader.goto(path)
    return reader.locator("main").inner_text()


def state_of(reader, path: str) -> str:
    reader.goto(path)
    return reader.locator(".document-head .pill").inner_text().strip()


def foot(reader) -> str:
    reader.goto("/")
    return reader.locator(".foot-agreement").inner_text()


def label(state: str) -> str:
    from sla.enums import State

    with translation.override("fa"):
        return str(State(state).label)


def test_from_the_file_through_signature_and_end_to_the_successor(open_page, clock):
    # Imported, with a blank that no citizen may see.
    call_command("import_agreement", str(SOURCE), stdout=StringIO())
    page = AgreementPage.objects.get()
    end = page.valid_to
    year = jalali_parts(end)[0]
    signed_on = from_jalali(year, 1, 20)
    clock.move_to(from_jalali(year, 1, 10))
    editor = open_page()
    log_in(editor, "editor")
    editor.goto(f"/admin/pages/{page.pk}/edit/")
    publish(editor)
    editor.locator(".help-critical, .error-message", has_text="[").first.wait_for()
    assert not AgreementPage.objects.get().live

    # Its blank filled and published: awaiting signature, in force nowhere.
    fill_blank(editor)
    publish(editor)
    page = AgreementPage.objects.get()
    assert page.live, editor.locator("main").inner_text()[:2000]
    reader = open_page()
    address = page.get_url()
    assert state_of(reader, address) == label("awaiting")
    assert "[" not in words(reader, address)

    # Signed by the director: in force from that day.
    clock.move_to(signed_on)
    secretary = open_page()
    log_in(secretary, "secretariat")
    sign(secretary, page.version, signed_on)
    assert state_of(reader, address) == label("in_force")
    assert "بهار فرزانه" in words(reader, address)
    assert jalali(end) in foot(reader)
    clock.move_to(signed_on - timedelta(days=1))
    assert state_of(reader, address) == label("awaiting")

    # Its last sixty days, its last day, and the day after.
    clock.move_to(end - timedelta(days=20))
    assert state_of(reader, address) == label("expiring")
    clock.move_to(end)
    assert state_of(reader, address) == label("expiring")
    expired = end + timedelta(days=1)
    clock.move_to(expired)
    assert state_of(reader, address) == label("expired")
    assert "منقضی" in foot(reader)

    # Every service goes on.
    citizen = open_page()
    write_request(citizen)
    citizen.wait_for_timeout(2100)
    wait_for_proof(citizen)
    citizen.locator("main form .form-actions button").first.click()
    code, password = read_receipt(citizen)
    tracker = open_page(width=390)
    sign_in(tracker, code, password)
    assert SUBJECT in tracker.locator("main").inner_text()
    assert "نسخهٔ ۱" in tracker.locator("main").inner_text(), "the last one that was in force"

    # One click drafts the successor from the day after the end.
    manager = open_page()
    log_in(manager, "manager")
    manager.locator(f"form[action$='/versions/{page.version_id}/successor/'] button").click()
    manager.wait_for_url("**/edit/")
    successor = AgreementPage.objects.get(version__number=2)
    assert str(successor.pk) in manager.url
    assert successor.valid_from == expired
    assert successor.valid_to > end + timedelta(days=360)
    assert manager.locator("[name=valid_from]").input_value() == jalali(expired)
    publish(manager)
    assert AgreementPage.objects.get(pk=successor.pk).live

    # Signed, it is in force; the first one is replaced and stays readable.
    later = expired + timedelta(days=5)
    clock.move_to(later)
    secretary = open_page()
    log_in(secretary, "secretariat")
    sign(secretary, AgreementVersion.objects.get(number=2), later, number="۹")
    assert state_of(reader, successor.get_url()) == label("in_force")
    assert state_of(reader, address) == label("replaced")
    assert jalali(successor.valid_to) in foot(reader)

    # A case links to the version in force when it was registered.
    citizen = open_page()
    write_request(citizen)
    citizen.wait_for_timeout(2100)
    wait_for_proof(citizen)
    citizen.locator("main form .form-actions button").first.click()
    sign_in(tracker, *read_receipt(citizen))
    press(tracker, f"main a[href$='{successor.get_url()}']")
    assert "بهار فرزانه" in tracker.locator("main").inner_text()

    # What changed is told, without scripts and on a small screen.
    phone = open_page(javascript=False, width=320)
    phone.goto(address)
    press(phone, "main a[href$='/changes/']")
    assert phone.url.endswith("/changes/1-2/")
    expect(phone.locator("#changes-terms ~ dl ins").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    phone.locator("[name=to]").select_option("1")
    press(phone, "form.changes-choice button")
    expect(phone.locator("#changes-error")).to_be_visible()


def test_an_agreement_between_two_organisations_needs_both_signatures(open_page, clock):
    from sla.models import AgreementIndexPage
    from sla.versions import create_agreement, create_version

    index = AgreementIndexPage.objects.get(locale__language_code="fa")
    version = create_version(
        agreement=create_agreement(title="تفاهم دو سازمان", key="g2g"), language="fa", g2g=True
    )
    page = AgreementPage(
        title="تفاهم دو سازمان",
        slug="g2g-1",
        locale=index.locale,
        live=False,
        version=version,
        g2g=True,
        ending="consent",
        clauses=clauses(),
        parties=[{"type": "party", "value": side} for side in (PROVIDER, OTHER_BODY)],
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    first = from_jalali(1405, 2, 1)
    clock.move_to(first)
    reader, secretary = open_page(), open_page()
    log_in(secretary, "secretariat")
    address = AgreementPage.objects.get(pk=page.pk).get_url()
    sign(secretary, version, first, party="provider")
    assert state_of(reader, address) == label("awaiting")
    second = first + timedelta(days=3)
    clock.move_to(second)
    assert state_of(reader, address) == label("awaiting")
    sign(secretary, version, second, party="recipient", number="۷")
    assert state_of(reader, address) == label("in_force")
    clock.move_to(first)
    assert state_of(reader, address) == label("awaiting"), "not before the last signature"

    # Both end it together, on the secretariat's screen.
    ends = second + timedelta(days=30)
    clock.move_to(second + timedelta(days=10))
    secretary.goto(f"/admin/sla/versions/{version.pk}/consent/")
    secretary.locator("[name=ends_on]").fill(jalali(ends))
    letter = {"name": "letter.png", "mimeType": "image/png", "buffer": scan().read()}
    for party in ("provider", "recipient"):
        secretary.locator(f"[name={party}-signed_on]").fill(jalali(second + timedelta(days=9)))
        secretary.locator(f"[name={party}-letter_number]").fill("۴۴")
        secretary.locator(f"[name={party}-scan]").set_input_files(files=[letter])
    secretary.locator("form button[type=submit].button-longrunning").click()
    secretary.wait_for_url("**/admin/")
    assert state_of(reader, address) == label("in_force")
    clock.move_to(ends)
    assert state_of(reader, address) == label("terminated")
    assert to_persian("44") in words(reader, address)
