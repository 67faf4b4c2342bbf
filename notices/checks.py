"""System checks of the settings of `notices`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from notices import conf
from notices.static_copy import standing


def check_availability(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """notices.E001: a setting of honest availability cannot be meant."""
    found: list[checks.CheckMessage] = []
    hours = getattr(settings, "DESK_AVAILABILITY_HOURS", {})
    asked: list[Callable[[], object]] = [conf.availability_rules, _begun]
    asked += [partial(conf.service_hours, key, electronic=True) for key in hours]
    for ask in asked:
        try:
            ask()
        except ImproperlyConfigured as error:
            hint = "docs/availability.md names the settings."
            found.append(checks.Error(str(error), hint=hint, id="notices.E001"))
    return found


def _begun() -> None:
    since = conf.availability_since()
    if since is not None and since > timezone.now():
        raise ImproperlyConfigured("DESK_AVAILABILITY_SINCE has not come yet.")


def check_static_copy(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """notices.E002: a setting of the static copy cannot be meant."""
    found: list[checks.CheckMessage] = []
    for ask in (
        *(conf.static_copy_folder, conf.static_copy_storage),
        *(conf.static_copy_every, conf.static_copy_stale_after),
    ):
        try:
            ask()
        except ImproperlyConfigured as error:
            hint = "docs/static-copy.md names the settings."
            found.append(checks.Error(str(error), hint=hint, id="notices.E002"))
    return found


def check_hours(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """notices.E003: hours of the banner or of digests that cannot be meant."""
    found: list[checks.CheckMessage] = []
    asked: list[Callable[[], object]] = [conf.banner_window, conf.digest_hour]
    for ask in asked:
        try:
            ask()
        except ImproperlyConfigured as error:
            hint = "docs/notices.md and docs/subscriptions.md name the settings."
            found.append(checks.Error(str(error), hint=hint, id="notices.E003"))
    return found


def check_standing(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """notices.W001: the last whole static copy is old. Asked for by `check --deploy`."""
    if check_static_copy(None) or not standing.is_wanted():
        return []
    found = standing.read()
    if not found.is_late(timezone.now()):
        return []
    last = found.made_at.isoformat(timespec="seconds") if found.made_at else "none is known of"
    text = f"The static copy is late. The last whole one: {last}."
    if found.failure and found.failed_at:
        at = found.failed_at.isoformat(timespec="seconds")
        text += f" The last error: {found.failure.value}, {at}."
    hint = "The log of write_static_copy says why; docs/static-copy.md."
    return [checks.Warning(text, hint=hint, id="notices.W001")]


def register() -> None:
    """Register the checks; called when the app is ready."""
    checks.register(check_availability)
    checks.register(check_static_copy)
    checks.register(check_hours)
    checks.register(check_standing, deploy=True)
