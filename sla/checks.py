"""System checks of what agreements say against what is stored; they read the database."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, connections, transaction

from cms_pages.models import Service
from sla.models import AgreementVersion, SignedText

TABLES = frozenset(model._meta.db_table for model in (AgreementVersion, Service, SignedText))


def check_fees(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """sla.W001: a passport has a fee while the agreement in force says that services are free.

    Runs with `manage.py check --database default` and before each migration; a database that is
    not there yet, or not up to date, has nothing to say.
    """
    if "default" not in (databases or ()):
        return []
    from sla.contradictions import contradictions

    try:
        with transaction.atomic(using="default"):
            if not set(connections["default"].introspection.table_names()) >= TABLES:
                return []
            found = contradictions()
    except DatabaseError:
        return []
    hint = "Remove the fee from the passport, or sign a version without the free clause."
    return [checks.Warning(str(one), hint=hint, id="sla.W001") for one in found]


def register() -> None:
    """Register the checks; called when the app is ready."""
    checks.register(check_fees, checks.Tags.database)
