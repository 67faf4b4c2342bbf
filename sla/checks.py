"""System checks of what agreements say against what is stored; they read the database."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, connections, transaction
from wagtail.models import PageViewRestriction

from cms_pages.models import Service
from sla.models import AgreementPage, AgreementVersion, SignedText
from sla.readability import hidden_paths

TABLES = frozenset(
    model._meta.db_table
    for model in (AgreementVersion, Service, SignedText, AgreementPage, PageViewRestriction)
)


def check_fees(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """sla.W001: a passport has a fee while the agreement in force says that services are free."""
    from sla.contradictions import contradictions

    hint = "Remove the fee from the passport, or sign a version without the free clause."
    found = _read(databases, lambda: [str(one) for one in contradictions()])
    return [checks.Warning(one, hint=hint, id="sla.W001") for one in found]


def check_hidden(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """sla.W002: the page of a signed version stands behind a log-in, since before that was refused.

    Its text, PDF and verification are read without the page all the same.
    """
    hint = "Take the log-in or password off the page, or off the one above it that has it."
    return [
        checks.Warning(
            f"The page {path} of a signed agreement is behind a log-in or a password.",
            hint=hint,
            id="sla.W002",
        )
        for path in _read(databases, lambda: list(hidden_paths()))
    ]


def _read(databases: Sequence[str] | None, ask: Callable[[], list[str]]) -> list[str]:
    """What is found with `manage.py check --database default`, and before each migration.

    A database that is not there yet, or not up to date, has nothing to say.
    """
    if "default" not in (databases or ()):
        return []
    try:
        with transaction.atomic(using="default"):
            if not set(connections["default"].introspection.table_names()) >= TABLES:
                return []
            return ask()
    except DatabaseError:
        return []


def register() -> None:
    """Register the checks; called when the app is ready."""
    checks.register(check_fees, checks.Tags.database)
    checks.register(check_hidden, checks.Tags.database)
