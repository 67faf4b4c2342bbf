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
        """Connect the signal handlers, name the actions of the audit trail, guard the accounts."""
        from cms_pages import accounts, sign_in, signal_handlers
        from desk_core import audit_words

        signal_handlers.connect()
        sign_in.connect()
        users: Any = apps.get_app_config("wagtailusers")
        if users.user_viewset == WAGTAILS_ACCOUNTS:
            users.user_viewset = "cms_pages.account_views.AccountViewSet"
        audit_words.name_actions(accounts.ACTIONS | sign_in.ACTIONS)
