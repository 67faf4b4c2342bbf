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
        """Tell the page cache when the time of a page is over; connect the signal handlers."""
        from cms_pages import expiry, signal_handlers
        from cms_pages.frame import read_along
        from desk_core.page_cache import register_next_change

        read_along("expiry", expiry.next_expiry)
        register_next_change(expiry.next_change)
        signal_handlers.connect()
