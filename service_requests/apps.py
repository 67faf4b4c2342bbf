"""Registrations of the `service_requests` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceRequestsConfig(AppConfig):
    """What `service_requests` tells Django when it starts."""

    name = "service_requests"
    label = "service_requests"
    verbose_name = _("Requests and complaints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks; name the actions and reasons of the audit trail."""
        from desk_core import audit_words
        from service_requests import checks, trail

        checks.register()
        audit_words.name_actions(trail.ACTIONS)
        audit_words.name_reasons(trail.REASONS)
