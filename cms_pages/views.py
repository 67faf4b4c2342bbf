"""The search page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.models import Page

from cms_pages.frame import frame_for
from cms_pages.search import LONGEST_QUERY
from cms_pages.search import search as find
from persian.text import control_characters

RESULTS_A_PAGE = 10


def search(request: HttpRequest) -> HttpResponse:
    """Results for `?q=`, ten a page; any other query string shows the first page."""
    typed = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    text = "" if control_characters(typed) else typed
    home = frame_for(request).home
    found = find(text, below=home) if text and home is not None else Page.objects.none()
    page_obj = Paginator(found, RESULTS_A_PAGE).get_page(request.GET.get("page"))
    results = [{"page": page, "url": page.get_url(request)} for page in page_obj]
    return TemplateResponse(
        request,
        "cms_pages/search.html",
        {"query": text, "page_obj": page_obj, "results": results},
    )
