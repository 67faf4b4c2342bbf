"""Who is told: asked on every channel, once a contact, ended at once, and nothing personal left."""

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk_core import erasures, throttles
from desk_core.models import AuditEntry, OutgoingMessage, SubjectKey
from notices import limits
from notices.enums import SubscriptionState
from notices.errors import AskedTooOften, WrongCode
from notices.models import Subscription, SubscriptionCode
from notices.subscriptions import outcomes, subscribing, telling, tokens
from notices.subscriptions.subscribing import Choices
from tests.notices.factories import clock, published
from tests.notices.subscribers import ADDRESS, ask, last_code, opened, subscribe

pytestmark = pytest.mark.django_db

CONTACTS = [
    ("sara@Example.IR", "email", "sara@example.ir"),
    ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "sms", "+989123456789"),
    ("https://Hooks.example.ir/in?x=1", "webhook", "https://hooks.example.ir/in?x=1"),
]


@pytest.fixture(autouse=True)
def generous(monkeypatch, index):
    """Limits are tried on their own."""
    monkeypatch.setattr(limits, "hit", lambda limit, key: throttles.Count(1, False))


def redeem(code):
    return subscribing.redeem(code=code, address=ADDRESS)


@pytest.mark.parametrize(("typed", "channel", "clean"), CONTACTS)
def test_nothing_counts_before_the_code_was_shown(typed, channel, clean):
    code = ask(typed)
    row = Subscription.objects.get()
    assert (row.channel, row.state) == (channel, SubscriptionState.PENDING)
    message = OutgoingMessage.objects.get()
    assert opened(message)["recipient"] == clean
    found = redeem(code)
    row.refresh_from_db()
    assert row.state == SubscriptionState.ACTIVE
    assert found.subscription == row
    assert subscribing.contact_of(row) == clean
    assert found.secret.startswith("whsec_") is (channel == "webhook")


@pytest.mark.parametrize(
    "text", ["", "نه", "a@", "0912", "http://example.ir/", "https://10.0.0.1/"]
)
def test_what_is_no_contact_is_refused_and_nothing_stored(text):
    with pytest.raises(ValidationError):
        ask(text)
    assert not Subscription.objects.exists()
    assert not SubjectKey.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://user:pw@example.ir/",
        "https://example.ir:22/",
        "https://example.ir/#x",
        "ftp://example.ir/",
    ],
)
def test_inner_addresses_are_no_webhooks(typed, settings):
    settings.DESK_OUTBOUND_LOOPBACK = False
    with pytest.raises(ValidationError):
        ask(typed)


def test_asking_again_says_and_does_the_same():
    subscribe("sara@example.ir")

    def work(contact):
        with CaptureQueriesContext(connection) as queries:
            channel = subscribing.ask(
                contact=contact, choices=Choices(), language="fa", address=ADDRESS
            )
        return channel, [query["sql"].split(" ")[0] for query in queries]

    def manage(contact):
        with CaptureQueriesContext(connection) as queries:
            subscribing.ask_to_manage(contact=contact, language="fa", address=ADDRESS)
        return [query["sql"].split(" ")[0] for query in queries]

    assert work("sara@example.ir") == work("nobody@example.ir")
    assert manage("sara@example.ir") == manage("nobody@example.ir")


def test_a_known_contact_keeps_one_subscription_with_the_newest_choices():
    first = subscribe("sara@example.ir")
    code = ask("SARA@example.ir", kinds=["outage"], steps=["resolved"], digest=True)
    again = redeem(code).subscription
    assert again == first
    assert Subscription.objects.count() == 1
    assert (again.wants_outage, again.wants_maintenance, again.wants_updated) == (
        True,
        False,
        False,
    )
    assert again.digest


def test_two_codes_of_one_contact_make_one_subscription():
    one, two = ask(), ask()
    redeem(two)
    redeem(one)
    assert Subscription.objects.living().count() == 1
    assert Subscription.objects.count() == 1


def test_a_code_is_good_once():
    code = ask()
    redeem(code)
    with pytest.raises(WrongCode):
        redeem(code)


def test_a_code_ends_with_its_day():
    code = ask()
    with (
        clock(timezone.now() + tokens.CODE_LIFETIME + timedelta(seconds=1)),
        pytest.raises(WrongCode),
    ):
        redeem(code)


@pytest.mark.parametrize("code", ["", "K7QF-2M9D-XW3P", "x" * 600, "#", "کد", "0" * 12])
def test_a_code_that_nobody_sent_opens_nothing(code):
    ask()
    with pytest.raises(WrongCode):
        redeem(code)
    assert Subscription.objects.get().state == SubscriptionState.PENDING


def test_a_code_is_read_however_it_is_written():
    code = tokens.new_code()
    for typed in (code.lower(), tokens.grouped(code), f"https://x.ir/code/#{code}", f" {code} "):
        assert tokens.clean_code(typed) == code
    assert tokens.clean_code("OIL0-1234-5678") == "011012345678"
    assert tokens.clean_code("۱۲۳۴ABCD۵۶۷۸") == "1234ABCD5678"


def test_only_the_digest_of_a_code_is_stored():
    code = ask().replace("-", "")
    row = SubscriptionCode.objects.get()
    assert code not in str(row.__dict__)
    assert row.digest == tokens.code_digest(code)


def test_a_network_and_a_contact_are_counted_known_or_not(monkeypatch):
    monkeypatch.setattr(limits, "hit", throttles.hit)
    for number in range(3):
        ask("one@example.ir", address=f"198.51.100.{number}")
    with pytest.raises(AskedTooOften):
        ask("one@example.ir", address="198.51.100.9")
    for number in range(limits.ASKS_OF_NETWORK.rate):
        ask(f"m{number}@example.ir", address="203.0.113.5")
    with pytest.raises(AskedTooOften):
        subscribing.ask_to_manage(contact="n@example.ir", language="fa", address="203.0.113.5")


