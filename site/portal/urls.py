"""Every door of the site, in one place."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from service_requests.site_urls import desk_patterns, desk_translated_patterns

handler500 = "cms_pages.error_views.server_error"

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *desk_patterns,
]
if settings.DESK_WAGTAIL_API_V3:
    from wagtail.api.v3.urls import api as wagtail_api_v3

    urlpatterns.append(path("api/v3-preview/", wagtail_api_v3.urls))
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

# Persian without a prefix, English below /en/.
urlpatterns += i18n_patterns(*desk_translated_patterns, prefix_default_language=False)
