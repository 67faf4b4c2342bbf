import logging
import traceback
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from desk_core.channels import ChannelDown, GiveUp, Letter, TryAgain, Unsure
from desk_core.channels.email import EmailChannel
from desk_core.channels.files import FileChannel
from desk_core.channels.kavenegar import KavenegarChannel
from desk_core.channels.smsir import SmsIrChannel
from tests.desk_core.gateways import KEY, KavenegarGateway, SmsIrGateway

LETTER = Letter(
    channel="sms",
    recipient="+989123456789",
    subject_line="",
    text="کد پیگیری ۱۲۰",
    template="desk/registered",
    context={"code": "120 000‌005", "office": "راه و شهرسازی"},
    language="fa",
    local_id=4_611_686_018_427_387_904,
    attempt=1,
    created_at=timezone.now(),
)
UNSURE = replace(LETTER, attempt=2, unsure_since=timezone.now())


@pytest.fixture(autouse=True)
def everything_logged(caplog):
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("desk_core.channels.gateway.TIMEOUT", (0.5, 0.5))


@pytest.fixture
def kavenegar(settings):
    with KavenegarGateway().serving() as gateway:
        settings.DESK_KAVENEGAR = {
            "API_KEY": KEY,
            "SENDER": "10004346",
            "BASE_URL": f"{gateway.url}/v1",
        }
        yield gateway


@pytest.fixture
def smsir(settings):
    with SmsIrGateway().serving() as gateway:
        settings.DESK_SMSIR = {
            "API_KEY": KEY, "LINE_NUMBER": 30007732000000, "BASE_URL": f"{gateway.url}/v1",
        }  # fmt: skip
        yield gateway


def assert_silent(caught, caplog, *, key: str = KEY) -> None:
    """Neither the error nor any log line holds the key, the number or the text."""
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    for secret in (key, "9123456789", LETTER.text):
        assert secret not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


class TestFiles:
    def test_one_readable_file_a_message(self, mail):
        with FileChannel() as channel:
            name = channel.send(LETTER)
            email = replace(LETTER, channel="email", subject_line="سلام", local_id=7)
            channel.send(email)
        assert "To: +989123456789" in (mail / name).read_text(encoding="utf-8")
        assert (mail / name).read_text(encoding="utf-8").endswith(f"\n\n{LETTER.text}\n")
        [other] = mail.glob("*-email-7.txt")
        assert "Subject: سلام" in other.read_text(encoding="utf-8")
        assert len(list(mail.iterdir())) == 2

    def test_a_repeated_letter_is_the_same_file(self, mail):
        with FileChannel() as channel:
            assert channel.can_repeat(UNSURE)
            assert channel.send(LETTER) == channel.send(UNSURE)
        assert len(list(mail.iterdir())) == 1


