"""System checks: settings under which cases could not be registered as promised."""

from typing import Any

from django.conf import settings
from django.core import checks


def register() -> None:
    """Register the checks, once."""
    checks.register(check_transactions, "desk")
    checks.register(check_days, "desk")


def check_transactions(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A request that is one big transaction would hold it while passwords are hashed."""
    return [
        checks.Error(
            f"DATABASES[{alias!r}] sets ATOMIC_REQUESTS: no case could be registered.",
            hint="Set it to False; every verb takes its own short transaction.",
            id="service_requests.E001",
        )
        for alias, database in settings.DATABASES.items()
        if database.get("ATOMIC_REQUESTS")
    ]


def check_days(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The days in which an applicant may object are a whole number."""
    days = getattr(settings, "DESK_OBJECTION_DAYS", 30)
    if isinstance(days, int) and not isinstance(days, bool) and days >= 0:
        return []
    return [
        checks.Error(
            "DESK_OBJECTION_DAYS must be a whole number of days, 0 or more.",
            id="service_requests.E002",
        )
    ]
