"""Own probes against a real server on loopback, and heartbeats that stay away."""

import socket
import ssl
import threading
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext

from desk_core import lines
from notices.enums import Impact, MonitorKind, ProposalState
from notices.models import MonitorSource, Proposal
from notices.monitors import heartbeats, probing, sweeping, visiting
from notices.monitors.visiting import Visit, visit
from tests.cms_pages.factories import ServiceFactory
from tests.notices.factories import ago, ahead, clock
from tests.notices.monitoring import INTAKE, make_source


class Answers(BaseHTTPRequestHandler):
    """What the server of a test says at each path."""

    def do_GET(self):
        place = self.path.partition("?")[0]
        if place == "/hang":
            self.server.let_go.wait(5)
        elif place == "/drip":
            self._drip()
        elif place.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.server.targets[place])
            self.end_headers()
        elif place == "/":
            body = self.server.body.encode()
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.send_error(404)

    def _drip(self):
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(200):
                self.wfile.write(f"X-{number}: y\r\n".encode())
                self.wfile.flush()
                if self.server.let_go.wait(0.05):
                    return
        except OSError:
            pass

    def log_message(self, *args):
        pass


def serve(context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    server.handle_error = lambda request, address: None
    server.status, server.body, server.targets = 200, "خوش آمدید", {}
    server.let_go = threading.Event()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    server.url = f"{scheme}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture
def server():
    running = serve()
    yield running
    running.let_go.set()
    running.shutdown()
    running.server_close()


def certificate(folder, ends):
    """A certificate for 127.0.0.1 that signs itself; its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    import ipaddress

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def look(url, **fields):
    return visit(url, **({"status": 200, "text": "", "seconds": 5} | fields))


# One visit --------------------------------------------------------------------------------------


def test_what_answers_as_expected_is_in_order(server):
    assert look(server.url, text="خوش") == Visit()
    assert look(f"{server.url}/?a=b") == Visit()
    server.status = 401
    assert look(server.url, status=401) == Visit()


def test_each_way_of_failing_has_its_words(server, settings):
    settings.LANGUAGE_CODE = "en"
    assert look(server.url, text="Welcome").wrong
    assert "404" in look(f"{server.url}/nothing").wrong
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert look(f"http://127.0.0.1:{free.getsockname()[1]}/").wrong
    assert look("http://nowhere.invalid/").wrong
    assert look("http://127.0.0.1:99999/").wrong


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_server_that_hangs_or_drips_is_left_in_time(server, path):
    found = look(server.url + path, seconds=0.3)
    assert found.wrong == look(server.url + "/hang", seconds=0.1).wrong


@pytest.fixture
def silent(server):
    """An address beside the server's, with its port, that takes calls and never answers one."""
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.2", server.server_port))
        full.listen(0)
        for _number in range(4):
            line = waiting.enter_context(socket.socket())
            line.setblocking(False)
            line.connect_ex(full.getsockname())
        yield full.getsockname()[0]


@pytest.mark.parametrize(("path", "in_order"), [("", True), ("/drip", False)])
def test_a_silent_address_leaves_the_next_one_its_time_and_no_more(
    server, silent, monkeypatch, path, in_order
):
    real = socket.getaddrinfo

    def two(host, *args, **kwargs):
        if host != "two.example":
            return real(host, *args, **kwargs)
        kinds = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kinds, (place, *args)) for place in (silent, "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    began = time.monotonic()
    found = look(f"http://two.example:{server.server_port}{path}", seconds=3)
    assert time.monotonic() - began < 10
    assert found == (Visit() if in_order else Visit(gettext("It did not answer in time.")))


def test_a_handshake_that_drips_is_left_in_time():
    stop = threading.Event()

    def shake_for_ever(listening):
        line, _address = listening.accept()
        with line, suppress(OSError):
            line.sendall(b"\x16\x03\x03\x3f\xff")  # what follows is 16 kB of a handshake
            while not stop.wait(0.05):
                line.sendall(b"\x02")

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        threading.Thread(target=shake_for_ever, args=(listening,), daemon=True).start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        began = time.monotonic()
        found = look(address, seconds=0.3)
        assert time.monotonic() - began < 5
        stop.set()
    assert found.wrong == gettext("It did not answer in time.")


def test_redirects_are_followed_on_the_same_host_alone(server):
    server.targets = {
        "/to/home": "/",
        "/to/round": "/to/round",
        "/to/port": f"http://127.0.0.1:{server.server_port + 1}/",
        "/to/host": f"http://localhost:{server.server_port}/",
        "/to/file": "file:///etc/passwd",
        "/to/user": f"http://a:b@127.0.0.1:{server.server_port}/",
        "/to/nowhere": "",
    }
    assert look(f"{server.url}/to/home") == Visit()
    assert look(f"{server.url}/to/home", status=302) == Visit()
    elsewhere = {look(server.url + to).wrong for to in ("/to/port", "/to/host", "/to/file")}
    assert len(elsewhere) == 1
    assert look(f"{server.url}/to/user").wrong in elsewhere
    assert look(f"{server.url}/to/round").wrong not in {"", *elsewhere}
    assert visiting._stays("http://a.example/", "https://a.example/x")
    assert not visiting._stays("https://a.example/", "http://a.example/x")


def test_only_the_beginning_of_a_long_answer_is_read(server, monkeypatch):
    monkeypatch.setattr(visiting, "MOST_BYTES", 10)
    server.body = "x" * 100 + "end"
    assert look(server.url, text="x" * 10) == Visit()
    assert look(server.url, text="end").wrong


def test_a_certificate_tells_its_end_and_a_foreign_one_is_a_failure(tmp_path, monkeypatch):
    ends = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
    path = certificate(tmp_path, ends)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = serve(context)
    try:
        foreign = look(server.url)
        assert foreign.wrong
        assert foreign.certificate_ends is None
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        lines._context.cache_clear()  # a process reads once whom it trusts
        assert look(server.url) == Visit(certificate_ends=ends)
    finally:
        lines._context.cache_clear()
        server.shutdown()
        server.server_close()


# From visits to proposals -----------------------------------------------------------------------


@pytest.fixture
def site(server, transactional_db):
    return make_source(
        MonitorKind.PROBE,
        address=server.url,
        service=ServiceFactory(),
        impact=Impact.MAJOR,
        failures_needed=2,
    )


def test_so_many_failures_in_a_row_are_one_proposal_and_an_answer_its_recovery(server, site):
    server.status = 503
    begun = timezone.now().replace(microsecond=0)
    for minute in range(4):
        with clock(begun + timedelta(minutes=minute)):
            call_command("probe_services")
        assert Proposal.objects.count() == (minute >= 1)
    row = Proposal.objects.get()
    assert (row.started_at, row.service, row.impact) == (begun, site.service, Impact.MAJOR)
    assert "503" in row.details or "۵۰۳" in row.details
    server.status = 200
    with clock(begun + timedelta(minutes=9)):
        call_command("probe_services")
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (ProposalState.RECOVERED, begun + timedelta(minutes=9))
    site.refresh_from_db()
    assert (site.failures, site.failing_since) == (0, None)


@pytest.mark.django_db
def test_a_single_failure_is_forgotten():
    site = make_source(MonitorKind.PROBE, failures_needed=2)
    for wrong in ("x", "", "x", "", "x"):
        probing.note(source=site, found=Visit(wrong), at=timezone.now())
    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_a_certificate_that_ends_soon_is_a_lighter_proposal_until_it_is_renewed():
    site = make_source(MonitorKind.PROBE, impact=Impact.MAJOR, certificate_days=14)
    ends = ahead(days=10)
    for _again in range(2):
        probing.note(source=site, found=Visit(certificate_ends=ends), at=timezone.now())
    row = Proposal.objects.get()
    assert (row.impact, row.started_at) == (Impact.DEGRADED, ends - timedelta(days=14))
    probing.note(source=site, found=Visit("x"), at=timezone.now())
    row.refresh_from_db()
    assert row.ended_at is None
    probing.note(source=site, found=Visit(certificate_ends=ahead(days=90)), at=timezone.now())
    row.refresh_from_db()
    assert row.state == ProposalState.RECOVERED
    MonitorSource.objects.update(certificate_days=0)
    probing.note(source=site, found=Visit(certificate_ends=ends), at=timezone.now())
    assert Proposal.objects.count() == 1


@pytest.mark.django_db
def test_what_is_switched_off_is_not_visited():
    make_source(MonitorKind.PROBE, active=False)
    make_source(MonitorKind.HEARTBEAT)
    assert probing.probe() == (0, 0)


# Heartbeats -------------------------------------------------------------------------------------


@pytest.fixture
def pulse(db):
    return make_source(MonitorKind.HEARTBEAT, interval_minutes=10, service=ServiceFactory())


def test_a_beat_that_stays_away_is_one_proposal_until_the_next(client, pulse):
    begun = timezone.now().replace(microsecond=0)
    token = {"Authorization": f"Bearer {pulse.token}"}
    with clock(begun):
        assert client.post(INTAKE, headers=token).status_code == 200
    for minutes in (5, 10, 11, 60):
        sweeping.sweep(at=begun + timedelta(minutes=minutes))
        assert Proposal.objects.count() == (minutes >= 10)
    row = Proposal.objects.get()
    assert (row.started_at, row.service) == (begun + timedelta(minutes=10), pulse.service)
    with clock(begun + timedelta(minutes=70)):
        answer = client.post(INTAKE, b"whatever", content_type="text/plain", headers=token)
        assert answer.json() == {"opened": 0, "closed": 1}
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (ProposalState.RECOVERED, begun + timedelta(minutes=70))
    sweeping.sweep(at=begun + timedelta(minutes=71))
    assert Proposal.objects.count() == 1
    sweeping.sweep(at=begun + timedelta(minutes=80))
    assert Proposal.objects.filter(ended_at=None).count() == 1


def test_watching_begins_with_the_first_beat_and_ends_when_switched_off(pulse):
    assert heartbeats.miss(at=ahead(days=3)) == 0
    heartbeats.beat(source=pulse)
    MonitorSource.objects.update(active=False)
    assert heartbeats.miss(at=ahead(days=3)) == 0
    assert not Proposal.objects.exists()


def test_the_command_looks_for_late_beats(pulse, capsys):
    heartbeats.beat(source=pulse, at=ago(hours=1))
    call_command("sweep_monitors")
    assert Proposal.objects.count() == 1
    assert "late_heartbeats: 1" in capsys.readouterr().out


def test_old_proposals_are_forgotten_but_not_what_became_a_notice_or_still_fires(pulse):
    heartbeats.beat(source=pulse, at=ago(days=300))
    heartbeats.miss(at=ago(days=299))
    heartbeats.beat(source=pulse, at=ago(days=298))
    heartbeats.miss(at=ago(days=297))
    assert Proposal.objects.count() == 2
    assert sweeping.sweep()["forgotten"] == 1
    assert Proposal.objects.get().ended_at is None
