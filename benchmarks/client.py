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
) -> tuple[float, float, float]:
    """Seconds per call of both, and the median of the rounds' ratios other/ours (1 = equal)."""
    clock = time.perf_counter
    ours_all, other_all, ratios = [], [], []
    for number in range(rounds):
        pair = {}
        for name in ("ours", "other") if number % 2 else ("other", "ours"):
            call = ours if name == "ours" else other
            start = clock()
            for _ in range(each):
                call()
            pair[name] = (clock() - start) / each
        ours_all.append(pair["ours"])
        other_all.append(pair["other"])
        ratios.append(pair["other"] / pair["ours"])
    return statistics.median(ours_all), statistics.median(other_all), statistics.median(ratios)
