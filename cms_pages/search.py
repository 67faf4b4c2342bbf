"""Searching the pages a citizen may read, whatever keyboard the words were typed on.

Both sides are folded by `persian.text`: pages index `BasePage.search_text()`, which holds each
word joined, split and half-spaced; the query is folded to words that must all occur.
"""

from typing import Any

from wagtail.models import Page, PageViewRestriction
from wagtail.search.query import And, MatchAll, PlainText, SearchQuery

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
    for hidden in _restricted_trees():
        pages = pages.exclude(path__startswith=hidden)
    return pages.search(_query(wanted), order_by_relevance=True)


def _restricted_trees() -> list[str]:
    """Paths of the pages that not everybody may read: one query, mostly with no rows."""
    return list(PageViewRestriction.objects.values_list("page__path", flat=True))


def _query(wanted: list[str]) -> SearchQuery:
    parts = [PlainText(word, operator="and") for word in wanted]
    return And(parts) if len(parts) > 1 else parts[0] if parts else MatchAll()
