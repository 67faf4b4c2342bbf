"""Every door of the site, in one place."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms_pages.content_api import content_api
from cms_pages.robots import robots, sitemap
from service_requests.api import desk_api
from service_requests.api.problems import not_found

handler500 = "cms_pages.error_views.server_error"

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v2/", content_api.urls),
    path("api/desk/v1/", desk_api.urls),
    re_path(r"^api/desk/", not_found),
    path("human-check/", include("desk_core.human_check.urls")),
    path("health/", include("desk_core.health")),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
]
if settings.DESK_WAGTAIL_API_V3:
    from wagtail.api.v3.urls import api as wagtail_api_v3

    urlpatterns.append(path("api/v3-preview/", wagtail_api_v3.urls))
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

# Persian without a prefix, English below /en/. Wagtail's pages come last: they take what is left.
urlpatterns += i18n_patterns(
    path("requests/", include("service_requests.urls")),
    path("status/", include("notices.urls")),
    path("search/", include("cms_pages.urls")),
    path("", include("cms_pages.page_urls")),
    prefix_default_language=False,
)
