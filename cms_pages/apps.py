"""Registrations of the `cms_pages` floor."""

from typing import Any

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

WAGTAILS_ACCOUNTS = "wagtail.users.views.users.UserViewSet"


class CmsPagesConfig(AppConfig):
    """What `cms_pages` tells Django when it starts."""

    name = "cms_pages"
    label = "cms_pages"
    verbose_name = _("Pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signal handlers, name what the audit trail records, guard the accounts.

        And tell the page cache when the time of a page is over.
        """
        from cms_pages import accounts, expiry, sign_in, signal_handlers
        from cms_pages.frame import read_along
        from desk_core import audit_words
        from desk_core.page_cache import register_next_change

        read_along("expiry", expiry.next_expiry, expiry.values_now)
        register_next_change(expiry.next_change)
        signal_handlers.connect()
        sign_in.connect()
        users: Any = apps.get_app_config("wagtailusers")
        if users.user_viewset == WAGTAILS_ACCOUNTS:
            users.user_viewset = "cms_pages.account_views.AccountViewSet"
        audit_words.name_actions(accounts.ACTIONS | sign_in.ACTIONS)
