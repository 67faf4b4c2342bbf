"""Questions asked of notice pages; the one place that knows what "public" means for a notice."""

from datetime import datetime
from typing import Self

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from desk_core.statements import Slot


class NoticePageQuerySet(PageQuerySet):
    """Pages that show notices."""

    def public_at(self, at: datetime | Slot) -> Self:
        """Live, published as a notice, not expired, and in no private section; one query.

        (Wagtail's `.public()` asks the restrictions in a query of its own.)
        """
        restricted = PageViewRestriction.objects.annotate(
            shown=ExpressionWrapper(OuterRef("path"), output_field=CharField())
        ).filter(shown__startswith=F("page__path"))
        return self.filter(
            ~Exists(restricted),
            Q(expire_at=None) | Q(expire_at__gt=at),
            live=True,
            notice__isnull=False,
        )
