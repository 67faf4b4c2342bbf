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
        from cms_pages.frame import read_along
        from cms_pages.slots import register
        from desk_core import audit_words, erasures, health
        from desk_core.page_cache import register_next_change
        from notices import checks, signal_handlers, slots, trail
        from notices.approval import four_eyes
        from notices.availability import measure
        from notices.monitors import states
        from notices.monitors import trail as monitor_trail
        from notices.static_copy import standing
        from notices.subscriptions import trail as subscription_trail

        register("head_note", slots.copy_note)
        register("banner", slots.banner)
        register("home_status", slots.status_line)
        register("home_notices", slots.home_notices)
        register("footer_status", slots.status_foot)
        register("service_notices", slots.service_notices)
        read_along(states.ALONG, states.rows_along, states.values_now)
        register_next_change(slots.next_change)
        audit_words.name_actions(trail.ACTIONS)
        audit_words.name_actions(monitor_trail.ACTIONS)
        signal_handlers.connect()
        four_eyes.connect()
        checks.register()
        measure.register()
        audit_words.name_actions(subscription_trail.ACTIONS)
        audit_words.name_reasons(subscription_trail.REASONS)
        health.register_part("static_copy", standing.health)
        erasures.register_forgetter(subscription_trail.forget_subjects)
