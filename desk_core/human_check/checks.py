"""System checks: the human check is on, and its classes exist."""

from typing import Any

from django.conf import settings
from django.core import checks

from desk_core.human_check import registry


def register() -> None:
    """Register the checks, once."""
    checks.register(check_human_checks, "desk")
    checks.register(check_switched_on, checks.Tags.security, deploy=True)


def check_human_checks(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return an error for classes that cannot be loaded or share a name, or when there are none."""
    try:
        names = [check.name for check in registry.checks()]
    except (ImportError, AttributeError, TypeError) as error:
        return [checks.Error(f"DESK_HUMAN_CHECKS cannot be loaded: {error}", id="desk_core.E111")]
    if not names or len(set(names)) != len(names):
        return [
            checks.Error(
                "DESK_HUMAN_CHECKS must name at least one check, each with a name of its own.",
                id="desk_core.E112",
            )
        ]
    if all(check.by_machine for check in registry.checks()):
        return [
            checks.Warning(
                "DESK_HUMAN_CHECKS has nothing for browsers without JavaScript.",
                id="desk_core.W113",
            )
        ]
    return []


def check_switched_on(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return an error when the tests' switch is on in a deployment."""
    if getattr(settings, "DESK_HUMAN_CHECK_OFF", False):
        return [checks.Error("DESK_HUMAN_CHECK_OFF is for tests only.", id="desk_core.E114")]
    return []
