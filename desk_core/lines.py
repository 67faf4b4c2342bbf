"""HTTP connections that end when their time is over, however slowly the other side drips.

A read that gets a byte now and then never times out by itself, a handshake neither: a watchdog cuts
the line from outside, and whoever waits on it wakes with an error.
"""

import http.client
import socket
import ssl
import threading
import time
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
        self.address = address
        self.seconds = seconds
        self.connect_seconds = connect_seconds
        self.is_over = False

    def connect(self) -> None:
        """Open the line to the first address of the name that answers.

        They share the time: one that is silent leaves the others theirs.
        """
        until = time.monotonic() + self.connect_seconds
        failure: OSError = OSError("no address")
        untried = self._addresses()
        while untried:
            left = until - time.monotonic()
            if self.is_over or left <= 0:
                raise TimeoutError
            share, address = left / len(untried), untried.pop(0)
            try:
                self.sock = socket.create_connection((address, self.port), share)
            except OSError as error:
                failure = error
                continue
            self.sock.settimeout(self.seconds)
            if self.is_over:  # the watchdog came while there was nothing to cut
                raise TimeoutError
            return
        raise failure

    def _addresses(self) -> list[str]:
        """A given one is the one: the name is not asked again."""
        if self.address:
            return [self.address]
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(place[0]) for *_kinds, place in found))


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
def cut_after(line: Line, seconds: float) -> Iterator[None]:
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


def _cut(line: Line) -> None:
    line.is_over = True
    open_socket = line.sock
    if open_socket is not None:
        with suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)
