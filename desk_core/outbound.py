"""Posting to addresses that strangers have named, without being turned against one's own network.

The name is resolved here, every address it has must be a public one, and the connection goes to
the very address that was checked: a second look-up, which may answer differently (DNS rebinding),
never happens. No redirect is followed, nothing of the answer is read but its head, and the line is
cut when the time is over (`lines`).
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from desk_core.lines import FAILURES, Line, SecureLine, cut_after

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 10.0
PORTS = frozenset({443, 8443})
MOST_LETTERS = 500
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED = ipaddress.ip_network("100.64.0.0/10")


class NotAllowed(Exception):
    """The address is one that this desk never posts to; the reason quotes nothing of it."""


class NoAnswer(Exception):
    """No connection, or no answer in time. `sent` says whether the body may have arrived."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


def check_url(url: str) -> SplitResult:
    """The parts of an address whose form is allowed. Raises NotAllowed; asks no name server.

    https on port 443 or 8443, with a host and without a user name. `DESK_OUTBOUND_LOOPBACK` also
    lets http and https through to 127.0.0.0/8 and ::1 on any port: for development and tests only.
    """
    if len(url) > MOST_LETTERS or any(ord(letter) <= 32 or ord(letter) > 126 for letter in url):
        raise NotAllowed("not a web address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAllowed("not a web address") from None
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("not a web address")
    if parts.scheme not in ("https", "http"):
        raise NotAllowed("not https")
    if _loopback_allowed() and _is_loopback_name(host):
        return parts
    if parts.scheme != "https":
        raise NotAllowed("not https")
    if (port or 443) not in PORTS:
        raise NotAllowed("not a port for https")
    if (literal := _literal(host)) is not None and not is_public(literal):
        raise NotAllowed("not a public address")
    return parts


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the open internet, also when it wraps an IPv4 one."""
    address = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            inner = address.teredo[1]
        if address in _NAT64 or int(address) >> 32 == 0:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    elif address in _SHARED:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post a body; the status of the answer, whichever it is. Raises NotAllowed, NoAnswer."""
    parts = check_url(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolve(str(parts.hostname), port)
    line = _line(parts, port, address)
    sent = False
    try:
        with cut_after(line, WHOLE_SECONDS):
            line.connect()
            sent = True
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("POST", target, body=body, headers=dict(headers))
            return line.getresponse().status
    except FAILURES as error:
        raise NoAnswer(_kind(error, sent), sent=sent) from None


def _resolve(host: str, port: int) -> str:
    """The address to connect to; all that the name has must be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("the name is not known", sent=False) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise NoAnswer("the name is not known", sent=False)
    if _loopback_allowed() and all(_is_loopback(each) for each in addresses):
        return addresses[0]
    if not all(is_public(each) for each in addresses):
        raise NotAllowed("not a public address")
    return addresses[0]


def _line(parts: SplitResult, port: int, address: str) -> Line:
    kind = SecureLine if parts.scheme == "https" else Line
    return kind(
        str(parts.hostname),
        port,
        address=address,
        connect_seconds=CONNECT_SECONDS,
        seconds=WHOLE_SECONDS,
    )


def _kind(error: Exception, sent: bool) -> str:
    if not sent:
        return (
            "the certificate is not valid" if isinstance(error, ssl.SSLError) else "no connection"
        )
    return "no answer in time" if isinstance(error, TimeoutError) else "no answer"


def _literal(host: str) -> str | None:
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return None
    return host


def _is_loopback_name(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else _is_loopback(literal)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.split("%", 1)[0]).is_loopback


def _loopback_allowed() -> bool:
    return bool(getattr(settings, "DESK_OUTBOUND_LOOPBACK", False))
