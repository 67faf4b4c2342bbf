"""Registrations of the `sla` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    """What `sla` tells Django when it starts."""

    name = "sla"
    label = "sla"
    verbose_name = _("Service level agreements")
    default_auto_field = "django.db.models.BigAutoField"
