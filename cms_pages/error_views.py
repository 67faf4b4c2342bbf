"""What a reader sees when something is refused, missing or broken.

400, 403 and 404 wear the whole face. 500 and 503 need nothing but themselves: no database, no
session, no context processor; they are in both languages, because the reader's may be unknown.
"""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import requires_csrf_token

# What a client should wait before it asks again, in seconds.
RETRY_AFTER = 120


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: mostly a browser that refuses cookies, or a page left open.

    Says which, and what to do; it never sends the reader in a circle.
    """
    context = {
        "no_cookie": reason == REASON_NO_CSRF_COOKIE or not request.COOKIES,
        "phone": getattr(settings, "DESK_EMERGENCY_PHONE", ""),
    }
    response = HttpResponse(render_to_string("403_csrf.html", context, request=request), status=403)
    add_never_cache_headers(response)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours; 503 instead of 500 when the database cannot be reached."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _alone("500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The page for a pause: the site is being worked on or cannot reach its database."""
    response = _alone("503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _alone(template: str, *, status: int) -> HttpResponse:
    """A page from its template and settings only."""
    context = {"phone": getattr(settings, "DESK_EMERGENCY_PHONE", "")}
    response = HttpResponse(render_to_string(template, context), status=status)
    add_never_cache_headers(response)
    return response
