"""When something that public pages show will change by itself.

Floors above register a function that is given a moment and returns the next moment after it at
which what they show changes (a notice begins or ends, an agreement expires, the office opens), or
None. They are given the request that was just answered too, or None: what its page has read need
not be read again. All moments are aware datetimes.
"""

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone

from persian.jalali import TEHRAN

NextChange = Callable[[datetime, HttpRequest | None], datetime | None]

logger = logging.getLogger(__name__)
_registered: list[NextChange] = []


def register_next_change(function: NextChange) -> NextChange:
    """Register a function, once; usable as a decorator. Called in `AppConfig.ready()`."""
    if function not in _registered:
        _registered.append(function)
    return function


def unregister_next_change(function: NextChange) -> None:
    """Take a function out again (for tests)."""
    _registered.remove(function)


def next_change(at: datetime | None = None, request: HttpRequest | None = None) -> datetime:
    """Return the first known change after `at` (now by default): midnight in Tehran at the latest.

    A function that fails costs only time: its pages are then kept for a minute.
    """
    at = at or timezone.now()
    candidates = [_midnight_after(at)]
    for function in _registered:
        try:
            change = function(at, request)
        except Exception:
            logger.exception("Could not tell the next change of public pages")
            change = at + timedelta(minutes=1)
        if change is not None:
            candidates.append(max(change, at + timedelta(seconds=1)))
    return min(candidates)


def _midnight_after(at: datetime) -> datetime:
    tomorrow = at.astimezone(TEHRAN).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, tzinfo=TEHRAN)
