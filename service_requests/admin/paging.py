"""Pages of the list of cases beyond those that are counted: by place, as `service_requests.paging`.

The first 10,000 cases have numbered pages; from the last of them one goes on by "Next". Page 1000
is as quick as page 1, and an address of it stays where it is while new cases come in.
"""

from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.functional import cached_property

from desk_core.modeladmin.counting import CappedPaginator
from service_requests import paging

AFTER, BEFORE = "after", "before"
_HIGHEST = 10**6


class PlacePaginator(CappedPaginator):
    """Counts as ever; where a place is given, its one page begins there."""

    def __init__(
        self, object_list: Any, per_page: int, *, after: str = "", before: str = "", number: int = 1
    ) -> None:
        super().__init__(object_list, per_page)
        self.after, self.before = after, before
        self.number = number

    @property
    def by_place(self) -> bool:
        """Whether this page is one beyond those with numbers."""
        return bool(self.after or self.before)

    def page(self, number: Any) -> Page:
        """The page of the place, or the numbered one."""
        if not self.by_place:
            return super().page(number)
        rows: list[Any] = self._rows[: self.per_page]
        if self.before:
            rows.reverse()
        return PlacePage(rows, self.number, self)

    @cached_property
    def _rows(self) -> list[Any]:
        """One more than are shown, to know whether there are more."""
        rows: QuerySet = self.object_list
        try:
            found = (
                paging.before(rows, paging.clean_place(self.before))
                if self.before
                else paging.after(rows, paging.clean_place(self.after))
            )
        except ValidationError as error:
            raise BadRequest from error
        return list(found[: self.per_page + 1])

    @property
    def goes_on(self) -> bool:
        """Whether more rows follow in the direction of going."""
        return len(self._rows) > self.per_page


class PlacePage(Page):
    """A page of a place; what comes next is seen, what came before was."""

    paginator: PlacePaginator

    def has_next(self) -> bool:
        """Going back, there is what one comes from."""
        return bool(self.paginator.before) or self.paginator.goes_on

    def has_previous(self) -> bool:
        """Going on, there is what one comes from."""
        return bool(self.paginator.after) or self.paginator.goes_on


def clean_number(number: int) -> int:
    """The number of a page that is only shown."""
    return min(max(number, 1), _HIGHEST)
