"""Answers that everybody may see, with a tag: who has the same answer already hears 304."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag


def tagged(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give an answer its ETag; caches may keep it, but ask again before they use it.

    A view decorator for a router of public facts; what is personal is never tagged.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 200 or response.has_header("Cache-Control"):
            return response
        patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        set_response_etag(response)
        found = get_conditional_response(
            request,
            etag=response.headers["ETag"],
            response=response,  # type: ignore[arg-type]
        )
        return found if found is not None else response

    return answer
