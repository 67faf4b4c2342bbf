"""Living with a database that is locked for a moment."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import OperationalError, connection

Result = TypeVar("Result")
#: A transaction that was under way at some moment has ended after this long.
UNDER_WAY = timedelta(minutes=2)
PASSING = ("locked", "deadlock", "could not serialize")


def when_unlocked(write: Callable[[], Result], *, seconds: float = 60.0) -> Result:
    """Do a short write; as long as the database is locked, try again for so many seconds.

    Outside a transaction only: inside one the whole of it would have to be repeated.
    """
    give_up_at = time.monotonic() + seconds
    pause = 0.05
    while True:
        try:
            return write()
        except OperationalError as error:
            if connection.in_atomic_block or not is_passing(error):
                raise
            if time.monotonic() + pause > give_up_at:
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads waiting, no secret
        pause = min(pause * 2, 2.0)


def is_passing(error: OperationalError) -> bool:
    """Whether the error goes away by waiting: a lock, a deadlock that somebody else won."""
    return any(sign in str(error) for sign in PASSING)
