"""Visiting one address the way a citizen's browser does: what came of it; no database.

HTTP and HTTPS, GET only, without cookies, proxies or credentials. Redirects are followed on the
same host alone (from http to https too): what answers elsewhere says nothing about this address.
The whole visit ends when its time is over, however slowly the other side drips.
"""

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext as _

from desk_core.lines import FAILURES, Line, SecureLine, cut_after
from persian.digits import localised

MOST_BYTES = 256 * 1024
MOST_REDIRECTS = 3
_AGENT = "service-desk-probe"
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Visit:
    """What was expected and came; `wrong` says what did not, "" when all is well.

    `certificate_ends` is the last instant of the certificate that was shown, where one was.
    """

    wrong: str = ""
    certificate_ends: datetime | None = None


def visit(address: str, *, status: int, text: str, seconds: float) -> Visit:
    """Ask for `address` and compare; every way of failing is an answer, none is an exception."""
    deadline = time.monotonic() + seconds
    ends: datetime | None = None
    try:
        for _step in range(MOST_REDIRECTS + 1):
            answer = _get(urlsplit(address), deadline)
            ends = answer.certificate_ends or ends
            if answer.status not in _REDIRECTS or answer.status == status:
                return Visit(_compare(answer, status, text), ends)
            target = urljoin(address, answer.location)
            if not _stays(address, target):
                return Visit(_("It redirects to another host."), ends)
            address = target
        return Visit(_("It redirects too often."), ends)
    except ssl.SSLCertVerificationError:
        return Visit(_("Its certificate is not valid."))
    except TimeoutError:
        return Visit(_("It did not answer in time."))
    except FAILURES:
        late = time.monotonic() >= deadline
        return Visit(_("It did not answer in time.") if late else _("It could not be reached."))


@dataclass(frozen=True)
class _Answer:
    status: int
    location: str
    body: bytes
    certificate_ends: datetime | None


def _get(parts: SplitResult, deadline: float) -> _Answer:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line = _line(parts, left)
    with cut_after(line, left):
        line.connect()
        ends = _certificate_ends(line.sock)
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        line.request("GET", target, headers={"User-Agent": _AGENT, "Accept": "*/*"})
        response = line.getresponse()
        body = response.read(MOST_BYTES)
        if time.monotonic() >= deadline:
            raise TimeoutError
        return _Answer(response.status, response.headers.get("Location", ""), body, ends)


def _line(parts: SplitResult, left: float) -> Line:
    secure = parts.scheme == "https"
    kind, port = (SecureLine, 443) if secure else (Line, 80)
    return kind(parts.hostname or "", parts.port or port, connect_seconds=left, seconds=left)


def _certificate_ends(open_socket: socket.socket | None) -> datetime | None:
    if not isinstance(open_socket, ssl.SSLSocket):
        return None
    shown = open_socket.getpeercert() or {}
    said = shown.get("notAfter")
    if not isinstance(said, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(said), tz=UTC)


def _stays(address: str, target: str) -> bool:
    """The same host and port; the step from http to https on their usual ports, too."""
    here, there = urlsplit(address), urlsplit(target)
    if there.scheme not in ("http", "https") or there.username or there.password:
        return False
    if (here.hostname, here.scheme, here.port) == (there.hostname, there.scheme, there.port):
        return True
    upgraded = (here.scheme, there.scheme) == ("http", "https")
    usual = here.port in (None, 80) and there.port in (None, 443)
    return here.hostname == there.hostname and upgraded and usual


def _compare(answer: _Answer, status: int, text: str) -> str:
    if answer.status != status:
        return _("It answered %(came)s instead of %(expected)s.") % {
            "came": localised(answer.status),
            "expected": localised(status),
        }
    if text and text not in answer.body.decode("utf-8", "replace"):
        return _("The expected text is not in its answer.")
    return ""