class TestKavenegar:
    def test_free_text_goes_with_our_number(self, kavenegar):
        with KavenegarChannel() as channel:
            assert channel.send(LETTER) == "1001"
        [message] = kavenegar.accepted
        assert message == {
            "receptor": "09123456789",
            "message": LETTER.text,
            "sender": "10004346",
            "localid": str(LETTER.local_id),
            "messageid": 1001,
        }
        assert kavenegar.calls == ["sms/send"]

    def test_a_pattern_goes_by_lookup_without_gaps_in_its_tokens(self, kavenegar, settings):
        settings.DESK_KAVENEGAR["TEMPLATES"] = {
            "desk/registered": {
                "template": "registered", "tokens": {"token": "code", "token10": "office"},
            }
        }  # fmt: skip
        with KavenegarChannel() as channel:
            assert channel.send(LETTER) == "1001"
            assert not channel.can_repeat(LETTER)
        [message] = kavenegar.accepted
        assert message["token"] == "120-000-005"
        assert message["token10"] == "راه و شهرسازی"
        assert message["template"] == "registered"
        assert "message" not in message

    def test_what_may_have_arrived_is_asked_after_and_not_sent_again(self, kavenegar):
        kavenegar.mood = "accept and hang up"
        with KavenegarChannel() as channel:
            with pytest.raises(Unsure):
                channel.send(LETTER)
            kavenegar.mood = "well"
            assert channel.can_repeat(UNSURE)
            assert channel.send(UNSURE) == "1001"
        assert len(kavenegar.accepted) == 1
        assert kavenegar.calls == ["sms/send", "sms/statuslocalmessageid"]

    def test_what_did_not_arrive_is_sent_after_asking(self, kavenegar):
        with KavenegarChannel() as channel:
            assert channel.send(UNSURE) == "1001"
        assert kavenegar.calls == ["sms/statuslocalmessageid", "sms/send"]

    def test_after_half_a_day_the_gateway_no_longer_knows(self, kavenegar):
        with KavenegarChannel() as channel:
            old = replace(UNSURE, unsure_since=timezone.now() - timedelta(hours=12))
            assert not channel.can_repeat(old)

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            *((s, GiveUp) for s in (400, 411, 412, 413, 414, 422, 424, 431, 432)),
            *((s, ChannelDown) for s in (401, 403, 407, 409, 418, 429, 451)),
            *((s, TryAgain) for s in (402, 404, 604, 607)),
        ],
    )
    def test_refusals_are_told_apart(self, kavenegar, caplog, status, kind):
        kavenegar.mood = status
        with KavenegarChannel() as channel, pytest.raises(kind) as caught:
            channel.send(LETTER)
        assert type(caught.value) is kind
        assert str(caught.value) == f"kavenegar: {status}"
        assert_silent(caught, caplog)

    def test_without_credit_the_gateway_rests_for_an_hour(self, kavenegar):
        kavenegar.mood = 418
        with KavenegarChannel() as channel, pytest.raises(ChannelDown) as caught:
            channel.send(LETTER)
        assert caught.value.after == timedelta(hours=1)

    def test_a_wrong_key_is_said_without_saying_it(self, kavenegar, settings, caplog):
        settings.DESK_KAVENEGAR["API_KEY"] = "WRONGKEY99"
        with KavenegarChannel() as channel, pytest.raises(ChannelDown) as caught:
            channel.send(LETTER)
        assert_silent(caught, caplog, key="WRONGKEY99")

    @pytest.mark.parametrize(
        ("mood", "kind"),
        [("hang up", Unsure), ("silent", Unsure), ("garbage", Unsure), ("list", Unsure),
         ("redirect", Unsure), ("bad gateway", TryAgain)],
    )  # fmt: skip
    def test_a_network_that_misbehaves(self, kavenegar, caplog, quick, mood, kind):
        kavenegar.mood = mood
        with KavenegarChannel() as channel, pytest.raises(kind) as caught:
            channel.send(LETTER)
        assert_silent(caught, caplog)
        assert kavenegar.calls == ["sms/send"]

    @pytest.mark.parametrize("base", ["http://127.0.0.1:1/v1", "https://gateway.invalid/v1"])
    def test_no_connection_is_certainly_not_sent(self, settings, caplog, quick, base):
        settings.DESK_KAVENEGAR = {"API_KEY": KEY, "BASE_URL": base}
        with KavenegarChannel() as channel, pytest.raises(ChannelDown) as caught:
            channel.send(LETTER)
        assert_silent(caught, caplog)


class TestSmsIr:
    def test_free_text_goes_from_the_line(self, smsir):
        with SmsIrChannel() as channel:
            assert channel.send(LETTER) == "1001"
            assert not channel.can_repeat(LETTER)
        assert smsir.accepted == [
            {
                "lineNumber": 30007732000000,
                "messageText": LETTER.text,
                "mobiles": ["9123456789"],
                "sendDateTime": None,
                "messageid": 1001,
            }
        ]

    def test_a_pattern_goes_by_verify(self, smsir, settings):
        settings.DESK_SMSIR["TEMPLATES"] = {
            "desk/registered": {"template": 123456, "parameters": {"CODE": "code"}}
        }
        with SmsIrChannel() as channel:
            assert channel.send(LETTER) == "1001"
        [message] = smsir.accepted
        assert message["templateId"] == 123456
        assert message["mobile"] == "9123456789"
        assert message["parameters"] == [{"name": "CODE", "value": LETTER.context["code"]}]

    def test_a_value_that_is_too_long_is_not_even_tried(self, smsir, settings):
        settings.DESK_SMSIR["TEMPLATES"] = {
            "desk/registered": {"template": 1, "parameters": {"CODE": "code"}}
        }
        letter = replace(LETTER, context={"code": "1" * 26})
        with SmsIrChannel() as channel, pytest.raises(GiveUp, match="CODE"):
            channel.send(letter)
        assert smsir.calls == []

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            *((s, GiveUp) for s in (101, 103, 104, 113, 114, 115, 116, 117)),
            *((s, ChannelDown) for s in (10, 11, 12, 13, 14, 20, 102)),
            *((s, TryAgain) for s in (0, 999)),
        ],
    )
    def test_refusals_are_told_apart(self, smsir, caplog, status, kind):
        smsir.mood = status
        with SmsIrChannel() as channel, pytest.raises(kind) as caught:
            channel.send(LETTER)
        assert type(caught.value) is kind
        assert_silent(caught, caplog)

    @pytest.mark.parametrize(
        ("mood", "kind"),
        [("hang up", Unsure), ("silent", Unsure), ("garbage", Unsure), ("list", Unsure),
         ("accept and hang up", Unsure), ("bad gateway", TryAgain)],
    )  # fmt: skip
    def test_a_network_that_misbehaves(self, smsir, caplog, quick, mood, kind):
        smsir.mood = mood
        with SmsIrChannel() as channel, pytest.raises(kind) as caught:
            channel.send(LETTER)
        assert_silent(caught, caplog)

    def test_a_wrong_key_stops_the_channel(self, smsir, settings):
        settings.DESK_SMSIR["API_KEY"] = "wrong"
        with SmsIrChannel() as channel, pytest.raises(ChannelDown):
            channel.send(LETTER)


