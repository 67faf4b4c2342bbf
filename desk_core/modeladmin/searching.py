"""Searching a list with Persian text as it is typed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail_modeladmin.helpers.search import BaseSearchHandler

from persian.text import identifier, index_words, normalise, words

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin

LONGEST_TERM = 200
MOST_WORDS = 8
# A search in Python is for tables that people fill by hand; this many rows are looked through.
MOST_ROWS = 20_000


def search_rows(
    queryset: QuerySet,
    term: str,
    *,
    plain: Sequence[str] = (),
    folded: Sequence[str] = (),
    exact: Sequence[str] = (),
) -> QuerySet:
    """Narrow `queryset` to rows that hold every word of `term` in one of the named columns.

    `plain` columns hold text as people wrote it and are asked in the database, which knows one
    spelling; `folded` ones are read and compared by `persian.text`, in every spelling, for tables
    of some thousand rows; `exact` ones hold codes and are compared whole with the term.
    """
    term = term[:LONGEST_TERM]
    found = Q()
    for column in exact:
        found |= Q(**{column: identifier(term)})
    written = normalise(term).split()[:MOST_WORDS] if plain else []
    if written:
        found |= _each(written, [f"{column}__icontains" for column in plain])
    typed = words(term)[:MOST_WORDS] if folded else []
    if typed:
        found |= Q(pk__in=_rows_with(queryset, typed, folded))
    return queryset.filter(found) if found else queryset.none()


def _rows_with(queryset: QuerySet, typed: Sequence[str], columns: Sequence[str]) -> list[Any]:
    """The keys of the rows in which every typed word is a word, or part of one."""
    rows = queryset.order_by().prefetch_related(None).values_list("pk", *columns)[:MOST_ROWS]
    return [pk for pk, *texts in rows.iterator() if _holds(texts, typed)]


def _holds(texts: Sequence[str | None], typed: Sequence[str]) -> bool:
    have = index_words(" ".join(text for text in texts if text))
    return all(any(part in word for word in have) for part in typed)


def _each(parts: Sequence[str], lookups: Sequence[str]) -> Q:
    every = Q()
    for part in parts:
        any_column = Q()
        for lookup in lookups:
            any_column |= Q(**{lookup: part})
        every &= any_column
    return every


class HookSearchHandler(BaseSearchHandler):
    """Hands the search box to `DeskModelAdmin.search`."""

    def __init__(self, model_admin: "DeskModelAdmin", request: HttpRequest) -> None:
        super().__init__(model_admin.search_fields)
        self.model_admin = model_admin
        self.request = request

    def search_queryset(self, queryset: QuerySet, search_term: str, **kwargs: Any) -> QuerySet:
        """Return `queryset` narrowed to the term; whole when there is none."""
        term = search_term.strip()
        if not term or not self.show_search_form:
            return queryset
        return self.model_admin.search(self.request, queryset, term)

    @property
    def show_search_form(self) -> bool:
        """Whether there is anything to search."""
        return self.model_admin.can_be_searched
