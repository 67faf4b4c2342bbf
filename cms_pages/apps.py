"""Registrations of the `cms_pages` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsPagesConfig(AppConfig):
    """What `cms_pages` tells Django when it starts."""

    name = "cms_pages"
    label = "cms_pages"
    verbose_name = _("Pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signal handlers; name the actions of the audit trail."""
        from cms_pages import accounts, signal_handlers
        from desk_core import audit_words

        signal_handlers.connect()
        audit_words.name_actions(accounts.ACTIONS)
