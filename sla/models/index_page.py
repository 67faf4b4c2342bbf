"""The page that lists the agreements (R31)."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_pages.models.base import BasePage


class AgreementIndexPage(BasePage):
    """The list of agreements, each with its version in force and its earlier ones."""

    subpage_types: ClassVar = ["sla.AgreementPage"]
    template = "sla/agreement_index_page.html"

    class Meta:
        verbose_name = _("list of agreements")
        verbose_name_plural = _("lists of agreements")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the agreements with their versions and states."""
        from sla.showing import overview

        context = super().get_context(request, *args, **kwargs)
        context["agreements"] = overview(request)
        return context
