"""Posting to addresses that strangers have named, without being turned against one's own network.

The name is resolved here, every address it has must be a public one, and the connection goes to
the very address that was checked: a second look-up, which may answer differently (DNS rebinding),
never happens. No redirect is followed, nothing of the answer is read but its head, and a watchdog
cuts the line when the time is over, however slowly the other side drips.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

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
    connection = _connection(parts, port, address)
    watchdog = threading.Timer(WHOLE_SECONDS, _cut, [connection])
    watchdog.daemon = True
    watchdog.start()
    sent = False
    try:
        connection.connect()
        sent = True
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        # AttributeError: the watchdog took the socket away in the middle.
        raise NoAnswer(_kind(error, sent), sent=sent) from None
    finally:
        watchdog.cancel()
        connection.close()


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


class _Plain(http.client.HTTPConnection):
    """Connects to a given address, whatever the name says by now."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.address = address

    def connect(self) -> None:
        """Open the line."""
        self.sock = socket.create_connection((self.address, self.port), CONNECT_SECONDS)
        # From here on the watchdog counts, which ends the whole of it.
        self.sock.settimeout(WHOLE_SECONDS)


class _Secure(_Plain):
    """The same under TLS; the certificate must be the name's."""

    default_port = 443

    def connect(self) -> None:
        """Open the line and shake hands."""
        super().connect()
        # First known to the watchdog, then shaken: a handshake can be dripped as well.
        secure = _context().wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = secure
        secure.do_handshake()


def _connection(parts: SplitResult, port: int, address: str) -> _Plain:
    kind = _Secure if parts.scheme == "https" else _Plain
    return kind(str(parts.hostname), port, address)


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cut(connection: _Plain) -> None:
    """End a line from outside: whoever waits on it wakes with an error."""
    line = connection.sock
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


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
