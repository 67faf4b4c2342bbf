"""Which answers may be kept: Wagtail's pages, and views that say so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]

# Query parameters that Wagtail pages may be kept by: the pages of a list.
PAGE_PARAMETERS = frozenset({"page"})
LONGEST_PARAMETER = 16


def cacheable(view: View | None = None, *, query: tuple[str, ...] = ()) -> Any:
    """Mark a view whose answer depends on its address alone, and on `query` parameters if named.

    Used as `@cacheable` or `@cacheable(query=("page",))`. A view may still say no for one answer
    with a `Cache-Control` of `no-store` or `private`, and keeps another rule for browsers than ours
    by setting one.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = inner(request, *args, **kwargs)
            response.desk_cacheable = frozenset(query)  # type: ignore[attr-defined]
            return response

        return marked

    return decorate(view) if view is not None else decorate


def is_kept_whole(request: HttpRequest) -> bool:
    """Whether the page cache waits for the whole answer, to say itself that a reader has it."""
    return getattr(request, "desk_kept_whole", False) and not request.META.get("QUERY_STRING")


def kept_parameters(request: HttpRequest, response: HttpResponseBase) -> frozenset[str] | None:
    """Return the query parameters this answer may be kept by, or None when it may not be kept."""
    marked = getattr(response, "desk_cacheable", None)
    if marked is not None:
        return marked
    match = request.resolver_match
    if match is not None and match.url_name == "wagtail_serve":
        return PAGE_PARAMETERS
    return None


def query_allowed(request: HttpRequest, allowed: frozenset[str]) -> bool:
    """Say whether the query string holds only known, short parameters, each once."""
    return all(
        name in allowed and len(values) == 1 and len(values[0]) <= LONGEST_PARAMETER
        for name, values in request.GET.lists()
    )
