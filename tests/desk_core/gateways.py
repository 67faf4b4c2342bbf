"""Gateways that speak the real protocols on a loopback port, and can be told to misbehave."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

KEY = "TOPSECRETKEY0123456789"


class Gateway(ThreadingHTTPServer):
    """What arrived (`accepted`) and how to answer (`mood`)."""

    daemon_threads = True
    handler: ClassVar[type[BaseHTTPRequestHandler]]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.handler)
        self.accepted: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.mood: Any = "well"
        self.number = 1000
        # What a receipt says, in the gateway's own numbers.
        self.fate = 10
        # Seconds between taking a message and saying so.
        self.slow = 0.0
        self.counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *args: Any) -> None:
        """A client that went away is expected here."""

    @contextmanager
    def serving(self) -> Iterator["Gateway"]:
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gateway

    def log_message(self, *args: Any) -> None:
        pass

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status: int, obj: Any) -> None:
        data = obj if isinstance(obj, bytes) else json.dumps(obj, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def accept(self, message: dict[str, Any]) -> int:
        with self.server.counting:
            self.server.number += 1
            number = self.server.number
            self.server.accepted.append({**message, "messageid": number})
        time.sleep(self.server.slow)
        return number

    def misbehave(self) -> bool:
        """Whether the mood is bad at the network's level, and shown."""
        mood = self.server.mood
        if mood == "hang up":
            self.hang_up()
        elif mood == "silent":
            time.sleep(1.5)
            self.hang_up()
        elif mood == "garbage":
            self.reply(200, b"<html>proxy says hello</html>")
        elif mood == "list":
            self.reply(200, [1, 2])
        elif mood == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif mood == "bad gateway":
            self.reply(502, b"Bad gateway")
        else:
            return False
        return True


class KavenegarHandler(Handler):
    def do_POST(self) -> None:
        form = {k: v[0] for k, v in parse_qs(self.body().decode(), keep_blank_values=True).items()}
        _v1, key, scope, method = self.path.strip("/").split("/")
        method = f"{scope}/{method.removesuffix('.json')}"
        self.server.calls.append(method)
        if self.misbehave():
            return None
        if key != KEY:
            self.answer(403)
        elif isinstance(self.server.mood, int):
            self.answer(self.server.mood)
        elif method == "sms/statuslocalmessageid":
            self.find(form["localid"])
        elif method == "sms/status":
            wanted = {int(number) for number in form["messageid"].split(",")}
            known = {each["messageid"] for each in self.server.accepted}
            self.answer(
                200,
                [
                    {"messageid": n, "status": self.server.fate if n in known else 100}
                    for n in sorted(wanted)
                ],
            )
        elif method == "verify/lookup":
            self.lookup(form)
        else:
            number = self.accept(form)
            if self.server.mood == "accept and hang up":
                return self.hang_up()
            if self.server.mood == "accept and hang on":
                time.sleep(3)
            self.answer(200, [{"messageid": number, "status": 1, "cost": 120}])
        return None

    def find(self, local_id: str) -> None:
        for message in self.server.accepted:
            if message.get("localid") == local_id:
                entry = {"messageid": message["messageid"], "localid": int(local_id), "status": 10}
                return self.answer(200, [entry])
        return self.answer(200, [{"messageid": None, "localid": int(local_id), "status": 100}])

    def lookup(self, form: dict[str, str]) -> None:
        for name in ("token", "token2", "token3"):
            if any(c in form.get(name, "") for c in " \n\u200c"):
                return self.answer(431)
        return self.answer(200, [{"messageid": self.accept(form), "status": 5}])

    def answer(self, status: int, entries: Any = None) -> None:
        # The status stands in the body; HTTP may say 200 for an error (418 does here).
        http = status if status not in (418, 200) else 200
        self.reply(http, {"return": {"status": status, "message": "…"}, "entries": entries})


class KavenegarGateway(Gateway):
    handler = KavenegarHandler


class SmsIrHandler(Handler):
    def do_GET(self) -> None:
        method, _slash, number = self.path.removeprefix("/v1/").partition("/")
        self.server.calls.append(f"{method}/…")
        found = [each for each in self.server.accepted if str(each["messageid"]) == number]
        if self.misbehave():
            return
        if self.headers.get("X-API-KEY") != KEY or not found:
            self.reply(400, {"status": 104, "message": "…", "data": None})
            return
        personal = {"mobile": 989123456789, "messageText": "…", "lineNumber": 3000}
        data = {"messageId": int(number), "deliveryState": self.server.fate, **personal}
        self.reply(200, {"status": 1, "message": "موفق", "data": data})

    def do_POST(self) -> None:
        body = json.loads(self.body())
        method = self.path.removeprefix("/v1/")
        self.server.calls.append(method)
        if self.misbehave():
            return
        if self.headers.get("X-API-KEY") != KEY:
            self.reply(401, {"status": 10, "message": "کلید نامعتبر", "data": None})
        elif isinstance(self.server.mood, int):
            http = 500 if self.server.mood == 0 else 400
            self.reply(http, {"status": self.server.mood, "message": "…", "data": None})
        else:
            number = self.accept(body)
            data = (
                {"messageId": number, "cost": 1.0}
                if method == "send/verify"
                else {"packId": "2f0a", "messageIds": [number], "cost": 1.0}
            )
            if self.server.mood == "accept and hang up":
                self.hang_up()
            else:
                self.reply(200, {"status": 1, "message": "موفق", "data": data})


class SmsIrGateway(Gateway):
    handler = SmsIrHandler
