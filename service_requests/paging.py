"""Going through the list of cases by where one stands, not by how many rows lie before it.

A page costs the same whether it is the first or the thousandth: the index is entered at the last
row that was seen. Used by the list in the admin and by the API.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from service_requests.models import Case

NEWEST = ("-registered_at", "-id")
OLDEST = ("registered_at", "id")
_MARK = "~"


@dataclass(frozen=True)
class Place:
    """A row in the order of the list: when the case was registered, and its id."""

    registered_at: datetime
    id: UUID

    def __str__(self) -> str:
        """For an address; nothing personal."""
        return f"{self.registered_at.isoformat()}{_MARK}{self.id}"


def place_of(case: Case) -> Place:
    """Where a case stands."""
    return Place(case.registered_at, case.pk)


def clean_place(text: str) -> Place:
    """A place as it was given out. Raises ValidationError."""
    moment, _mark, key = text.partition(_MARK)
    try:
        place = Place(datetime.fromisoformat(moment), UUID(key))
        if str(place) != text or place.registered_at.utcoffset() is None:
            raise ValueError
    except (ValueError, OverflowError):
        raise ValidationError({"cursor": [_("This is no place in the list.")]}) from None
    return place


def after(cases: "QuerySet[Any]", place: Place) -> "QuerySet[Any]":
    """Those that come after a place, newest first."""
    return _beyond(cases, place, "lt").order_by(*NEWEST)


def before(cases: "QuerySet[Any]", place: Place) -> "QuerySet[Any]":
    """Those that come before a place, the nearest first, which is oldest first."""
    return _beyond(cases, place, "gt").order_by(*OLDEST)


def _beyond(cases: "QuerySet[Any]", place: Place, way: str) -> "QuerySet[Any]":
    """The first condition is what an index is entered by; the second leaves out what is equal."""
    return cases.filter(
        Q(**{f"registered_at__{way}": place.registered_at})
        | Q(registered_at=place.registered_at, **{f"id__{way}": place.id}),
        **{f"registered_at__{way}e": place.registered_at},
    )
