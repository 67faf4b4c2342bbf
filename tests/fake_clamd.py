"""A clamd on loopback that speaks the real protocol and knows one virus: EICAR's harmless test."""

import socket
import struct
import threading
from contextlib import suppress

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_COMMAND = b"zINSTREAM\0"


class FakeClamd:
    """Answers INSTREAM; `limit` is its StreamMaxLength, `says` an answer instead of a verdict."""

    def __init__(self, *, limit: int = 25 * 1024 * 1024, says: bytes = b"", unix: str = "") -> None:
        self.limit, self.says, self.seen, self.largest = limit, says, 0, 0
        family = socket.AF_UNIX if unix else socket.AF_INET
        self._listening = socket.socket(family, socket.SOCK_STREAM)
        self._listening.bind(unix or ("127.0.0.1", 0))
        self._listening.listen()
        port = 0 if unix else self._listening.getsockname()[1]
        self.address = f"unix://{unix}" if unix else f"tcp://127.0.0.1:{port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Hang up for good."""
        # Closing alone wakes no `accept` that waits in another thread.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        if stream.read(len(_COMMAND)) != _COMMAND:
            connection.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            self.largest = max(self.largest, size)
            content += stream.read(size)
            if len(content) > self.limit:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen += 1
        if self.says:
            connection.sendall(self.says)
        elif EICAR in content:
            connection.sendall(b"stream: Eicar-Signature FOUND\0")
        else:
            connection.sendall(b"stream: OK\0")
