"""Wagtail's API v2 for content: what a front end of its own needs to draw every page.

Only live public pages, images and documents; computed states and rich text as HTML are among the
fields that each page model names in `api_fields`.
"""

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.models import Page

from cms_pages.expiry import shown_at
from cms_pages.models import BasePage


class ShownPages(PagesAPIViewSet):
    """The pages that the site shows at this moment."""

    def get_base_queryset(self) -> "QuerySet[Page]":
        """Not those whose time is over."""
        return super().get_base_queryset().filter(shown_at(timezone.now()))

    def get_object(self) -> Page:
        """What is live in name only is not found here either."""
        page = super().get_object()
        if isinstance(page, BasePage) and not page.shown_at(timezone.now()):
            raise Http404
        return page


content_api = WagtailAPIRouter("wagtailapi")
content_api.register_endpoint("pages", ShownPages)
content_api.register_endpoint("images", ImagesAPIViewSet)
content_api.register_endpoint("documents", DocumentsAPIViewSet)
