"""A receiver of webhooks on a loopback port that can be told to misbehave."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver(ThreadingHTTPServer):
    """What arrived (`got`) and how to answer (`mood`: a status or a word of `Handler`)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[dict[str, Any]] = []
        self.mood: Any = 204
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *args: Any) -> None:
        """A client that went away is expected here."""

    @contextmanager
    def serving(self) -> Iterator["Receiver"]:
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.release.set()
            self.shutdown()
            thread.join()
            self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.server.got.append({"path": self.path, "body": b"", "headers": self.headers})
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.got.append({"path": self.path, "body": body, "headers": self.headers})
        mood = self.server.mood
        if isinstance(mood, int):
            self.send_response(mood)
            self.end_headers()
        else:
            getattr(self, mood.replace(" ", "_"))()

    def redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"{self.server.url}/elsewhere")
        self.end_headers()

    def garbage(self) -> None:
        self.wfile.write(b"\x00\xff not http at all\r\n\r\n")

    def hang(self) -> None:
        self.server.release.wait(20)

    def drip(self) -> None:
        for _ in range(200):
            if self.server.release.wait(0.05):
                return
            self.wfile.write(b"H")

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"x" * 65536)

    def endless_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        until = time.monotonic() + 10
        while time.monotonic() < until:
            self.wfile.write(b"X: y\r\n" * 1000)
