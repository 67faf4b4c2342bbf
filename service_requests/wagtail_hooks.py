"""Wiring of `service_requests` into the Wagtail admin."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from service_requests.admin import OpinionsGroup, RequestsGroup, VisitsGroup
from service_requests.admin.home_panels import MyCasesPanel, NewCasesPanel, SearchPanel, TodayPanel

modeladmin_register(RequestsGroup)
modeladmin_register(VisitsGroup)
modeladmin_register(OpinionsGroup)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    """Registration, files, slips."""
    return [path("requests/", include("service_requests.admin.urls"))]


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Any]) -> None:
    """Mine, and what is new, on the first screen."""
    panels += [TodayPanel(), SearchPanel(), MyCasesPanel(), NewCasesPanel()]


@hooks.register("insert_editor_js")
def editor_js() -> SafeString:
    """Suggestions for the conditions of a request form."""
    address = static("service_requests/form-editor.js")
    return format_html('<script type="module" src="{}"></script>', address)


@hooks.register("insert_global_admin_css", order=60)
def admin_css() -> SafeString:
    """What the screens of cases need; the panels stand on the admin's home."""
    return format_html('<link rel="stylesheet" href="{}">', static("service_requests/admin.css"))
