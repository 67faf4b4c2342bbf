"""Wagtail's own URLs with our way of finding a page; included where `wagtail.urls` would be."""

from django.urls import re_path
from wagtail.urls import serve_pattern
from wagtail.urls import urlpatterns as wagtail_urlpatterns

from cms_pages.serving import serve

urlpatterns = [
    *[pattern for pattern in wagtail_urlpatterns if pattern.name != "wagtail_serve"],
    re_path(serve_pattern, serve, name="wagtail_serve"),
]
