"""Registrations of the `persian` floor."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class PersianConfig(AppConfig):
    """What `persian` tells Django when it starts."""

    name = "persian"
    label = "persian"
    verbose_name = _("Persian")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make dates Jalali wherever people read or, in the Wagtail admin, type them."""
        if getattr(settings, "PERSIAN_DATES", True):
            from persian.everywhere import use_jalali

            use_jalali()
        if apps.is_installed("wagtail.admin"):
            from persian.wagtail import register_overrides

            register_overrides()
