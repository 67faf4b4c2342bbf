"""Whole public pages, kept in each process for readers who are nobody in particular.

A copy dies when anything it shows is published (`purge()` in any process is seen by every other
within a second, and at once in its own), at the next moment at which something shown changes by
itself (`register_next_change`), and at midnight in Tehran at the latest.

Kept are only answers of Wagtail's pages and of views marked `@cacheable`: GET or HEAD, status 200,
asked for without any cookie, answered without setting one. A request that the desk makes of itself
passes by with the attribute `desk_uncached`.
"""

from desk_core.page_cache.generation import purge, purge_now, purges_cache
from desk_core.page_cache.middleware import PageCacheMiddleware
from desk_core.page_cache.next_change import register_next_change
from desk_core.page_cache.opting import cacheable, is_kept_whole

__all__ = [
    "PageCacheMiddleware",
    "cacheable",
    "is_kept_whole",
    "purge",
    "purge_now",
    "purges_cache",
    "register_next_change",
]
