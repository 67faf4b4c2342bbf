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
        """Register the system checks, and the kinds of cases that a target may name."""
        from service_requests import checks, kinds

        checks.register()
        kinds.register()