def test_tries_of_codes_are_counted(monkeypatch):
    monkeypatch.setattr(limits, "hit", throttles.hit)
    for _ in range(limits.CODES.rate):
        with pytest.raises(WrongCode):
            redeem("K7QF-2M9D-XW3P")
    with pytest.raises(AskedTooOften):
        redeem("K7QF-2M9D-XW3P")


def test_managing_shows_to_the_holder_alone_whether_there_is_one():
    row = subscribe("sara@example.ir")
    for contact, expected in (("sara@example.ir", row), ("nobody@example.ir", None)):
        subscribing.ask_to_manage(contact=contact, language="fa", address=ADDRESS)
        assert redeem(last_code()).subscription == expected


def test_a_webhook_shows_its_code_in_its_first_post():
    code = ask("https://hooks.example.ir/in")
    body = json.loads(opened(OutgoingMessage.objects.get())["context"]["body"])
    assert body["verification"]["code"] == code
    assert body["verification"]["url"].endswith("#" + code.replace("-", ""))
    assert set(body) == {"meta", "verification"}


def test_a_secret_can_be_renewed_and_is_sealed():
    row = subscribe("https://hooks.example.ir/in")
    secret = subscribing.new_secret(subscription=row)
    row.refresh_from_db()
    assert secret.startswith("whsec_")
    assert secret != row.__dict__.get("secret")
    assert secret.encode() not in bytes(row.sealed)
    assert subscribing.new_secret(subscription=subscribe("a@example.ir")) == ""


def test_the_unsubscribe_token_ends_and_is_neither_forged_nor_too_old():
    row = subscribe()
    token = tokens.unsubscribe_token(row.pk)
    assert tokens.of_unsubscribe(token) == row.pk
    assert tokens.of_unsubscribe(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert tokens.of_unsubscribe(tokens.session(row.pk)) is None
    assert tokens.of_session(token) is None
    late = timezone.now() + tokens.UNSUBSCRIBE_LIFETIME + timedelta(days=1)
    with patch("django.core.signing.time.time", return_value=late.timestamp()):
        assert tokens.of_unsubscribe(token) is None


def test_a_later_subscription_is_not_ended_by_an_old_token():
    first = subscribe()
    assert subscribing.end(subscription=first)
    second = subscribe()
    assert second.pk != first.pk
    assert not subscribing.end(subscription=first)
    assert Subscription.objects.get(pk=second.pk).state == SubscriptionState.ACTIVE


def test_erasing_leaves_no_contact_anywhere_and_may_be_repeated():
    row = subscribe("sara@example.ir")
    subscribing.erase(subscription=row)
    subscribing.erase(subscription=row)
    row.refresh_from_db()
    assert (row.state, row.contact_digest, bytes(row.sealed)) == ("ended", "", b"")
    assert SubjectKey.objects.get(pk=row.subject_key_id).wrapped is None
    assert not row.codes.exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["subscription.confirmed", "subscription.ended", "subscription.erased"]


def test_an_export_holds_the_contact_and_what_was_chosen(index):
    row = subscribe("sara@example.ir", quiet_from=22, quiet_until=7)
    published(index)
    telling.work()
    data = subscribing.export(row)
    assert data["contact"] == "sara@example.ir"
    assert (data["quiet_from"], data["quiet_until"], data["digest"]) == (22, 7, False)
    assert [each["occasion"] for each in data["told"]] == ["first"]
    json.dumps(data)


def test_what_nobody_confirmed_vanishes_with_its_contact(settings):
    settings.DESK_SUBSCRIPTIONS_PENDING_DAYS = 2
    ask("a@example.ir")
    subscribing.ask_to_manage(contact="b@example.ir", language="fa", address=ADDRESS)
    kept = subscribe("c@example.ir")
    OutgoingMessage.objects.update(state="sent")
    outcomes.forget_old(at=timezone.now() + timedelta(days=1))
    assert Subscription.objects.count() == 2
    outcomes.forget_old(at=timezone.now() + timedelta(days=4))
    assert list(Subscription.objects.all()) == [kept]
    open_keys = SubjectKey.objects.filter(wrapped__isnull=False)
    assert list(open_keys.values_list("pk", flat=True)) == [kept.subject_key_id]


def test_an_ended_contact_is_erased_after_its_month_and_its_row_after_the_log():
    row = subscribe()
    subscribing.end(subscription=row)
    outcomes.forget_old(at=timezone.now() + timedelta(days=29))
    assert Subscription.objects.get().contact_digest
    outcomes.forget_old(at=timezone.now() + timedelta(days=31))
    assert Subscription.objects.get().erased_at is not None
    outcomes.forget_old(at=timezone.now() + timedelta(days=400))
    assert not Subscription.objects.exists()


def test_a_restore_does_not_bring_an_erased_contact_back():
    row = subscribe()
    erasures.forget([row.subject_key_id])
    row.refresh_from_db()
    assert (row.state, row.contact_digest, bytes(row.sealed)) == ("ended", "", b"")


def test_its_name_and_its_signs_say_nothing_of_the_contact():
    row = subscribe("sara@example.ir")
    assert "sara" not in str(row) + repr(row) + str(AuditEntry.objects.last().__dict__)
    assert "sara" not in repr(subscribing.Redeemed("confirm", row, "whsec_x")) + str(row.__dict__)
