"""Questions asked of notice pages; the one place that knows what "public" means for a notice."""

from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from cms_pages.models import Service
from desk_core.statements import Slot


class DraftNames(NamedTuple):
    """What a page that shows no notice yet would say, as far as it matters whose it is."""

    notice: UUID | None
    departments: frozenset[int]


class NoticePageQuerySet(PageQuerySet):
    """Pages that show notices."""

    def drafts_named(self, most: int) -> dict[int, DraftNames]:
        """The newest drafts with the departments of the services they name; two queries.

        `notice` is the fact that a translation will show once it is published.
        """
        fact = apps.get_model("notices.Notice")._default_manager.filter(
            origin=OuterRef("translation_key")
        )
        rows = list(
            self.filter(notice=None)
            .exclude(latest_revision=None)
            .annotate(known=Subquery(fact.values("pk")[:1]))
            .order_by("-pk")
            .values_list("pk", "known", "latest_revision__content__affected_services")[:most]
        )
        services = {key for _pk, _known, named in rows for key in named or ()}
        departments = dict(
            Service.objects.filter(pk__in=services).values_list("pk", "department_id")
        )
        return {
            pk: DraftNames(
                known, frozenset(departments[key] for key in named or () if key in departments)
            )
            for pk, known, named in rows
        }

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
