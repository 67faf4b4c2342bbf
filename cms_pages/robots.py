"""What search engines are told: which pages there are, and where they have no business."""

from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as render_sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms_pages.expiry import shown_at
from cms_pages.frame import frame_for, reverse_or_nothing
from desk_core.page_cache import cacheable

# Nothing below these is for anybody but the person it belongs to.
CLOSED = ["/admin/", "/api/", "/requests/", "/search/"]


class PublicPages(Sitemap):
    """All live pages that everybody may read, in every language of the site of this request."""

    limit = 5000

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.frame = frame_for(request)
        self.protocol = "https" if request.is_secure() else "http"

    def items(self) -> "QuerySet[Page]":
        """Base pages, oldest place in the tree first."""
        pages = Page.objects.live().filter(shown_at(timezone.now()), depth__gt=1).order_by("path")
        for path in PageViewRestriction.objects.values_list("page__path", flat=True):
            pages = pages.exclude(path__startswith=path)
        if self.frame.site is None:
            return pages.none()
        key = self.frame.site.root_page.translation_key
        homes = [page for page in self.frame.pages if page.translation_key == key]
        below = Page.objects.none()
        for home in homes:
            below |= pages.filter(path__startswith=home.path)
        return below

    def location(self, item: Page) -> str:
        """Address of a page."""
        parts = item.get_url_parts(self.request)
        return parts[2] if parts and parts[2] else "/"

    def lastmod(self, item: Page) -> datetime | None:
        """When what is shown last changed."""
        return item.last_published_at


@cacheable
def sitemap(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`."""
    return render_sitemap(request, {"pages": PublicPages(request)}, content_type="application/xml")


@cacheable
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: everything open but what is personal or endless."""
    prefixes = ["", *(f"/{code}" for code, _ in settings.LANGUAGES if code != _default())]
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}{path}" for path in CLOSED for prefix in prefixes]
    if address := reverse_or_nothing("sitemap"):
        lines += ["", f"Sitemap: {request.build_absolute_uri(address)}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _default() -> str:
    return settings.LANGUAGE_CODE
