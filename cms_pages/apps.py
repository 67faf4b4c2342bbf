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
        """Connect the signal handlers and name the actions of the audit trail."""
        from cms_pages import accounts, sign_in, signal_handlers
        from desk_core import audit_words

        signal_handlers.connect()
        sign_in.connect()
        audit_words.name_actions(accounts.ACTIONS | sign_in.ACTIONS)
