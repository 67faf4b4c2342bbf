"""Paging a list without counting all of it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator

from persian.digits import grouped

MOST_COUNTED = 10_000


class CappedPaginator(WagtailPaginator):
    """Counts to 10,000 and then says "10,000+": a list is narrowed by filters, not paged through.

    So one page costs the same at a thousand rows and at a million: the count stops, and no page
    lies further in than the cap.
    """

    @cached_property
    def _counted(self) -> int:
        if isinstance(self.object_list, QuerySet):
            narrow = self.object_list.order_by().values("pk")[: MOST_COUNTED + 1]
            return narrow.count()
        return len(self.object_list)

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged through: at most 10,000."""
        return min(self._counted, MOST_COUNTED)

    @property
    def has_more(self) -> bool:
        """Whether there are rows beyond those."""
        return self._counted > MOST_COUNTED

    @property
    def count_label(self) -> str:
        """Return the count as people read it, with its sign when it stopped."""
        number = grouped(self.count)
        return _("%(number)s+") % {"number": number} if self.has_more else number

    @property
    def items_count_label(self) -> Any:
        """Return the count with its noun, in the reader's digits."""
        noun = self.verbose_name if self.count == 1 else self.verbose_name_plural
        return f"{self.count_label} {noun}"
