"""Registrations of the `sla` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    """What `sla` tells Django when it starts."""

    name = "sla"
    label = "sla"
    verbose_name = _("Service level agreements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots of the frame, guard fees, tell the page cache, connect the handlers.

        Agreements begin and end at midnight in Tehran, which the page cache waits for anyway.
        """
        from cms_pages import service_rules
        from cms_pages.frame import read_along
        from cms_pages.slots import register
        from desk_core import audit_words
        from desk_core.page_cache import register_next_change
        from sla import (
            checks,
            facts_beside,
            free_clause,
            sealing,
            signal_handlers,
            slots,
            trail,
            working_time,
        )
        from sla.performance import change, year

        register("home_agreement", slots.home_agreement)
        register("footer_agreement", slots.footer_agreement)
        register("footer_hours", slots.footer_hours)
        register("department_hours", slots.department_hours)
        read_along(working_time.ALONG, working_time.rows_along, working_time.values_now)
        service_rules.register(free_clause.refuse_fee)
        register_next_change(slots.next_change)
        register_next_change(change.next_change)
        signal_handlers.connect()
        checks.register()
        audit_words.name_actions(trail.ACTIONS)
        facts_beside.register(year.year_facts)
        sealing.protect_rows()
        sealing.keep_open()
