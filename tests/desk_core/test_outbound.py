"""Posting to strangers' addresses: only outwards, to what was checked, never for long."""

import socket
import threading
import time

import pytest

from desk_core import outbound
from desk_core.outbound import NoAnswer, NotAllowed
from tests.desk_core.receivers import Receiver

INNER = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "::7f00:1",
    "fe80::1%eth0",
]


@pytest.fixture
def strict(settings):
    """As in production."""
    settings.DESK_OUTBOUND_LOOPBACK = False


def names(monkeypatch, *addresses, then=None):
    """Let every name have these addresses; `then` is the answer of every later look-up."""
    answers = iter([addresses])

    def look_up(host, port, *args, **kwargs):
        found = next(answers, then or addresses)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", look_up)


@pytest.mark.parametrize("address", INNER)
def test_no_inner_address_is_public(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.ir/",
        "https://example.ir:8080/",
        "https://u:p@example.ir/",
        "https:///x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433.example/ x",
        "file:///etc/passwd",
        "https://example.ir/#fragment",
        "https://example.ir:99999/",
        "https://example.ir/\r\nX: y",
        "gopher://example.ir/",
        "https://localhost:1/",
        "https://" + "a" * 600,
    ],
)
def test_only_plain_https_addresses_of_strangers_are_allowed(strict, url):
    with pytest.raises(NotAllowed):
        outbound.check_url(url)


@pytest.mark.parametrize("address", INNER[:12])
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(strict, monkeypatch, address):
    names(monkeypatch, address)
    monkeypatch.setattr(
        outbound.socket, "create_connection", lambda *args: pytest.fail("connected")
    )
    with pytest.raises(NotAllowed):
        outbound.post("https://hooks.example.ir/", b"{}", {})


def test_one_inner_address_among_public_ones_is_enough(strict, monkeypatch):
    names(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(NotAllowed):
        outbound.post("https://hooks.example.ir/", b"{}", {})


def test_the_checked_address_is_the_one_that_is_called(strict, monkeypatch):
    """Rebinding: the second look-up would lead inside, and there is none."""
    names(monkeypatch, "93.184.216.34", then=("127.0.0.1",))
    called = []

    def connect(address, timeout):
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    with pytest.raises(NoAnswer) as error:
        outbound.post("https://hooks.example.ir/", b"{}", {})
    assert called == [("93.184.216.34", 443)]
    assert not error.value.sent


def test_a_name_that_nobody_has_was_certainly_not_reached(strict, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(outbound.socket, "getaddrinfo", unknown)
    with pytest.raises(NoAnswer) as error:
        outbound.post("https://hooks.example.ir/", b"{}", {})
    assert not error.value.sent


class TestOnLoopback:
    @pytest.fixture
    def receiver(self):
        with Receiver().serving() as found:
            yield found

    def test_the_body_and_the_headers_arrive(self, receiver):
        assert outbound.post(f"{receiver.url}/in?x=1", b"{}", {"X-Y": "z"}) == 204
        [got] = receiver.got
        assert (got["path"], got["body"], got["headers"]["X-Y"]) == ("/in?x=1", b"{}", "z")

    def test_a_redirect_is_an_answer_and_is_not_followed(self, receiver):
        receiver.mood = "redirect"
        assert outbound.post(receiver.url, b"{}", {}) == 302
        assert len(receiver.got) == 1

    def test_garbage_is_no_answer(self, receiver):
        receiver.mood = "garbage"
        with pytest.raises(NoAnswer) as error:
            outbound.post(receiver.url, b"{}", {})
        assert error.value.sent

    def test_an_endless_answer_is_not_read(self, receiver):
        receiver.mood = "endless"
        assert outbound.post(receiver.url, b"{}", {}) == 200

    def test_endless_headers_end(self, receiver):
        receiver.mood = "endless headers"
        with pytest.raises(NoAnswer):
            outbound.post(receiver.url, b"{}", {})

    @pytest.mark.parametrize("mood", ["hang", "drip"])
    def test_one_that_hangs_or_drips_is_left_in_time(self, receiver, monkeypatch, mood):
        monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.3)
        receiver.mood = mood
        with pytest.raises(NoAnswer) as error:
            outbound.post(receiver.url, b"{}", {})
        assert error.value.sent
        receiver.release.set()

    def test_a_dead_port_was_certainly_not_reached(self, receiver):
        url = receiver.url
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            with pytest.raises(NoAnswer) as error:
                outbound.post(url, b"{}", {})
        assert not error.value.sent

    def test_a_handshake_that_drips_is_cut_too(self, monkeypatch):
        monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.3)
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            port = listening.getsockname()[1]
            done = threading.Event()

            def accept():
                line, _address = listening.accept()
                done.wait(10)
                line.close()

            thread = threading.Thread(target=accept, daemon=True)
            thread.start()
            began = time.monotonic()
            with pytest.raises(NoAnswer):
                outbound.post(f"https://127.0.0.1:{port}/", b"{}", {})
            assert time.monotonic() - began < outbound.CONNECT_SECONDS
            done.set()

    def test_loopback_is_refused_where_it_is_not_allowed(self, receiver, settings):
        settings.DESK_OUTBOUND_LOOPBACK = False
        with pytest.raises(NotAllowed):
            outbound.post(receiver.url, b"{}", {})
        assert not receiver.got
