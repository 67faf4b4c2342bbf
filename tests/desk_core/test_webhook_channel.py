"""Webhooks through the outbox: signed, tried again, and one that hangs delays nobody."""

import base64
import hashlib
import hmac
import threading

import pytest
from django.utils import timezone

from desk_core import outbound
from desk_core.channels import GiveUp, TryAgain, Unsure
from desk_core.channels.webhook import WebhookChannel, signature
from desk_core.delivery import deliver_due
from desk_core.models import OutgoingMessage
from desk_core.outbox import Outgoing, queue_many
from desk_core.sealing import new_subject
from tests.desk_core.receivers import Receiver
from tests.desk_core.test_channels import LETTER

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver():
    with Receiver().serving() as found:
        yield found


@pytest.fixture
def post(db, monkeypatch, tmp_path, settings):
    """Queue a post; the message."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "hook.webhook.txt").write_text("{{ body }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]
    numbers = iter(range(1000))

    def queue(url, secret=SECRET):
        subject = new_subject()
        subject.save()
        one = Outgoing(
            channel="webhook",
            recipient=url,
            template="hook",
            language="fa",
            context={"body": '{"a":"ب"}', "secret": secret},
            dedupe=f"d{next(numbers)}",
        )
        queue_many([one], subject=subject)
        return OutgoingMessage.objects.get(pk=one.id)

    return queue


def test_the_signature_is_the_one_of_the_standards_own_example():
    body = b'{"test": 2432232314}'
    made = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_no_secret_is_refused():
    with pytest.raises(ValueError, match="secret"):
        signature("whsec_%%%", "msg_1", 1, b"")


def test_a_receiver_can_verify_what_arrived(receiver, post):
    message = post(f"{receiver.url}/in")
    assert deliver_due() == 1
    [got] = receiver.got
    headers = got["headers"]
    assert headers["webhook-id"] == f"msg_{message.local_id}"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + got["body"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert got["body"].decode() == '{"a":"ب"}'
    message.refresh_from_db()
    assert (message.state, bytes(message.sealed)) == ("sent", b"")


def test_without_a_secret_it_goes_unsigned(receiver, post):
    post(receiver.url, secret="")
    deliver_due()
    assert "webhook-signature" not in receiver.got[0]["headers"]


@pytest.mark.parametrize("mood", [500, 404, 429, "redirect", "garbage"])
def test_anything_but_2xx_is_tried_again_under_the_same_id(receiver, post, mood):
    message = post(receiver.url)
    receiver.mood = mood
    deliver_due()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert message.due_at > timezone.now()
    OutgoingMessage.objects.update(due_at=timezone.now())
    receiver.mood = 200
    deliver_due()
    message.refresh_from_db()
    assert message.state == "sent"
    assert len({got["headers"]["webhook-id"] for got in receiver.got}) == 1
    assert "/elsewhere" not in {got["path"] for got in receiver.got}


def test_gone_is_gone(receiver, post):
    message = post(receiver.url)
    receiver.mood = 410
    deliver_due()
    message.refresh_from_db()
    assert message.state == "quarantined"


def test_an_inner_address_is_given_up_and_not_quoted(post, settings, caplog):
    settings.DESK_OUTBOUND_LOOPBACK = False
    message = post("https://127.0.0.1/secret-path")
    deliver_due()
    message.refresh_from_db()
    assert message.state == "quarantined"
    assert "secret-path" not in message.error + caplog.text


def test_receivers_that_hang_do_not_delay_the_others(post, monkeypatch):
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 1.0)
    with Receiver().serving() as bad, Receiver().serving() as good:
        bad.mood = "hang"
        hanging = [post(bad.url) for _ in range(5)]
        well = [post(good.url) for _ in range(3)]
        deliver_due()
        assert len(good.got) == 3
        # All hung at the same time: together they took as long as one.
        assert len(bad.got) == 5
    states = dict(OutgoingMessage.objects.values_list("pk", "state"))
    assert {states[message.pk] for message in well} == {"sent"}
    assert {states[message.pk] for message in hanging} == {"waiting"}


def test_one_that_comes_back_after_its_limit_is_left_behind(post, monkeypatch):
    release = threading.Event()

    def slow(channel, letter):
        release.wait(5)
        return "x"

    monkeypatch.setattr(WebhookChannel, "send", slow)
    monkeypatch.setattr(WebhookChannel, "longest", 0.1)
    message = post("https://hooks.example.ir/")
    deliver_due()
    release.set()
    message.refresh_from_db()
    assert (message.state, message.error) == ("waiting", "no reply in time")


def test_people_and_programs_have_lanes_of_their_own(post, receiver):
    post(receiver.url)
    assert deliver_due(channels=("email", "sms")) == 0
    assert deliver_due(channels=("webhook",)) == 1


def test_the_verdicts_are_the_outboxs(monkeypatch):
    channel = WebhookChannel()
    for raised, expected in (
        (outbound.NotAllowed("x"), GiveUp),
        (outbound.NoAnswer("x", sent=False), TryAgain),
        (outbound.NoAnswer("x", sent=True), Unsure),
    ):

        def fails(*args, error=raised):
            raise error

        monkeypatch.setattr(outbound, "post", fails)
        with pytest.raises(expected):
            channel.send(LETTER)
    assert channel.can_repeat(LETTER)
