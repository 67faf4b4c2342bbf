"""The site's addresses, and before them the plain views that ours are measured against."""

from django.urls import path
from portal.urls import urlpatterns as portal_urlpatterns

from benchmarks import plain

urlpatterns = [
    path("plain/page/", plain.page),
    path("plain/submit/", plain.submit),
    path("plain/api/", plain.submit_without_cookie),
    *portal_urlpatterns,
]
