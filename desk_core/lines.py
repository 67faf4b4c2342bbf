"""HTTP connections that end when their time is over, however slowly the other side drips.

A read that gets a byte now and then never times out by itself, a handshake neither: a watchdog cuts
the line from outside, and whoever waits on it wakes with an error.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

#: What an attempt on a line can end with. AttributeError: it was taken away in the middle.
FAILURES = (OSError, http.client.HTTPException, ValueError, AttributeError)


class Line(http.client.HTTPConnection):
    """To `address`, whatever the name of the host says by now; without one, to the name.

    `connect_seconds` for the connection, `seconds` for any one wait on it afterwards.
    """

    def __init__(
        self, host: str, port: int, *, connect_seconds: float, seconds: float, address: str = ""
    ) -> None:
        super().__init__(host, port, timeout=connect_seconds)
        self.place = (address or host, port)
        self.seconds = seconds

    def connect(self) -> None:
        """Open the line."""
        self.sock = socket.create_connection(self.place, self.timeout)
        self.sock.settimeout(self.seconds)


class SecureLine(Line):
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


@contextmanager
def cut_after(line: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Cut it after so many seconds, and close it in any case."""
    watchdog = threading.Timer(seconds, _cut, [line])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        line.close()


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cut(line: http.client.HTTPConnection) -> None:
    open_socket = line.sock
    if open_socket is not None:
        with suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)
