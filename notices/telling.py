"""Where whoever tells subscribers listens: a registry, for this room knows no subscribers.

Listeners are called inside the transaction of what was said, so that what they store is stored with
it or not at all; what leaves the machine waits for the commit. They are called of everything, with
the editor's choice in `tell`: a feed may follow what nobody is to be told of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from notices.models import Notice, NoticePage, NoticeUpdate


@dataclass(frozen=True)
class Said:
    """One thing that was published about a notice.

    `update` is what was appended; None when only the words of its `page` were corrected. `tell`:
    whether the editor wants subscribers to be told.
    """

    notice: "Notice"
    by: Any
    tell: bool
    update: "NoticeUpdate | None" = None
    page: "NoticePage | None" = None


_listeners: list[Callable[[Said], None]] = []


def register(listener: Callable[[Said], None]) -> None:
    """Have a function called of everything that is said; in `AppConfig.ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def unregister(listener: Callable[[Said], None]) -> None:
    """No longer."""
    if listener in _listeners:
        _listeners.remove(listener)


def anybody_listens() -> bool:
    """Whether ticking "tell subscribers" has any effect; where not, it is not offered."""
    return bool(_listeners)


def said(what: Said) -> None:
    """Call them all; a refusal of one stops the publication."""
    for listener in _listeners:
        listener(what)
