"""Registrations of the `notices` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """What `notices` tells Django when it starts."""

    name = "notices"
    label = "notices"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots of the frame, tell the page cache, connect the signal handlers."""
        from cms_pages.slots import register
        from desk_core import audit_words
        from desk_core.page_cache import register_next_change
        from notices import four_eyes, signal_handlers, slots, trail

        register("banner", slots.banner)
        register("home_status", slots.status_line)
        register("home_notices", slots.home_notices)
        register("footer_status", slots.status_foot)
        register("service_notices", slots.service_notices)
        register_next_change(slots.next_change)
        audit_words.name_actions(trail.ACTIONS)
        signal_handlers.connect()
        four_eyes.connect()
