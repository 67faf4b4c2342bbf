"""Searching a list with Persian text as it is typed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail_modeladmin.helpers.search import BaseSearchHandler

from persian.text import identifier, normalise, words

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin

LONGEST_TERM = 200
MOST_WORDS = 8


def search_folded(
    queryset: QuerySet,
    term: str,
    *,
    plain: Sequence[str] = (),
    folded: Sequence[str] = (),
    exact: Sequence[str] = (),
) -> QuerySet:
    """Narrow `queryset` to rows that hold every word of `term` in one of the named columns.

    `plain` columns hold text as people wrote it (normalised), `folded` ones hold
    `persian.text.index_text`, `exact` ones hold codes and are compared whole with the term.
    """
    term = term[:LONGEST_TERM]
    found = Q()
    for column in exact:
        found |= Q(**{column: identifier(term)})
    by_words = _all_words(term, plain, folded)
    if by_words is not None:
        found |= by_words
    return queryset.filter(found) if found else queryset.none()


def _all_words(term: str, plain: Sequence[str], folded: Sequence[str]) -> Q | None:
    written = normalise(term).split()[:MOST_WORDS] if plain else []
    typed = words(term)[:MOST_WORDS] if folded else []
    conditions = []
    if written:
        conditions.append(_each(written, [f"{column}__icontains" for column in plain]))
    if typed:
        conditions.append(_each(typed, [f"{column}__contains" for column in folded]))
    if not conditions:
        return None
    together = Q()
    for condition in conditions:
        together |= condition
    return together


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
