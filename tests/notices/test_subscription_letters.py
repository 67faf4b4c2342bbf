"""What leaves the desk, through a real SMTP server and real receivers on loopback."""

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from desk_core.delivery import deliver_due
from desk_core.models import OutgoingMessage
from notices import addresses, current, limits, updates
from notices.enums import Impact, Kind, UpdateState
from notices.models import Delivery, Subscription
from notices.subscriptions import subscribing, telling, webhook_bodies
from notices.subscriptions.subscribing import Choices
from tests.cms_pages.factories import ServiceFactory
from tests.desk_core.mailbox import mailbox_of
from tests.desk_core.receivers import Receiver
from tests.notices.factories import ago, ahead, clock, published
from tests.notices.subscribers import ADDRESS, subscribe
from tests.notices.test_warnings import warn

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings, monkeypatch):
    monkeypatch.setattr(limits, "count_ask", lambda *args: None)
    monkeypatch.setattr(limits, "count_code", lambda *args: None)
    with mailbox_of(settings) as found:
        yield found


def test_from_the_confirmation_to_one_click(index, mailbox, client):
    subscribing.ask(contact="sara@example.ir", choices=Choices(), language="fa", address=ADDRESS)
    deliver_due()
    [(to, letter)] = mailbox.letters
    assert to == ["sara@example.ir"]
    assert "List-Unsubscribe" not in letter
    link = next(word for word in letter.get_content().split() if "#" in word)
    path, code = urlsplit(link).path, urlsplit(link).fragment
    answer = client.post(path, {"code": code})
    assert answer.status_code == 200
    assert Subscription.objects.get().state == "active"

    published(index, title="اختلال درگاه")
    telling.work()
    deliver_due()
    telling.work()
    assert deliver_due() == 0
    [_first, (to, letter)] = mailbox.letters
    assert to == ["sara@example.ir"]
    assert "اختلال درگاه" in str(letter["Subject"])
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    header = str(letter["List-Unsubscribe"]).strip()
    assert re.fullmatch(r"<http://[^<>\s]+>", header)
    assert "sara" not in header
    assert Delivery.objects.get().outcome == "sent"

    # RFC 8058: a machine posts, without cookies, login or token of a form.
    way_out = urlsplit(header.strip("<>")).path
    machine = Client(enforce_csrf_checks=True)
    assert machine.get(way_out).status_code == 200
    assert Subscription.objects.get().state == "active"
    answer = machine.post(way_out, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert Subscription.objects.get().state == "ended"
    assert machine.post(way_out, {"List-Unsubscribe": "One-Click"}).status_code == 200
    published(index, title="دیگر")
    telling.work()
    assert deliver_due() == 0


def test_a_letter_says_what_is_affected_how_badly_and_each_thing_once(index, mailbox):
    subscribe("sara@example.ir", language="en")
    service = ServiceFactory(name="Permits & plots", name_en="Permits & plots")
    page = published(index, title="Fault", services=[service], impact=Impact.PARTIAL)
    telling.work()
    said = {"notice": page.notice, "text": "x", "text_en": "It is over.", "author": None}
    updates.post(state=UpdateState.IDENTIFIED, key="i", **said)
    telling.work()
    updates.post(state=UpdateState.RESOLVED, key="r", **said)
    telling.work()
    deliver_due()
    letters = [letter for _to, letter in mailbox.letters]
    assert [str(letter["Subject"]) for letter in letters] == [
        *("Outage: Fault", "Outage (Cause found): Fault", "Outage (Resolved): Fault"),
    ]
    bodies = [letter.get_content() for letter in letters]
    assert "Affected: Permits & plots (Partly unavailable)" in bodies[0]
    assert "Affected: Permits & plots\n" in bodies[2].replace("\r", "")


def test_a_text_message_is_short_whatever_the_page_is_called(
    index, mailbox, tmp_path, settings, client
):
    settings.DESK_MAIL_DIR = tmp_path / "mail"
    files = "desk_core.channels.files.FileChannel"
    settings.DESK_CHANNELS = {**settings.DESK_CHANNELS, "sms": files}
    subscribe("09123456789")
    services = [ServiceFactory(name="نقشه"), ServiceFactory(name="ن" * 80)]
    pages = [
        published(index, title="قطع سامانهٔ نقشه‌های شهری و روستایی", services=[each])
        for each in services
    ]
    telling.work()
    deliver_due()
    texts = sorted(
        each.read_text(encoding="utf-8") for each in settings.DESK_MAIL_DIR.glob("*-sms-*.txt")
    )
    assert sorted("خدمات تحت تأثیر: نقشه" in each for each in texts) == [False, True]
    found = [re.search(r"http://\S+/status/n/\S+", each)[0] for each in texts]
    assert all("%" not in each and len(urlsplit(each).path) < 40 for each in found)
    answers = [client.get(urlsplit(each).path) for each in found]
    assert {each["Location"] for each in answers} == {page.url for page in pages}


@pytest.mark.parametrize("key", ["x", "A" * 22, "A" * 21 + "-", "_" * 22, "0" * 23])
def test_the_short_address_of_no_public_notice_is_no_page(index, client, key):
    assert client.get(f"/status/n/{key}/").status_code == 404


@pytest.mark.parametrize("hide", ["taken down", "private"])
def test_the_short_address_leads_to_nothing_hidden(index, client, hide):
    page = published(index)
    address = f"/status/n/{addresses.short_key(page.notice_id)}/"
    assert client.get(address)["Location"] == page.url
    if hide == "private":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    else:
        page.unpublish()
    assert client.get(address).status_code == 404


def test_whoever_follows_one_notice_is_asked_to_confirm_that(index, mailbox):
    notice = published(index, title="قطع درگاه").notice
    ask = {"language": "fa", "address": ADDRESS}
    subscribing.ask(contact="sara@example.ir", choices=Choices(follow=notice.pk), **ask)
    subscribing.ask(contact="reza@example.ir", choices=Choices(), **ask)
    deliver_due()
    one, all_of_them = (letter.get_content() for _to, letter in mailbox.letters)
    assert "قطع درگاه" in one
    assert "قطع درگاه" not in all_of_them
    assert len({one.splitlines()[0], all_of_them.splitlines()[0]}) == 2


def test_a_window_is_told_by_mail_sms_and_webhook_exactly_once_an_event(
    index, mailbox, tmp_path, settings
):
    settings.DESK_MAIL_DIR = tmp_path / "mail"
    files = "desk_core.channels.files.FileChannel"
    settings.DESK_CHANNELS = {**settings.DESK_CHANNELS, "sms": files}
    start, end = ahead(hours=2), ahead(hours=4)
    with Receiver().serving() as receiver:
        subscribe("sara@example.ir")
        subscribe("09123456789")
        subscribe(f"{receiver.url}/in")
        published(
            index,
            kind=Kind.MAINTENANCE,
            starts_at=start,
            expected_end=end,
            title="به‌روزرسانی",
            services=[ServiceFactory(name="درگاه")],
        )
        for moment in (ahead(), start, start, end, end):
            with clock(moment):
                telling.work(at=moment)
                telling.work(at=moment)
                deliver_due()
                deliver_due()
        assert len(mailbox.letters) == len(receiver.got) == 3
        assert len(list(settings.DESK_MAIL_DIR.glob("*-sms-*.txt"))) == 3
        states = [json.loads(got["body"])["incident"]["status"] for got in receiver.got]
    # Each once; a slow machine may bring one in the round after its own.
    assert sorted(states) == ["completed", "in_progress", "scheduled"]


def test_a_webhook_gets_statuspages_shape_and_a_signature_under_its_own_secret(
    index, mailbox, client
):
    service = ServiceFactory(name="درگاه پرداخت")
    with Receiver().serving() as receiver:
        row = subscribe(f"{receiver.url}/in")
        notice = published(index, services=[service], title="اختلال").notice
        updates.post(
            notice=notice, state=UpdateState.MONITORING, text="پایدار شد.", author=None, key="m"
        )
        telling.work()
        deliver_due()
        first, second = receiver.got
    body = json.loads(second["body"])
    assert set(body) == {"meta", "page", "incident"}
    assert set(body["meta"]) == {"unsubscribe", "documentation", "generated_at"}
    assert body["page"]["status_indicator"] == "critical"
    incident = body["incident"]
    assert (incident["status"], incident["impact"]) == ("monitoring", "critical")
    api = client.get("/status/api/v2/summary.json").json()
    [same] = api["incidents"]
    assert body["page"]["id"] == api["page"]["id"] == incident["components"][0]["page_id"]
    assert (incident["id"], incident["status"]) == (same["id"], same["status"])
    assert [each["id"] for each in incident["incident_updates"]] == [
        each["id"] for each in same["incident_updates"]
    ]
    assert [each["status"] for each in incident["incident_updates"]] == [
        "monitoring",
        "investigating",
    ]
    # Both say the same of it but for the zone of times, and only the webhook says who was told.
    here = {"components", "incident_updates", "page_id", "shortlink"} | {
        key for key in same if key[-3:] == "_at"
    }
    assert {name: same[name] for name in same.keys() - here} == {
        name: incident[name] for name in same.keys() - here
    }
    for name in ("created_at", "updated_at", "started_at", "monitoring_at"):
        assert datetime.fromisoformat(same[name]) == datetime.fromisoformat(incident[name])
    told, plain = incident["incident_updates"][0], same["incident_updates"][0]
    assert (told["deliver_notifications"], plain["deliver_notifications"]) == (True, False)
    assert told.keys() == plain.keys()
    [component] = incident["components"]
    assert (component["id"], component["status"]) == (service.key, "major_outage")
    for moment in ("created_at", "updated_at", "started_at"):
        assert incident[moment].endswith("Z")
        assert "." in incident[moment]
    headers = second["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + second["body"]
    key = base64.b64decode(row.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert first["headers"]["webhook-id"] != headers["webhook-id"]


def test_a_webhook_says_of_which_updates_subscribers_were_told(index):
    notice = published(index).notice
    for key in ("a", "b"):
        updates.post(notice=notice, state="identified", text=key, author=None, key=key)
    notice.events.filter(update__key="a").update(dropped=True)
    (shown,) = current.find(timezone.now(), Q(notice=notice), updates=True)
    said = webhook_bodies.incident(shown, "fa")["incident_updates"]
    assert [(each["body"], each["deliver_notifications"]) for each in said[:2]] == [
        ("b", True),
        ("a", False),
    ]


def test_a_warning_is_told_to_programs_in_the_nearest_words(index):
    page = warn(index, starts_at=ago(hours=1))
    said = {"notice": page.notice, "text": "راه باز شد.", "author": None, "key": "k"}

    def told_status():
        now = timezone.now()
        (shown,) = current.find(now, Q(notice=page.notice), updates=True)
        body = webhook_bodies.incident(shown, "fa")
        return body["status"], body["impact"], body["incident_updates"][0]["status"]

    assert told_status() == ("monitoring", "major", "monitoring")
    updates.post(state="lifted", **said)
    assert told_status() == ("resolved", "major", "resolved")


def test_a_receiver_that_is_broken_for_long_is_stopped_and_delays_nobody(index, mailbox, settings):
    settings.DESK_OUTBOX_ATTEMPTS = 1
    with Receiver().serving() as receiver:
        receiver.mood = 500
        broken = subscribe(f"{receiver.url}/in")
        subscribe("sara@example.ir")
        for number in range(4):
            published(index, title=f"n{number}")
            telling.work()
            deliver_due()
            telling.work()
        broken.refresh_from_db()
        assert broken.state == "quarantined"
        assert len(receiver.got) == 3
    assert len(mailbox.letters) == 4


def test_no_letter_and_no_log_holds_what_it_should_not(index, mailbox, caplog):
    caplog.set_level("DEBUG", logger="notices")
    row = subscribe("sara@example.ir")
    published(index)
    telling.work()
    deliver_due()
    telling.work()
    subscribing.erase(subscription=row)
    assert "sara@example.ir" not in caplog.text
    stored = [str(vars(message)) for message in OutgoingMessage.objects.all()]
    assert not any("sara" in text for text in stored)
