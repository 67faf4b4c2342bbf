"""Whom the end of an agreement concerns: a registry that the floors above fill in `ready()`.

`sla` knows no cases. Whoever has records under a version registers how to tell the people behind
them, and when the last of these records changed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sla.models.termination import Termination

#: Queues the messages of a termination and returns how many; must be safe to repeat.
Teller = Callable[["Termination"], int]
#: When a record or file under a version (by its key) last changed, UTC; None for never.
LastChange = Callable[[int], datetime | None]

_tellers: list[Teller] = []
_last_changes: list[LastChange] = []


def register(*, teller: Teller, last_change: LastChange) -> None:
    """Register a floor's records under agreements; in `AppConfig.ready()`."""
    if teller not in _tellers:
        _tellers.append(teller)
        _last_changes.append(last_change)


def tell(termination: "Termination") -> int:
    """Let every floor tell its people; how many messages were queued."""
    return sum(teller(termination) for teller in _tellers)


def last_change(version_id: int) -> datetime | None:
    """When anything under a version last changed; None while nothing is."""
    found = [at for each in _last_changes if (at := each(version_id)) is not None]
    return max(found, default=None)
