"""The page on which an editor shapes a form, and where citizens begin it.

The page shows the fact `FormVersion` that its last publication made; drafts of the page, moving,
copying or deleting it touch no version and no case.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from cms_pages.models import BasePage, Department, Service
from service_requests.blocks import StepsBlock
from service_requests.enums import Kind
from service_requests.form_page_form import RequestFormPageForm
from service_requests.models.request_forms import FormVersion, RequestForm
from service_requests.request_forms.definition import Definition

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest


class RequestFormPage(BasePage):
    """A form in one language."""

    template = "service_requests/request_form_page.html"
    subpage_types: ClassVar[list[str]] = []
    # A copy is a form of its own from its first publication on; a translation finds the form
    # again by its translation key.
    exclude_fields_in_copy: ClassVar = ["version"]

    version = models.ForeignKey(
        FormVersion,
        verbose_name=_("published version"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="pages",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.REQUEST)
    departments = ParentalManyToManyField(
        Department,
        verbose_name=_("departments"),
        blank=True,
        related_name="+",
        help_text=_("None: any department, or the department of the service."),
    )
    services = ParentalManyToManyField(
        Service,
        verbose_name=_("services"),
        blank=True,
        related_name="+",
        help_text=_("With one, every case is about it; with several, the applicant chooses."),
    )
    for_natural = models.BooleanField(_("natural persons"), default=True)
    for_legal = models.BooleanField(_("legal persons"), default=True)
    for_foreign = models.BooleanField(_("foreign nationals"), default=True)
    steps = StreamField(StepsBlock(), verbose_name=_("steps and questions"), blank=True)

    base_form_class = RequestFormPageForm
    content_panels: ClassVar = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("departments"),
                FieldPanel("services"),
                FieldRowPanel(
                    [
                        FieldPanel("for_natural"),
                        FieldPanel("for_legal"),
                        FieldPanel("for_foreign"),
                    ],
                    heading=_("Who may use it"),
                ),
            ],
            heading=_("What it is for"),
        ),
        FieldPanel("steps"),
    ]
    select_with_page: ClassVar[tuple[str, ...]] = ("version__form",)
    api_fields: ClassVar = [*BasePage.api_fields, APIField("form")]

    class Meta:
        verbose_name = _("request form")
        verbose_name_plural = _("request forms")

    @property
    def offered(self) -> FormVersion | None:
        """The version that is asked now; an alias shows that of its original."""
        if self.version_id is None and self.alias_of_id is not None:
            return FormVersion.objects.filter(pages=self.alias_of_id).first()
        return self.version

    @property
    def form(self) -> dict[str, Any] | None:
        """For the API: which form it is; the desk API has its questions."""
        version = self.offered
        if version is None:
            return None
        return {"key": version.form.key, "version": version.pk, "kind": version.questions.kind}

    def known_form(self) -> RequestForm | None:
        """The fact behind the page and its translations, once one of them was published."""
        return RequestForm.objects.filter(origin=self.translation_key).first()

    def texts(self) -> Iterable[str]:
        """What is asked, for the search."""
        version = self.offered
        definition = version.questions if version is not None else None
        return [*super().texts(), *(_words(definition) if definition else ())]

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """An old or a copied draft never brings a version along, and never takes one away."""
        found = super().with_content_json(content)
        found.version_id = self.version_id
        return found

    def shown_at(self, at: "datetime") -> bool:
        """Only what was published as a form."""
        return self.offered is not None and super().shown_at(at)

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What is asked, where one begins, and whether anybody receives it now."""
        from service_requests.request_forms.filling import can_be_sent

        context = super().get_context(request, *args, **kwargs)
        version = self.offered
        if version is not None:
            context["definition"] = version.questions
            context["can_be_sent"] = can_be_sent(version.questions)
            context["begin_url"] = reverse("service_requests:form", args=[version.form.key])
        return context


def _words(definition: Definition) -> Iterable[str]:
    for step in definition.steps:
        yield step.title
        yield from (question.label for question in step.questions)
