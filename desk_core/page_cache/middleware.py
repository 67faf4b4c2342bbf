"""Answers from the shelf before anything else of the site is asked."""

import gzip
import hashlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import ResponseHeaders
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_http_date_safe

from desk_core.page_cache.generation import shared_generation
from desk_core.page_cache.next_change import next_change
from desk_core.page_cache.opting import kept_parameters, query_allowed
from desk_core.page_cache.shelf import Copy, Key, Shelf, shelf

# Browsers ask again each time and mostly hear "304": a purge shows at once.
BROWSER_RULE = "public, max-age=0, must-revalidate"
PERSONAL_RULE = "private, no-cache"
# Answers may differ by these without a copy being wrong: copies are made for no cookie, the
# language is in the address, and both encodings are on the shelf.
HARMLESS_VARY = {"cookie", "accept-language", "accept-encoding"}
SHORTEST_PACKED = 1_000

logger = logging.getLogger(__name__)


class ReadyResponse(HttpResponse):
    """An answer whose headers were checked when the copy was made: nothing is parsed again."""

    def __init__(self, body: bytes, headers: dict[str, tuple[str, str]], status: int) -> None:
        super().__init__(status=status)
        self._container = [body]
        self.headers._store = headers.copy()


class PageCacheMiddleware:
    """First in MIDDLEWARE: what it answers reaches no session, no database and no template.

    Switched off by `DESK_PAGE_CACHE = False`.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not getattr(settings, "DESK_PAGE_CACHE", True):
            raise MiddlewareNotUsed
        self.get_response = get_response
        proxy = settings.SECURE_PROXY_SSL_HEADER
        self.scheme_header = proxy[0] if proxy else "desk.none"
        self.host_header = "HTTP_X_FORWARDED_HOST" if settings.USE_X_FORWARDED_HOST else "desk.none"
        self.session_cookie = settings.SESSION_COOKIE_NAME
        self.messages_cookie = "messages="
        self.plain = shelf.plain
        self.queried = shelf.queried

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from the shelf, or let the site answer and keep a copy if it may be kept."""
        meta = request.META
        cookies = meta.get("HTTP_COOKIE", "")
        if (
            (request.method != "GET" and request.method != "HEAD")
            or (cookies and self._personal(cookies))
            or "HTTP_AUTHORIZATION" in meta
            or hasattr(request, "desk_uncached")
        ):
            return self._pass_on(request)
        query = meta.get("QUERY_STRING", "")
        key = (
            meta.get(self.scheme_header) or meta["wsgi.url_scheme"],
            meta.get(self.host_header) or meta.get("HTTP_HOST") or meta.get("SERVER_NAME", ""),
            request.path,
            query,
        )
        shelf = self.queried if query else self.plain
        if time.monotonic() >= shelf.look_at:
            try:
                shelf.look(shared_generation)
            except Exception:
                logger.exception("The shared cache is away: pages are made anew")
                return self._pass_on(request)
        copy = shelf.copies.get(key)
        if copy is None:
            return self._make(request, key, shelf, keep=not cookies)
        copy.used = True
        return _answer(copy, meta, head=request.method == "HEAD")

    def _personal(self, cookies: str) -> bool:
        return self.session_cookie in cookies or self.messages_cookie in cookies

    def _pass_on(self, request: HttpRequest) -> HttpResponseBase:
        """Let the site answer somebody; browsers and proxies are told not to share that answer."""
        response = self.get_response(request)
        if (
            request.method in ("GET", "HEAD")
            and not response.has_header("Cache-Control")
            and kept_parameters(request, response) is not None
        ):
            response["Cache-Control"] = PERSONAL_RULE
        return response

    def _make(
        self, request: HttpRequest, key: Key, shelf: Shelf, *, keep: bool
    ) -> HttpResponseBase:
        """Let the site answer, keep a copy of an answer that everybody may see, and send it."""
        epoch, started = shelf.epoch, datetime.now(UTC)
        request.desk_kept_whole = keep and request.method == "GET"  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not keep or not _may_keep(request, response):
            return response
        dies_at = shelf.dies_at or next_change(started, request).timestamp()
        copy = _copy(response)
        shelf.put(key, copy, epoch=epoch, dies_at=dies_at)
        answer = _answer(copy, request.META, head=False)
        answer.headers["X-Desk-Cache"] = "miss"
        answer._resource_closers.extend(response._resource_closers)  # type: ignore[attr-defined]
        return answer


def _may_keep(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Say whether everybody may be shown this answer."""
    if request.method != "GET" or response.status_code != 200 or response.streaming:
        return False
    if response.cookies or response.has_header("Content-Encoding"):
        return False
    rule = response.get("Cache-Control", "").lower()
    if any(word in rule for word in ("no-store", "private", "no-cache")):
        return False
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    if not vary <= HARMLESS_VARY:
        return False
    allowed = kept_parameters(request, response)
    return allowed is not None and query_allowed(request, allowed)


def _copy(response: HttpResponseBase) -> Copy:
    """Make the copy: body, packed body, and the headers of both, with a tag for "not changed"."""
    body = response.content  # type: ignore[attr-defined]
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers.setdefault("Cache-Control", BROWSER_RULE)
    response["ETag"] = f"W/{etag}"  # weak: the packed body has the same
    response["X-Desk-Cache"] = "hit"
    patch_vary_headers(response, ("Accept-Encoding",))
    headers = _ready_headers(response, len(body))
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= SHORTEST_PACKED else None
    packed_headers = headers
    if packed is not None:
        packed_headers = _ready_headers(response, len(packed))
        packed_headers["content-encoding"] = ("Content-Encoding", "gzip")
    short = {
        name: value
        for name, value in headers.items()
        if name not in ("content-length", "content-type")
    }
    modified = parse_http_date_safe(response.get("Last-Modified", ""))
    return Copy(body, packed, headers, packed_headers, short, etag, modified)


def _ready_headers(response: HttpResponseBase, length: int) -> dict[str, tuple[str, str]]:
    """Headers in the form in which Django keeps them, checked once here."""
    headers = ResponseHeaders(dict(response.items()))
    headers["Content-Length"] = str(length)
    return dict(headers._store)


def _answer(copy: Copy, meta: dict[str, str], *, head: bool) -> ReadyResponse:
    """Make the answer from a copy: unchanged, packed or plain."""
    if _is_known(copy, meta):
        return ReadyResponse(b"", copy.short_headers, 304)
    if copy.packed is not None and _takes_gzip(meta.get("HTTP_ACCEPT_ENCODING", "")):
        return ReadyResponse(b"" if head else copy.packed, copy.packed_headers, 200)
    return ReadyResponse(b"" if head else copy.body, copy.headers, 200)


def _is_known(copy: Copy, meta: dict[str, str]) -> bool:
    """Whether the reader has it: by its tag, or by a date as late as its own (RFC 9110 13.1.3)."""
    known = meta.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        return copy.etag in known or known.strip() == "*"
    since = meta.get("HTTP_IF_MODIFIED_SINCE")
    if since is None or copy.modified is None:
        return False
    read_at = parse_http_date_safe(since)
    return read_at is not None and read_at >= copy.modified


def _takes_gzip(accepted: str) -> bool:
    if "gzip" not in accepted:
        return False
    return "gzip;q=0" not in accepted.replace(" ", "") or "gzip;q=0." in accepted.replace(" ", "")
