"""System checks: settings under which cases could not be registered as promised."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection

from cms_pages.enums import Role
from cms_pages.models import Membership


def register() -> None:
    """Register the checks, once."""
    checks.register(check_transactions, "desk")
    checks.register(check_days, "desk")
    checks.register(check_complaints_office, checks.Tags.database)


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


def check_complaints_office(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Complaints are told to the complaints office alone: somebody has to be there.

    Asked with a database only (`migrate`, `check --database default`).
    """
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    if Membership._meta.db_table not in connection.introspection.table_names():
        return []
    office = Membership.objects.filter(role=Role.COMPLAINTS, department=None)
    if office.filter(user__is_active=True).exclude(user__email="").exists():
        return []
    return [
        checks.Warning(
            "Nobody is told of complaints: the complaints office has no active member with an "
            "e-mail address.",
            hint="Give somebody the role «complaints office» for the whole body.",
            id="service_requests.W001",
        )
    ]
