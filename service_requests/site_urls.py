"""Every address of the desk, for a site's `urls.py`; Wagtail's own admin and documents are its.

from service_requests.site_urls import desk_patterns, desk_translated_patterns
urlpatterns = [*desk_patterns, …, *i18n_patterns(*desk_translated_patterns,
                                                 prefix_default_language=False)]
"""

from django.urls import URLPattern, URLResolver, include, path, re_path

from cms_pages.content_api import content_api
from cms_pages.robots import robots, sitemap
from service_requests.api import desk_api
from service_requests.api.problems import not_found

desk_patterns: list[URLPattern | URLResolver] = [
    path("api/v2/", content_api.urls),
    path("api/desk/v1/", desk_api.urls),
    path("api/monitors/v1/", include("notices.monitors.urls")),
    re_path(r"^api/desk/", not_found),
    path("human-check/", include("desk_core.human_check.urls")),
    path("health/", include("desk_core.health")),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
]

# Inside i18n_patterns; the pages come last, they take what is left.
desk_translated_patterns: list[URLPattern | URLResolver] = [
    path("requests/", include("service_requests.urls")),
    path("agreements/", include("sla.urls")),
    path("status/", include("notices.urls")),
    path("performance/", include("sla.performance.urls")),
    path("search/", include("cms_pages.urls")),
    path("", include("cms_pages.page_urls")),
]
