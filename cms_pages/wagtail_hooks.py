"""Wiring of `cms_pages` into Wagtail."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from cms_pages import accounts, chooser_starts, chooser_views, wagtail_labels
from cms_pages.admin import DeskAdminGroup
from cms_pages.audit_admin import AuditAdmin
from cms_pages.links import DocumentLink, PageLink

modeladmin_register(DeskAdminGroup)
modeladmin_register(AuditAdmin)
chooser_views.take_no_odd_identity()
chooser_starts.write_down_the_start()
wagtail_labels.name_the_columns_of_sites()

hooks.register("before_create_user", accounts.guard_creation)
hooks.register("before_edit_user", accounts.guard_change)
hooks.register("before_bulk_action", accounts.guard_bulk)
hooks.register("after_create_user", accounts.record_creation)
hooks.register("after_edit_user", accounts.record_change)
hooks.register("after_bulk_action", accounts.record_bulk)


@hooks.register("register_rich_text_features", order=100)
def links_without_queries(features: Any) -> None:
    """Links in rich text are answered from what was read together with the page."""
    features.register_link_type(PageLink)
    features.register_link_type(DocumentLink)


@hooks.register("insert_global_admin_css", order=50)
def desk_in_the_admin() -> SafeString:
    """The Persian font, codes that keep their order, and the desk's own parts."""
    return format_html('<link rel="stylesheet" href="{}">', static("cms_pages/admin.css"))


@hooks.register("insert_global_admin_js", order=50)
def choosers_in_the_admin() -> SafeString:
    """What starts the choosers of forms, without inline code, and what their dialogs lack."""
    files = ("cms_pages/choosers.js", "cms_pages/dialogs.js")
    return format_html_join("", '<script src="{}"></script>', ((static(file),) for file in files))