class Mailbox:
    """An SMTP server's answers."""

    def __init__(self) -> None:
        self.received: list = []
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"
        self.hang_up = False
        self.sessions: set[int] = set()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server, session, envelope) -> str:
        self.received.append(envelope)
        self.sessions.add(id(session))
        if self.hang_up:
            server.transport.abort()
        return self.data_answer


@pytest.fixture
def smtp(settings, caplog, unused_tcp_port_of_ours):
    caplog.set_level(logging.ERROR, logger="mail.log")  # the server's own log
    mailbox = Mailbox()
    port = unused_tcp_port_of_ours
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "میز خدمت <desk@example.ir>"
    mailbox.controller = controller
    yield mailbox
    if mailbox.controller is not None:
        mailbox.controller.stop()


@pytest.fixture
def unused_tcp_port_of_ours() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


EMAIL = replace(
    LETTER, channel="email", recipient="a@example.ir", subject_line="درخواست شما", text="سلام"
)


class TestEmail:
    def test_letters_go_over_one_connection(self, smtp):
        from email import message_from_bytes
        from email.header import decode_header, make_header

        with EmailChannel() as channel:
            number = channel.send(EMAIL)
            channel.send(replace(EMAIL, local_id=8))
        assert len(smtp.sessions) == 1
        first = message_from_bytes(smtp.received[0].content)
        assert smtp.received[0].rcpt_tos == ["a@example.ir"]
        assert str(make_header(decode_header(first["Subject"]))) == "درخواست شما"
        assert first["Message-ID"] == number == f"<{EMAIL.local_id}@example.ir>"
        assert first["Auto-Submitted"] == "auto-generated"
        assert first["Content-Language"] == "fa"
        assert first.get_payload(decode=True).decode().strip() == "سلام"

    @pytest.mark.parametrize(
        ("answer", "kind"), [("550 no such user", GiveUp), ("451 greylisted", TryAgain)]
    )
    def test_a_refused_recipient(self, smtp, caplog, answer, kind):
        smtp.recipient_answer = answer
        with EmailChannel() as channel:
            with pytest.raises(kind) as caught:
                channel.send(EMAIL)
            assert EMAIL.recipient not in str(caught.value) + caplog.text
            smtp.recipient_answer = "250 OK"
            channel.send(EMAIL)
        assert len(smtp.received) == 1

    @pytest.mark.parametrize(("answer", "kind"), [("554 spam", GiveUp), ("452 full", TryAgain)])
    def test_a_refused_text(self, smtp, answer, kind):
        smtp.data_answer = answer
        with EmailChannel() as channel, pytest.raises(kind):
            channel.send(EMAIL)

    def test_a_server_that_goes_away_after_the_text_leaves_us_unsure(self, smtp):
        smtp.hang_up = True
        with EmailChannel() as channel:
            with pytest.raises(Unsure):
                channel.send(EMAIL)
            assert not channel.can_repeat(UNSURE)
            smtp.hang_up = False
            channel.send(replace(EMAIL, local_id=9))

    def test_a_connection_that_was_lost_between_two_letters_is_made_again(self, smtp):
        with EmailChannel() as channel:
            channel.send(EMAIL)
            channel._connection.connection.sock.close()
            channel.send(replace(EMAIL, local_id=9))
        assert len(smtp.received) == 2

    def test_no_server_is_certainly_not_sent(self, smtp):
        smtp.controller.stop()
        smtp.controller = None
        with EmailChannel() as channel, pytest.raises(ChannelDown):
            channel.send(EMAIL)

    @pytest.mark.parametrize(
        "change", [{"subject_line": "a\nBcc: b@example.ir"}, {"recipient": "a@b\nBcc: c@d"}]
    )
    def test_no_header_can_be_smuggled_in(self, smtp, change):
        with EmailChannel() as channel, pytest.raises(GiveUp):
            channel.send(replace(EMAIL, **change))
        assert smtp.received == []
