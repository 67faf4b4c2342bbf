"""The way from a notice to the requests about it, which a floor above shows to its own staff."""

from collections.abc import Callable
from typing import Any

from notices.models import Notice

_pages: list[tuple[Callable[[Notice], str], Callable[[Any], bool]]] = []


def register(*, address: Callable[[Notice], str], may: Callable[[Any], bool]) -> None:
    """Offer the page at `address` to whoever `may` open it; the last one counts."""
    _pages[:] = [(address, may)]


def offered_to(user: Any) -> bool:
    """Whether there is such a page, and this person may open it."""
    return any(may(user) for _address, may in _pages)


def address_of(notice: Notice) -> str:
    """Where the requests about a notice are; "" without such a page."""
    return next((address(notice) for address, _may in _pages), "")
