"""Searching the pages a citizen may read, whatever keyboard the words were typed on.

Both sides are folded by `persian.text`: pages index `BasePage.search_text()`, which holds each
word joined, split and half-spaced; the query is folded to words that must all occur.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page
from wagtail.search.query import And, MatchAll, PlainText, SearchQuery

from cms_pages.expiry import shown_at
from persian.text import words

LONGEST_QUERY = 200
MOST_WORDS = 12


def query_words(text: str) -> list[str]:
    """The folded words of what was typed: at most the first dozen, each once, in order."""
    cleaned = text.replace("\x00", "")[:LONGEST_QUERY]
    return list(dict.fromkeys(words(cleaned)))[:MOST_WORDS]


def search(text: str, *, below: Page) -> Any:
    """Live, public pages below a home page that hold every word, best match first.

    Returns Wagtail's lazy search results of base pages: sliceable, countable, no query yet.
    Without a word there is nothing to find.
    """
    wanted = query_words(text)
    if not wanted:
        return Page.objects.none()
    # The page tree is one per language, so "below" is also "in this language".
    pages = Page.objects.descendant_of(below, inclusive=True).live()
    for path, restriction in _hidden(timezone.now()):
        # What is restricted is so with everything below it; what has expired goes alone.
        pages = pages.exclude(path__startswith=path) if restriction else pages.exclude(path=path)
    return pages.search(_query(wanted), order_by_relevance=True)


def _hidden(at: datetime) -> list[tuple[str, int | None]]:
    """Paths of live pages that must not be found, with their restriction: one query, few rows."""
    hidden = Q(view_restrictions__isnull=False) | (Q(live=True) & ~shown_at(at))
    return list(Page.objects.filter(hidden).values_list("path", "view_restrictions"))


def _query(wanted: list[str]) -> SearchQuery:
    parts = [PlainText(word, operator="and") for word in wanted]
    return And(parts) if len(parts) > 1 else parts[0] if parts else MatchAll()
