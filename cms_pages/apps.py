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
        """Connect the signal handlers."""
        from cms_pages import signal_handlers

        signal_handlers.connect()
