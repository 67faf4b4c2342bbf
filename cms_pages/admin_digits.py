"""Persian digits in what Wagtail itself counts and dates, for staff whose admin is Persian.

Wagtail writes "1 of 3 pages" with the digits of Python. The finished page is changed on its way
out, and of it the text alone (`persian.html_digits`); so no view and no template of Wagtail is.
"""

import json
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from desk_core.headers import admin_prefix
from persian.digits import speaks_persian
from persian.html_digits import localised_html

_LANGUAGE = re.compile(r"<html\b[^>]*?\blang=[\"']?([a-z]+)")
_HEAD = 500
# The admin's own pages; a draft that is shown there is a page of the site, and stays as it will be.
_ADMIN = '<body id="wagtail"'


class AdminDigitsMiddleware:
    """Changes what the admin answers, in pages and in the parts that dialogs ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with Persian digits."""
        response = self.get_response(request)
        if getattr(response, "streaming", True) or not request.path_info.startswith(admin_prefix()):
            return response
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in ("text/html", "application/json"):
            return response
        text = response.content.decode(response.charset)  # type: ignore[attr-defined]
        changed = _page(text, request) if kind == "text/html" else _dialog(text, request)
        if changed != text:
            response.content = changed  # type: ignore[attr-defined]
        return response


def _page(text: str, request: HttpRequest) -> str:
    """A whole page says its language; a part of one is in the reader's."""
    said = _LANGUAGE.search(text, 0, _HEAD)
    if said and _ADMIN not in text:
        return text
    persian = said[1] == "fa" if said else _reads_persian(request)
    return localised_html(text) if persian else text


def _dialog(text: str, request: HttpRequest) -> str:
    """Wagtail's dialogs come as JSON with their HTML in it."""
    if '"html": "' not in text or not _reads_persian(request):
        return text
    answer = json.loads(text)
    if not isinstance(answer, dict) or not isinstance(answer.get("html"), str):
        return text
    return json.dumps(answer | {"html": localised_html(answer["html"])})


def _reads_persian(request: HttpRequest) -> bool:
    """Whether the admin speaks Persian to this reader, as Wagtail decides it."""
    profile = getattr(request.user, "wagtail_userprofile", None)
    if profile is None:
        return speaks_persian()
    return bool(profile.get_preferred_language().startswith("fa"))
