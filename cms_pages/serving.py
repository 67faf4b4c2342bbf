"""From an address to a page in two queries, however deep the page lies.

Wagtail walks down the tree with two queries a level. Here the frame reads the page together with
everything around it; what is not a plain page at that address (a page with routes of its own, a
foreign page type as root, nothing at all) goes Wagtail's way.
"""

from django.http import Http404, HttpRequest, HttpResponse
from wagtail import views
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from cms_pages import page_columns
from cms_pages.frame import Frame, frame_for
from cms_pages.models import BasePage, HomePage


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's `serve`, with the page already found where that is possible."""
    frame = frame_for(request)
    found = frame.find(path)
    if found is not None and (route := _route(request, frame, found)) is not None:
        request._wagtail_route_for_request = route  # type: ignore[attr-defined]
    return views.serve(request, path)


def _route(request: HttpRequest, frame: Frame, found: Page) -> RouteResult | None:
    model = found.specific_class
    if model is None or not issubclass(model, BasePage) or not found.live:
        return None
    if model is HomePage:
        page = found.desk_homepage
    elif len(model._meta.local_fields) == 1:  # nothing but the link to what was read already
        page = found.specific_deferred
    else:
        pages = model._default_manager.select_related(*model.select_with_page)
        page = pages.annotate(**page_columns.of(model)).get(pk=found.pk)
    page.locale = found.locale
    page._known_public = frame.public and found.alias_of_id is None
    try:
        return page.route(request, frame.below)
    except Http404:
        return None
