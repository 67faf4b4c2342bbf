"""The table of what guards the doors: limits, and the marks of human checks that were used.

Django's cache in a table drops a third of its rows, whichever come first by name, when it holds
too many. A page that is dropped is made again; a mark that is dropped lets a used check in a second
time. Here only what has expired goes. The table stays small by itself: a count lives for two
windows of its limit, a mark for as long as its form would have been good.
"""

from datetime import datetime
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections


class GuardCache(DatabaseCache):
    """`CACHES["guard"]` where the cache is a table; `createcachetable` makes it."""

    def _cull(self, db: str, cursor: Any, now: datetime, num: int) -> None:
        """Delete what is over, and nothing that still counts."""
        connection = connections[db]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]
        cursor.execute(
            f"DELETE FROM {table} WHERE expires < %s",  # noqa: S608
            [connection.ops.adapt_datetimefield_value(now)],
        )
