"""What became of messages: asked of gateways that speak the real protocols on loopback."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk_core import delivery
from desk_core.delivery import deliver_due
from desk_core.delivery_reports import REMEMBERED, ask_due
from desk_core.enums import DeliveryState, MessageState
from desk_core.models import OutgoingMessage
from desk_core.outbox import masked
from desk_core.sealing import open_subject
from tests.desk_core.gateways import KEY, KavenegarGateway, SmsIrGateway

pytestmark = pytest.mark.django_db
GATEWAYS = {
    "kavenegar": (KavenegarGateway, "kavenegar.KavenegarChannel", "DESK_KAVENEGAR", 10, 11, 5),
    "sms.ir": (SmsIrGateway, "smsir.SmsIrChannel", "DESK_SMSIR", 1, 2, 5),
}


@pytest.fixture(params=sorted(GATEWAYS))
def gateway(request, settings, monkeypatch):
    """A gateway with its words for: delivered, failed, on its way."""
    made, channel, name, *fates = GATEWAYS[request.param]
    monkeypatch.setattr("desk_core.channels.gateway.TIMEOUT", (0.5, 0.5))
    with made().serving() as running:
        settings.DESK_CHANNELS = {"sms": f"desk_core.channels.{channel}"}
        base = {"API_KEY": KEY, "BASE_URL": f"{running.url}/v1", "LINE_NUMBER": 3000}
        setattr(settings, name, base)
        running.fates = fates
        yield running


def due_now() -> None:
    OutgoingMessage.objects.update(due_at=timezone.now(), receipt_due_at=timezone.now())


def asked(message: OutgoingMessage) -> OutgoingMessage:
    OutgoingMessage.objects.exclude(receipt_due_at=None).update(receipt_due_at=timezone.now())
    ask_due()
    message.refresh_from_db()
    return message


def test_a_receipt_is_asked_for_until_the_gateway_knows(gateway, enqueue):
    delivered, failed, on_its_way = gateway.fates
    message = enqueue()
    deliver_due()
    message.refresh_from_db()
    assert (message.state, message.delivery) == (MessageState.SENT, DeliveryState.PENDING)
    assert ask_due() == 0
    gateway.fate = on_its_way
    assert asked(message).delivery == DeliveryState.PENDING
    assert message.receipt_due_at > timezone.now()
    gateway.fate = delivered
    assert asked(message).delivery == DeliveryState.DELIVERED
    assert (message.delivery_code, message.receipt_due_at) == (str(delivered), None)
    other = enqueue()
    deliver_due()
    gateway.fate = failed
    assert asked(other).delivery == DeliveryState.FAILED
    assert len(gateway.accepted) == 2


@pytest.mark.parametrize("mood", ["garbage", "hang up", "list", "bad gateway"])
def test_a_gateway_that_talks_nonsense_is_asked_later_and_given_up_after_two_days(
    gateway, enqueue, mood, caplog
):
    message = enqueue()
    deliver_due()
    gateway.mood = mood
    assert asked(message).delivery == DeliveryState.PENDING
    assert message.receipt_due_at > timezone.now()
    assert "9123456789" not in caplog.text
    OutgoingMessage.objects.update(finished_at=timezone.now() - REMEMBERED)
    assert asked(message).delivery == DeliveryState.UNKNOWN
    assert message.receipt_due_at is None
    assert len(gateway.accepted) == 1


def test_an_hour_of_garbage_and_silence_delays_and_neither_loses_nor_doubles(
    gateway, enqueue, monkeypatch
):
    """The hour is moved, not slept: each round begins when the next message is due."""
    message = enqueue()
    start, moved = timezone.now(), [timezone.now()]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moved[0])
    moods = ["bad gateway", 500 if isinstance(gateway, KavenegarGateway) else 0]
    while moved[0] < start + timedelta(hours=1):
        gateway.mood = moods[0] if len(gateway.calls) % 2 else moods[1]
        deliver_due()
        message.refresh_from_db()
        assert message.state == MessageState.WAITING, message.error
        moved[0] = max(message.due_at, moved[0] + timedelta(seconds=1))
    assert 2 < message.attempts < delivery.MAX_ATTEMPTS
    gateway.mood = "well"
    moved[0] = max(message.due_at, moved[0])
    deliver_due()
    deliver_due()
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert len(gateway.accepted) == 1


def test_what_is_worth_nothing_any_more_is_never_sent(gateway, enqueue):
    late = enqueue(not_after=timezone.now() - timedelta(seconds=1))
    in_time = enqueue(not_after=timezone.now() + timedelta(minutes=9))
    deliver_due()
    late.refresh_from_db()
    in_time.refresh_from_db()
    assert (late.state, bytes(late.sealed)) == (MessageState.CANCELLED, b"")
    assert in_time.state == MessageState.SENT
    assert len(gateway.accepted) == 1


def test_of_a_sent_message_only_a_sealed_masked_address_is_left(gateway, enqueue):
    message = enqueue()
    deliver_due()
    message.refresh_from_db()
    assert bytes(message.sealed) == b""
    assert b"09" not in bytes(message.sealed_hint)[:2]
    subject = open_subject(message.subject_key)
    hint = subject.open(bytes(message.sealed_hint), record=message.hint_record).decode()
    assert hint == masked("+989123456789") == "0912•••••89"
    assert masked("golnar@example.ir") == "g•••@example.ir"
