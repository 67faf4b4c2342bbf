"""The directory of departments (R5)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from cms_pages.blocks import BodyBlock
from cms_pages.models.base import BasePage
from cms_pages.models.content import stream_texts
from cms_pages.models.departments import Department

if TYPE_CHECKING:
    from django.http import HttpRequest


class DepartmentIndexPage(BasePage):
    """All departments with their contacts."""

    template = "cms_pages/department_index_page.html"
    subpage_types: ClassVar = ["cms_pages.DepartmentPage"]

    class Meta:
        verbose_name = _("list of departments")
        verbose_name_plural = _("lists of departments")

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the pages of the active departments, units below their department."""
        context = super().get_context(request, *args, **kwargs)
        pages = list(
            DepartmentPage.objects.child_of(self)
            .live()
            .filter(department__active=True)
            .select_related("department")
            .order_by("department__sort_order", "path")
        )
        shown = {page.department_id for page in pages}
        context["departments"] = [
            {
                "page": page,
                "units": [p for p in pages if p.department.parent_id == page.department_id],
            }
            for page in pages
            if page.department.parent_id not in shown
        ]
        return context


class DepartmentPage(BasePage):
    """One department, shown: contacts and hours are its own facts, the rest is text."""

    department = models.ForeignKey(
        Department, verbose_name=_("department"), on_delete=models.PROTECT, related_name="pages"
    )
    body = StreamField(BodyBlock(), verbose_name=_("what it does"), blank=True)

    content_panels: ClassVar = [
        *BasePage.content_panels,
        FieldPanel("department"),
        FieldPanel("body"),
    ]
    api_fields: ClassVar = [
        *BasePage.api_fields,
        APIField("contact"),
        APIField("body"),
    ]
    select_with_page: ClassVar[tuple[str, ...]] = ("department",)
    template = "cms_pages/department_page.html"
    parent_page_types: ClassVar = ["cms_pages.DepartmentIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("department page")
        verbose_name_plural = _("department pages")

    @property
    def contact(self) -> dict[str, str]:
        """For the API: the contacts of the department."""
        unit = self.department
        return {
            "key": unit.key,
            "phone": unit.phone,
            "email": unit.email,
            "address": unit.postal_address,
        }

    def clean(self) -> None:
        """One page for a department and language."""
        super().clean()
        if self.department_id is None:
            return
        others = DepartmentPage.objects.filter(
            department_id=self.department_id, locale_id=self.locale_id, alias_of=None
        ).exclude(pk=self.pk)
        if others.exists():
            raise ValidationError(
                {"department": _("This department already has a page in this language.")}
            )

    def texts(self) -> Iterable[str]:
        """The department's names and contacts too."""
        unit = self.department
        own = [unit.name, unit.name_en, unit.phone, unit.description, *stream_texts(self.body)]
        return [*super().texts(), *own]

    def get_context(self, request: "HttpRequest", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the pages of its services, in the language of this page."""
        from cms_pages.models.service_pages import ServicePage

        context = super().get_context(request, *args, **kwargs)
        context["services"] = (
            ServicePage.objects.live()
            .filter(
                service__department_id=self.department_id,
                service__active=True,
                locale_id=self.locale_id,
            )
            .select_related("service")
            .order_by("service__sort_order", "path")
        )
        return context
