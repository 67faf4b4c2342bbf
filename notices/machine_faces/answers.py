"""The answers of all faces: conditional, cached briefly, kept when we fail, open to other sites.

The page cache keeps a copy of each, as of pages, and purges them together.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from desk_core.page_cache import is_kept_whole

# Half a minute fresh, then asked for again in the background; for a day better old than nothing.
CACHE_RULE = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
_METHODS = ["GET", "HEAD", "OPTIONS"]
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Face:
    """What a view of a face returns: the body as it is sent."""

    body: str
    content_type: str
    file_name: str = ""
    status: int = 200


View = Callable[..., Face]


def as_json(body: dict[str, Any], content_type: str = "application/json; charset=utf-8") -> Face:
    """A face in JSON, its letters as they are."""
    return Face(json.dumps(body, ensure_ascii=False), content_type)


def face(view: View) -> Callable[..., HttpResponse]:
    """Answer GET and HEAD with a face, 304 where the reader has it; OPTIONS; 404 in short.

    Query parameters mean nothing to a face, and none is refused: readers append some against
    caches. No cookie is read, so other sites' pages may ask too.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer(request, view, *args, **kwargs)
        for name, value in _OPEN.items():
            response[name] = value
        return response

    return answer


def _answer(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(_METHODS), **_PREFLIGHT})
    if request.method not in _METHODS:
        return HttpResponseNotAllowed(_METHODS)
    try:
        found = view(request, *args, **kwargs)
    except Http404:
        return HttpResponse(
            '{"error": "not found"}', status=404, content_type="application/json; charset=utf-8"
        )
    body = found.body.encode()
    response = HttpResponse(body, content_type=found.content_type, status=found.status)
    response["X-Content-Type-Options"] = "nosniff"
    if found.status != 200:
        return response
    response["Cache-Control"] = CACHE_RULE
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if found.file_name:
        response["Content-Disposition"] = f'inline; filename="{found.file_name}"'
    since = _same_since(request, response["ETag"])
    if since is not None:
        response["Last-Modified"] = http_date(since)
        # A copy without its date would leave readers without tags nothing to ask by.
        response.desk_cacheable = frozenset()  # type: ignore[attr-defined]
        if is_kept_whole(request):
            return response
    answered = get_conditional_response(
        request, etag=response["ETag"], last_modified=since, response=response
    )
    return answered or response


def _same_since(request: HttpRequest, etag: str) -> int | None:
    """Since when the face has been the same, in whole seconds; None: it may have changed just now.

    No date of a notice can tell: a withdrawn notice takes its own away, and a service may get
    another name. So it is kept beside the tag when a face is first seen to differ.
    """
    address = f"{request.get_host()}{request.path}"
    key = f"desk-face:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    now = int(timezone.now().astimezone(UTC).timestamp())
    try:
        known = cache.get(key)
        if known is None or known[0] != etag or known[1] > now:
            cache.set(key, (etag, now), None)
            return None
    except Exception:
        logger.exception("The shared cache is away: faces have no date")
        return None
    # In the second in which it changed, the date could stand for two different bodies.
    return known[1] if known[1] < now else None


def stamp(at: datetime) -> str:
    """A moment in UTC after RFC 3339, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
