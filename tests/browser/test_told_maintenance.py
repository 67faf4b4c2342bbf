"""A maintenance from draft to end: who may, who sees it, who is told, and who is told no more."""

import datetime as dt
import json
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from desk_core.delivery import deliver_due
from notices.models import Notice, NoticePage, Subscription
from notices.subscriptions import telling
from tests.browser.citizen import press, wait_for_proof
from tests.browser.staff import log_in
from tests.browser.test_editor import (
    approve,
    fresh,
    live_server,  # noqa: F401 - a fixture
    put_on_shelf,
    wait_until,
    write_notice,
)
from tests.desk_core.gateways import KEY, KavenegarGateway
from tests.desk_core.mailbox import mailbox_of
from tests.desk_core.receivers import Receiver
from tests.notices.factories import clock
from tests.notices.subscribers import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.drill]
SARA = "sara@example.ir"
TITLE = "به‌روزرسانی شبانهٔ نقشه‌ها"


@pytest.fixture
def outside(settings):
    """Mail server, gateway of text messages and receiver of webhooks."""
    kavenegar = "desk_core.channels.kavenegar.KavenegarChannel"
    settings.DESK_CHANNELS = {**settings.DESK_CHANNELS, "sms": kavenegar}
    with (
        mailbox_of(settings) as mailbox,
        KavenegarGateway().serving() as gateway,
        Receiver().serving() as receiver,
    ):
        settings.DESK_KAVENEGAR = {"API_KEY": KEY, "SENDER": "1", "BASE_URL": f"{gateway.url}/v1"}
        yield mailbox, gateway, receiver


def work(at: dt.datetime | None = None) -> None:
    """What the worker does, twice over."""
    for _ in range(2):
        telling.work(at=at)
        deliver_due()


def follow_by_mail(page, mailbox) -> None:
    """Subscribe on the pages, with the link of the letter."""
    page.goto("/status/subscribe/")
    page.locator("[name=contact]").fill(SARA)
    wait_for_proof(page)
    page.wait_for_timeout(2100)
    press(page, "main .form-actions button")
    deliver_due()
    [letter] = mailbox.to(SARA)
    link = next(word for word in letter.get_content().split() if "#" in word)
    page.goto(f"{urlsplit(link).path}#{urlsplit(link).fragment}")
    press(page, "main .form-actions button")
    mailbox.letters.clear()


def test_a_maintenance_is_approved_shown_in_three_phases_and_told_once_each(
    open_page, outside, settings
):
    mailbox, gateway, receiver = outside
    settings.DESK_NOTICES_AFTER_HOURS = 24
    reader, editor, second = open_page(), open_page(), open_page(width=390)
    put_on_shelf(reader)
    follow_by_mail(reader, mailbox)
    subscribe("09123456789")
    subscribe(f"{receiver.url}/in")
    assert [each.state for each in Subscription.objects.all()] == ["active"] * 3
    gateway.accepted.clear()
    receiver.got.clear()

    def told() -> list[int]:
        return [len(each) for each in (mailbox.to(SARA), gateway.accepted, receiver.got)]

    start = (timezone.now() + dt.timedelta(hours=20)).replace(microsecond=0)
    end = start + dt.timedelta(hours=2)
    log_in(editor, "editor")
    window = {"starts_at": start, "expected_end": end}
    write_notice(editor, kind="maintenance", title=TITLE, action="submit", **window)
    work()
    assert not Notice.objects.exists()
    assert told() == [0, 0, 0]
    log_in(second, "manager")
    approve(second, NoticePage.objects.get(title=TITLE))
    wait_until(lambda: Notice.objects.exists(), 5)

    banner = reader.locator(".notice", has_text=TITLE)
    wait_until(lambda: TITLE in fresh(reader, "/"), 5)
    phases = [banner.get_attribute("data-phase")]
    banner.locator("[data-notice-close]").click()
    reader.reload()
    assert not banner.is_visible(), "closed until the phase changes"
    work()
    assert told() == [1, 1, 1]
    for moment, number in ((start + dt.timedelta(minutes=1), 2), (end, 3)):
        with clock(moment):
            wait_until(lambda: banner.is_visible() or not reader.reload(), 5)
            phases.append(banner.get_attribute("data-phase"))
            banner.locator("[data-notice-close]").click()
            work(moment)
            assert told() == [number] * 3
    assert phases == ["announced", "running", "ended"]
    with clock(end + dt.timedelta(hours=25)):
        fresh(reader, "/services/land-enquiry/")
        assert banner.count() == 0
    states = [json.loads(got["body"])["incident"]["status"] for got in receiver.got]
    assert states == ["scheduled", "in_progress", "completed"]
    assert {message["receptor"] for message in gateway.accepted} == {"09123456789"}

    letter = mailbox.to(SARA)[-1]
    header = str(letter["List-Unsubscribe"]).strip().strip("<>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    reader.goto(urlsplit(header).path)
    press(reader, "main .form-actions button")
    states = dict(Subscription.objects.values_list("channel", "state"))
    assert states == {"email": "ended", "sms": "active", "webhook": "active"}
