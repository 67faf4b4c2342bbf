"""The catalogue of services (R16, R17) and the service passport (R18, R30)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from cms_pages.blocks import (
    AccessBlock,
    BodyBlock,
    NeededDocumentsBlock,
    QuestionsBlock,
    ServiceStepsBlock,
)
from cms_pages.catalogue import Catalogue
from cms_pages.enums import Channel, Stage
from cms_pages.frame import frame_for
from cms_pages.models.base import BasePage
from cms_pages.models.content import stream_texts
from cms_pages.models.services import Service

if TYPE_CHECKING:
    from django.http import HttpRequest


class ServiceIndexPage(BasePage):
    """All services, electronic and not, to be narrowed by need, life event or words."""

    template = "cms_pages/service_index_page.html"
    subpage_types: ClassVar = ["cms_pages.ServicePage"]

    class Meta:
        verbose_name = _("list of services")
        verbose_name_plural = _("lists of services")

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the catalogue, narrowed by the query string."""
        context = super().get_context(request, *args, **kwargs)
        pages = (
            ServicePage.objects.child_of(self)
            .live()
            .filter(service__active=True, service__department__active=True)
            .select_related("service__department")
            .prefetch_related("service__needs")
            .order_by("service__sort_order", "path")
        )
        context["catalogue"] = Catalogue(pages, request.GET)
        return context


class ServicePage(BasePage):
    """The passport of one service in one language; figures and classes are the service's own."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="pages"
    )
    duration = models.CharField(
        _("how long it takes"),
        max_length=150,
        blank=True,
        help_text=_("The usual time in words; a promise belongs into the agreement."),
    )
    frequency = models.CharField(
        _("how often it is needed"), max_length=150, blank=True, help_text=_("For example: once.")
    )
    recipients = models.CharField(
        _("who may use it"), max_length=250, blank=True, help_text=_("For example: land owners.")
    )
    link = models.URLField(
        _("address of the electronic service"),
        blank=True,
        help_text=_("Where it starts, if not by a request here."),
    )
    where = models.CharField(
        _("where to get it in person"),
        max_length=250,
        blank=True,
        help_text=_("For services that are not electronic; empty: the address of the department."),
    )
    documents = StreamField(NeededDocumentsBlock(), verbose_name=_("needed documents"), blank=True)
    steps = StreamField(ServiceStepsBlock(), verbose_name=_("steps"), blank=True)
    access = StreamField(AccessBlock(), verbose_name=_("ways to reach it, by stage"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("description"), blank=True)
    questions = StreamField(
        [("questions", QuestionsBlock())], verbose_name=_("questions"), blank=True, max_num=1
    )

    content_panels: ClassVar = [
        *BasePage.content_panels,
        FieldPanel("service"),
        FieldPanel("body"),
        FieldPanel("documents"),
        FieldPanel("steps"),
        MultiFieldPanel(
            [
                FieldPanel("duration"),
                FieldPanel("frequency"),
                FieldPanel("recipients"),
                FieldPanel("link"),
                FieldPanel("where"),
            ],
            heading=_("In the passport"),
        ),
        FieldPanel("access"),
        FieldPanel("questions"),
    ]
    api_fields: ClassVar = [
        *BasePage.api_fields,
        APIField("passport"),
        *map(
            APIField,
            [
                "duration",
                "frequency",
                "recipients",
                "link",
                "where",
                "documents",
                "steps",
                "access",
                "body",
                "questions",
            ],
        ),
    ]
    select_with_page: ClassVar[tuple[str, ...]] = ("service__department",)
    template = "cms_pages/service_page.html"
    parent_page_types: ClassVar = ["cms_pages.ServiceIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("service passport")
        verbose_name_plural = _("service passports")

    @property
    def passport(self) -> dict[str, Any]:
        """For the API: the figures and classes of the passport, as codes."""
        service = self.service
        return {
            "key": service.key,
            "code": service.code,
            "name": str(service),
            "department": service.department.key,
            "part_of": service.parent.key if service.parent else None,
            "delivery": service.delivery,
            "audience": service.audience,
            "nature": service.nature,
            "level": service.level,
            "life_event": service.life_event,
            "needs": [need.key for need in service.needs.all()],
            "start": service.start,
            "visits": service.visits,
            "recipients_per_year": service.recipients_per_year,
            "free": service.is_free,
            "fee": 0 if service.is_free else service.fee,
            "active": service.active,
        }

    def clean(self) -> None:
        """One passport for a service and language, and none with a fee that a rule refuses."""
        super().clean()
        if self.service_id is None:
            return
        others = ServicePage.objects.filter(
            service_id=self.service_id, locale_id=self.locale_id, alias_of=None
        ).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError(
                {"service": _("This service already has a passport in this language.")}
            )
        if refused := self.service.fee_conflicts():
            raise ValidationError({"service": refused})

    def texts(self) -> Iterable[str]:
        """The service's names and code, and every part of the passport."""
        service = self.service
        own = [service.name, service.name_en, service.code, self.duration, self.recipients]
        streams = [self.body, self.documents, self.steps, self.access, self.questions]
        own += [self.where, str(service.department)]
        return [*super().texts(), *own, *(text for s in streams for text in stream_texts(s))]

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the address where the service starts ("" for none), and the services around it."""
        context = super().get_context(request, *args, **kwargs)
        register = frame_for(request).actions.get("register", "")
        context["service"] = self.service
        around = self._around()
        context["whole"] = next((p for p in around if p.service_id == self.service.parent_id), None)
        context["parts"] = [p for p in around if p.service.parent_id == self.service_id]
        context["access"] = [_row(block.value) for block in self.access]
        context["start_url"] = self.link or (
            f"{register}?service={self.service.key}" if register else ""
        )
        return context

    def _around(self) -> "list[ServicePage]":
        """The pages, in this language, of what the service is part of and of its parts."""
        near = models.Q(service__parent=self.service_id) | models.Q(service=self.service.parent_id)
        return list(
            ServicePage.objects.live()
            .filter(near, service__active=True, locale_id=self.locale_id)
            .select_related("service")
            .defer_streamfields()
            .order_by("service__sort_order", "path")
        )


def _row(stage: Any) -> dict[str, Any]:
    """One stage with its labels; a channel that no longer exists is left out."""
    channels = [Channel(code).label for code in stage["channels"] if code in Channel.values]
    known = stage["stage"] in Stage.values
    return {
        "stage": Stage(stage["stage"]).label if known else stage["stage"],
        "channels": channels,
        "link": stage["link"],
        "note": stage["note"],
    }
