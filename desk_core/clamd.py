"""Asking ClamAV about a file, over clamd's own protocol (INSTREAM).

`DESK_CLAMD` says where it listens: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; empty, no
file is scanned. The file goes over in pieces and is never whole in memory. Over TCP it goes plain,
so clamd belongs on the same machine or a network of its own.
"""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT_SECONDS = 60.0
DEFAULT_PORT = 3310
_MOST_ANSWERED = 4096


class Unavailable(Exception):
    """clamd is away, refuses the file, or answers what it never should; its text names no file."""


class NoVerdict(Unavailable):
    """clamd works, and says nothing of use about this file."""


@dataclass(frozen=True)
class Verdict:
    """What ClamAV found: the name of its signature, or nothing."""

    found: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found


def is_configured() -> bool:
    """Whether files are to be scanned."""
    return bool(_address())


def problem() -> str:
    """What is wrong with `DESK_CLAMD`, in English; "" when nothing is."""
    address = _address()
    if not address:
        return ""
    parts = urlsplit(address)
    try:
        fit = bool(parts.hostname and (parts.port or DEFAULT_PORT))
    except ValueError:
        fit = False
    if (parts.scheme == "tcp" and fit) or (parts.scheme == "unix" and parts.path):
        return ""
    return "DESK_CLAMD is neither tcp://host:port nor unix:///path."


def scan(chunks: Iterable[bytes]) -> Verdict:
    """Ask about a file, given in pieces. Raises Unavailable when there is no verdict."""
    try:
        with _connect() as connection:
            connection.sendall(b"zINSTREAM\0")
            try:
                for chunk in chunks:
                    if chunk:
                        connection.sendall(struct.pack("!L", len(chunk)) + chunk)
                connection.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it may have said why before it hung up
            answer = _read(connection)
    except OSError as error:
        raise Unavailable(f"clamd: {type(error).__name__}") from None
    return _verdict(answer)


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND")[:200] or "unnamed")
    if "size limit" in said:
        raise NoVerdict("clamd: the file is larger than its StreamMaxLength")
    raise NoVerdict("clamd: no verdict")


def _read(connection: socket.socket) -> str:
    """The answer up to its end mark."""
    got = b""
    while not got.endswith(b"\0") and len(got) < _MOST_ANSWERED:
        piece = connection.recv(1024)
        if not piece:
            break
        got += piece
    return got.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect() -> socket.socket:
    parts = urlsplit(_address())
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    place = (parts.hostname or "", parts.port or DEFAULT_PORT)
    return socket.create_connection(place, timeout=TIMEOUT_SECONDS)


def _address() -> str:
    return str(getattr(settings, "DESK_CLAMD", "") or "")
