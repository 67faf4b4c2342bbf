"""Departments and services may be part of another one, never of themselves."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def upwards(row: Any) -> Iterator[Any]:
    """A row and everything it is part of, nearest first; a ring is walked once."""
    seen: set[int] = set()
    while row is not None and row.pk not in seen:
        yield row
        seen.add(row.pk)
        row = row.parent


def refuse_ring(row: Any) -> None:
    """Raise ValidationError at `parent` when a row would be part of itself, directly or not."""
    if row.pk is not None and any(above.pk == row.pk for above in upwards(row.parent)):
        raise ValidationError({"parent": _("Nothing can be part of itself. Choose another one.")})
