"""The shared mark that tells every process whether its copies are still the truth.

A purge writes a new random mark into the shared cache. Copies were made under a mark; when it is no
longer the shared one, they are dropped.
"""

import logging
import secrets
from typing import Any

from django.core.cache import caches
from django.db import transaction

from desk_core.page_cache.shelf import shelf

KEY = "desk-page-cache:generation"
ATTEMPTS = 3

logger = logging.getLogger(__name__)


def shared_generation() -> str:
    """Return the shared mark, making one when there is none (a fresh or emptied cache)."""
    cache = caches["default"]
    mark = cache.get(KEY)
    if mark is None:
        cache.add(KEY, secrets.token_hex(8), None)
        mark = cache.get(KEY) or ""
    return mark


def purge() -> None:
    """Drop every copy everywhere once the current transaction is committed (at once without one).

    Call it after any change of something that a public page shows.
    """
    transaction.on_commit(purge_now)


def purge_now() -> None:
    """Drop every copy everywhere at once; for changes that no transaction carries."""
    mark = secrets.token_hex(8)
    cache = caches["default"]
    try:
        for _attempt in range(ATTEMPTS):
            before = cache.get(KEY)
            cache.set(KEY, mark, None)
            # Django's database cache drops a write that failed without a word. Another mark than
            # before is as good as ours: somebody else purged at the same moment.
            if cache.get(KEY) not in (before, None):
                break
        else:
            logger.error("Could not tell other processes to drop their page copies")
    except Exception:
        logger.exception("Could not tell other processes to drop their page copies")
    shelf.drop()


def purges_cache(sender: Any = None, **kwargs: Any) -> None:
    """Purge, as a signal receiver: `post_save.connect(purges_cache, sender=Notice)`.

    Works for every signal of Django and Wagtail that says something was changed. Loading fixtures
    (`raw`) purges too.
    """
    purge()
