"""What time it is for public pages: the clock's, or the one instant that a copy of them is of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_standing: ContextVar[datetime | None] = ContextVar("desk_standing_instant", default=None)


def now() -> datetime:
    """The moment that a public page is shown for, aware. Writes and limits go by the clock."""
    return _standing.get() or timezone.now()


@contextmanager
def standing_at(at: datetime) -> Iterator[None]:
    """Everything that is read within is read as of `at`, however long that takes."""
    before = _standing.set(at)
    try:
        yield
    finally:
        _standing.reset(before)
