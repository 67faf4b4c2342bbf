"""The home page: what this desk does, the two actions, the services by need, the departments."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page

from cms_pages.blocks import BodyBlock
from cms_pages.models.base import BasePage
from cms_pages.models.content import stream_texts
from cms_pages.models.services import Need, Service

if TYPE_CHECKING:
    from django.http import HttpRequest

# Services shown below each need; the rest are one click away.
SERVICES_A_NEED = 4


@dataclass
class NeedCard:
    """A need and the pages of the services that answer it."""

    need: Need
    pages: list[Page] = field(default_factory=list)

    @property
    def shown(self) -> list[Page]:
        """The first few."""
        return self.pages[:SERVICES_A_NEED]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, len(self.pages) - SERVICES_A_NEED)


class HomePage(BasePage):
    """The root of a site in one language."""

    hero_sentence = models.CharField(
        _("what this desk does, in one sentence"), max_length=250, blank=True
    )
    body = StreamField(BodyBlock(), verbose_name=_("more"), blank=True)

    content_panels: ClassVar = [
        *BasePage.content_panels,
        FieldPanel("hero_sentence"),
        FieldPanel("body"),
    ]
    api_fields: ClassVar = [*BasePage.api_fields, APIField("hero_sentence"), APIField("body")]
    template = "cms_pages/home_page.html"
    parent_page_types: ClassVar = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def texts(self) -> Iterable[str]:
        """The sentence and the blocks."""
        return [*super().texts(), self.hero_sentence, *stream_texts(self.body)]

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the services by need and the departments."""
        context = super().get_context(request, *args, **kwargs)
        pages = list(self._fact_pages())
        services = [p.desk_servicepage for p in pages if hasattr(p, "desk_servicepage")]
        context["service_index"] = next(
            (p for p in pages if hasattr(p, "desk_serviceindexpage")), None
        )
        context["department_index"] = next(
            (p for p in pages if hasattr(p, "desk_departmentindexpage")), None
        )
        context["need_cards"] = _by_need(services)
        context["services"] = services
        context["departments"] = [
            p.desk_departmentpage
            for p in pages
            if hasattr(p, "desk_departmentpage")
            and p.desk_departmentpage.department.parent_id is None
        ]
        return context

    def _fact_pages(self) -> "models.QuerySet[Page]":
        """Pages of active services and departments and of their lists: two queries for all."""
        offered = models.Q(desk_servicepage__service__active=True) & models.Q(
            desk_servicepage__service__department__active=True
        )
        return (
            Page.objects.descendant_of(self)
            .live()
            .filter(
                offered
                | models.Q(desk_departmentpage__department__active=True)
                | models.Q(desk_serviceindexpage__isnull=False)
                | models.Q(desk_departmentindexpage__isnull=False)
            )
            .select_related(
                "desk_servicepage__service",
                "desk_departmentpage__department",
                "desk_serviceindexpage",
                "desk_departmentindexpage",
            )
            .prefetch_related(
                Prefetch("desk_servicepage__service__needs", queryset=Need.objects.all()),
            )
            .order_by(
                "desk_servicepage__service__sort_order",
                "desk_departmentpage__department__sort_order",
                "path",
            )
        )


def _by_need(pages: list[Any]) -> list[NeedCard]:
    cards: dict[int, NeedCard] = {}
    for page in pages:
        service: Service = page.service
        for need in service.needs.all():
            cards.setdefault(need.pk, NeedCard(need)).pages.append(page)
    return sorted(cards.values(), key=lambda card: (card.need.sort_order, card.need.name_key))
