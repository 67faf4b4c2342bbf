"""The language of an answer: the API has one address for all languages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request, override


def by_accept_language(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Run a view in the language that `Accept-Language` asks for, and say so in the answer."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with override(get_language_from_request(request)):
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Content-Language", get_language() or "")
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return answer
