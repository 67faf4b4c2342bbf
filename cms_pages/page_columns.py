"""Rows that floors above show on a kind of page, read in the query of the page itself.

A page may use eight queries, all floors together; what is small and stands on one kind of page
comes along as a column (`desk_core.rows.Rows`).
"""

from collections.abc import Callable

from django.db.models import Model
from django.db.models.expressions import BaseExpression

_columns: dict[type[Model], dict[str, Callable[[], BaseExpression]]] = {}


def register(model: type[Model], name: str, make: Callable[[], BaseExpression]) -> None:
    """Have a column read with pages of this model; it is called `name` there."""
    _columns.setdefault(model, {})[name] = make


def of(model: type[Model]) -> dict[str, BaseExpression]:
    """What is read with a page of this model, by name."""
    return {name: make() for name, make in _columns.get(model, {}).items()}
