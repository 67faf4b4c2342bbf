"""Wiring of `sla` into the Wagtail admin."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail.admin.forms.models import WagtailAdminDraftStateFormMixin
from wagtail.admin.views.page_privacy import SetPrivacyView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail_modeladmin.options import modeladmin_register

from sla import guards
from sla.admin import SlaGroup
from sla.buttons import signature_button, successor_button
from sla.home_panel import AgreementsPanel
from sla.report_panel import ChangedMonthsPanel

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.admin.widgets import Button
    from wagtail.models import Page

modeladmin_register(SlaGroup)
hooks.register("before_delete_page", guards.refuse_ending)
hooks.register("before_unpublish_page", guards.refuse_ending)
hooks.register("before_move_page", guards.refuse_hiding_move)
hooks.register("before_bulk_action", guards.refuse_bulk)
hooks.register("construct_page_action_menu", guards.hide_refused_actions)
guards.hide_refused_buttons()
# Wagtail has no hook before these.
SetPrivacyView.get_form = guards.privacy_form
SetPrivacyView.form_valid = guards.set_privacy
WagtailAdminDraftStateFormMixin.show_schedule_publishing_toggle = property(guards.can_be_scheduled)
UnpublishView.dispatch = guards.unpublish


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    """The form for signatures."""
    return [path("sla/", include("sla.admin_urls"))]


@hooks.register("register_page_listing_buttons")
def listing_button(page: "Page", user: Any, next_url: str | None = None) -> Iterator["Button"]:
    """In the explorer, beside the title."""
    yield from signature_button(page, user, next_url, priority=6)
    yield from successor_button(page, user, next_url, priority=7)


@hooks.register("register_page_header_buttons")
def header_button(
    page: "Page", user: Any, view_name: str, next_url: str | None = None
) -> Iterator["Button"]:
    """In the menu of the page's own screens."""
    yield from signature_button(page, user, next_url, priority=6)
    yield from successor_button(page, user, next_url, priority=7)


@hooks.register("construct_homepage_panels")
def home_panels(request: "HttpRequest", panels: list[Any]) -> None:
    """What is to be renewed, and frozen months whose facts have changed, on the first screen."""
    panels.extend([AgreementsPanel(), ChangedMonthsPanel()])
