"""System checks of the settings of `notices`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from notices import conf


def check_availability(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """notices.E001: a setting of honest availability cannot be meant."""
    found: list[checks.CheckMessage] = []
    hours = getattr(settings, "DESK_AVAILABILITY_HOURS", {})
    asked: list[Callable[[], object]] = [conf.availability_rules, conf.availability_since]
    asked += [partial(conf.service_hours, key, electronic=True) for key in hours]
    for ask in asked:
        try:
            ask()
        except ImproperlyConfigured as error:
            hint = "docs/availability.md names the settings."
            found.append(checks.Error(str(error), hint=hint, id="notices.E001"))
    return found


def check_static_copy(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """notices.E002: a setting of the static copy cannot be meant."""
    found: list[checks.CheckMessage] = []
    for ask in (conf.static_copy_storage, conf.static_copy_every, conf.static_copy_stale_after):
        try:
            ask()
        except ImproperlyConfigured as error:
            hint = "docs/static-copy.md names the settings."
            found.append(checks.Error(str(error), hint=hint, id="notices.E002"))
    return found


def register() -> None:
    """Register the checks; called when the app is ready."""
    checks.register(check_availability)
    checks.register(check_static_copy)
