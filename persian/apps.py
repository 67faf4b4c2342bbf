"""Registrations of the `persian` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PersianConfig(AppConfig):
    """What `persian` tells Django when it starts."""

    name = "persian"
    label = "persian"
    verbose_name = _("Persian")
    default_auto_field = "django.db.models.BigAutoField"
