"""Whom the end of an agreement concerns: a registry that the floors above fill in `ready()`.

`sla` knows no cases. Whoever has records under a version registers how to tell the people behind
them, and when the last of these records changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


def _always() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class News:
    """What people with records under a version are told about its end.

    `what` names the message, `day` is the announced day, and the same `occasion` is never told
    twice. Only records registered at `since` or later and at `until` or before are meant (UTC;
    None: whenever). `stands` is asked in the transaction of each batch: whether the news is still
    true, and it stays so until that transaction ends. `certain` says whether an announced end has
    been confirmed.
    """

    what: str
    version_id: int
    occasion: str
    day: date
    since: datetime | None = None
    until: datetime | None = None
    certain: bool = False
    stands: Callable[[], bool] = _always


#: Queues the messages and returns how many; must be safe to repeat.
Teller = Callable[[News], int]
#: When a record or file under a version (by its key) last changed, UTC; None for never.
LastChange = Callable[[int], datetime | None]

_tellers: list[Teller] = []
_last_changes: list[LastChange] = []


def register(*, teller: Teller, last_change: LastChange) -> None:
    """Register a floor's records under agreements; in `AppConfig.ready()`."""
    if teller not in _tellers:
        _tellers.append(teller)
        _last_changes.append(last_change)


def tell(news: News) -> int:
    """Let every floor tell its people; how many messages were queued."""
    return sum(teller(news) for teller in _tellers)


def last_change(version_id: int) -> datetime | None:
    """When anything under a version last changed; None while nothing is."""
    found = [at for each in _last_changes if (at := each(version_id)) is not None]
    return max(found, default=None)
