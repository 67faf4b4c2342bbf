"""Wiring of `notices` into the Wagtail admin."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from notices import page_hooks
from notices.admin import NoticesGroup
from notices.buttons import update_button
from notices.home_panel import NoticesPanel, ReviewsPanel
from notices.monitors.admin import MonitoringGroup
from notices.monitors.home_panel import ProposalsPanel
from notices.subscriptions.admin import SubscriptionAdmin

if TYPE_CHECKING:
    from wagtail.admin.widgets import Button
    from wagtail.models import Page

modeladmin_register(NoticesGroup)
modeladmin_register(MonitoringGroup)
modeladmin_register(SubscriptionAdmin)
hooks.register("after_create_page", page_hooks.warn_of_conflicts)
hooks.register("after_edit_page", page_hooks.warn_of_conflicts)
hooks.register("before_bulk_action", page_hooks.refuse_bulk)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    """The short form, and the screens of proposals and monitors."""
    return [path("notices/", include("notices.admin_urls"))]


@hooks.register("construct_homepage_panels")
def home_panel(request: HttpRequest, panels: list[Any]) -> None:
    """What was published alone, what monitors propose and what runs, on the first screen."""
    panels.extend([ReviewsPanel(), ProposalsPanel(), NoticesPanel()])


@hooks.register("register_page_listing_buttons")
def listing_button(page: "Page", user: Any, next_url: str | None = None) -> Iterator["Button"]:
    """In the explorer, beside the title."""
    classes = "button button-small button-secondary"
    yield from update_button(page, user, next_url, priority=5, classname=classes)


@hooks.register("register_page_header_buttons")
def header_button(
    page: "Page", user: Any, view_name: str, next_url: str | None = None
) -> Iterator["Button"]:
    """In the menu of the page's own screens."""
    yield from update_button(page, user, next_url, priority=5)
