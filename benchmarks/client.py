"""Requests straight into a WSGI application: no server, no network, the same for both sides."""

import io
import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

Application = Callable[..., Any]


def send(
    application: Application,
    path: str,
    *,
    body: bytes = b"",
    content_type: str = "",
    cookie: str = "",
) -> tuple[int, bytes]:
    """One request; returns status and body."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": cookie,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    status: list[str] = []
    answer = application(environ, lambda line, headers: status.append(line))
    content = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(status[0].split()[0]), content


def form(fields: dict[str, Any]) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def as_json(fields: dict[str, Any]) -> tuple[bytes, str]:
    return json.dumps(fields).encode(), "application/json"


def interleaved(
    ours: Callable[[], Any], other: Callable[[], Any], *, rounds: int, each: int
) -> dict[str, tuple[float, float, float]]:
    """Under "cpu" and "wall": seconds per call of ours, of the other, and the ratio other/ours.

    Each is a median over the rounds; the ratio is taken round by round, so that what disturbs the
    machine meets both. 1 means equal. CPU is this process's own, all threads.
    """
    clocks = {"cpu": time.process_time, "wall": time.perf_counter}
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in clocks}
    for number in range(rounds):
        spent: dict[str, dict[str, float]] = {name: {} for name in clocks}
        for side in ("ours", "other") if number % 2 else ("other", "ours"):
            call = ours if side == "ours" else other
            start = {name: clock() for name, clock in clocks.items()}
            for _ in range(each):
                call()
            for name, clock in clocks.items():
                spent[name][side] = (clock() - start[name]) / each
        for name, pair in spent.items():
            found[name].append((pair["ours"], pair["other"], pair["other"] / pair["ours"]))
    return {
        name: tuple(statistics.median(row[n] for row in rows) for n in range(3))
        for name, rows in found.items()
    }
