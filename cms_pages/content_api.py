"""Wagtail's API v2 for content: what a front end of its own needs to draw every page.

Only live public pages, images and documents; computed states and rich text as HTML are among the
fields that each page model names in `api_fields`. Wagtail's own viewsets hand many a parameter to
the database as it comes; here what cannot be meant is answered with 400 before, or instead of, a
fault of the database.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.models import Page

from cms_pages.expiry import shown_at
from cms_pages.models import BasePage
from cms_pages.search import query_words
from persian.text import control_characters, normalise

LONGEST_VALUE = 200
# A list of fields and the address of a page may be longer than anything else.
LONGER = {"fields": 1000, "html_path": 2000}
FURTHEST = 10_000_000
_WORD = re.compile(r"\w+")


class CarefulParameters(BaseAPIViewSet):
    """Mixin before Wagtail's viewsets: a parameter without sense is the client's mistake, a 400.

    Of a search only its words reach the index: signs are syntax there, and a broken one looks
    like a broken database. So every failure of the database that is left is a real one.
    """

    def search_words(self, text: str) -> list[str]:
        """The words of a search among titles, which are indexed as they were written."""
        return _WORD.findall(normalise(text))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look at every parameter before anything is made of it."""
        super().initial(request, *args, **kwargs)
        for name, values in request.query_params.lists():
            for value in values:
                _refuse_absurd(name, value)
        if "search" in request.query_params:
            parameters = request.query_params.copy()
            parameters["search"] = " ".join(self.search_words(parameters["search"]))
            request._request.GET = parameters

    def filter_queryset(self, queryset: Any) -> Any:
        """Filter and search."""
        with _clients_mistakes():
            return super().filter_queryset(queryset)

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Count and read the page now, while it is known whose mistake a failure is."""
        with _clients_mistakes():
            return list(super().paginate_queryset(queryset))

    def find_object(self, queryset: Any, request: Request) -> Any:
        """Find one by its id or its path."""
        with _clients_mistakes():
            return super().find_object(queryset, request)


class Pages(CarefulParameters, PagesAPIViewSet):
    """The pages that the site shows at this moment, found by the same folded words as there."""

    def get_base_queryset(self) -> "QuerySet[Page]":
        """Not those whose time is over: by their paths, which a search can leave out, too."""
        over = Page.objects.filter(live=True).exclude(shown_at(timezone.now()))
        pages = super().get_base_queryset()
        for path in over.values_list("path", flat=True):
            pages = pages.exclude(path=path)
        return pages

    def get_object(self) -> Page:
        """What is live in name only is not found here either."""
        page = super().get_object()
        if isinstance(page, BasePage) and not page.shown_at(timezone.now()):
            raise Http404
        return page

    def search_words(self, text: str) -> list[str]:
        """The words as the site's own search takes them."""
        return query_words(text)


class Images(CarefulParameters, ImagesAPIViewSet):
    """Images outside private collections."""


class Documents(CarefulParameters, DocumentsAPIViewSet):
    """Documents outside private collections."""


def _refuse_absurd(name: str, value: str) -> None:
    if control_characters(name) or control_characters(value):
        raise BadRequestError("control characters are not allowed")
    if len(value) > LONGER.get(name, LONGEST_VALUE):
        raise BadRequestError(f"{name[:LONGEST_VALUE]} is too long")
    if name in ("limit", "offset") and value.isdecimal() and int(value) > FURTHEST:
        raise BadRequestError(f"{name} cannot be higher than {FURTHEST}")


@contextmanager
def _clients_mistakes() -> Iterator[None]:
    """What a value that is none raises on its way to the database becomes a 400."""
    try:
        yield
    except (ValidationError, ValueError, OverflowError, DataError) as error:
        raise BadRequestError("a parameter has a value that it cannot have") from error


content_api = WagtailAPIRouter("wagtailapi")
content_api.register_endpoint("pages", Pages)
content_api.register_endpoint("images", Images)
content_api.register_endpoint("documents", Documents)
