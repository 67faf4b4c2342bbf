"""Registrations of the `desk_core` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskCoreConfig(AppConfig):
    """What `desk_core` tells Django when it starts."""

    name = "desk_core"
    label = "desk_core"
    verbose_name = _("Desk core")
    default_auto_field = "django.db.models.BigAutoField"
