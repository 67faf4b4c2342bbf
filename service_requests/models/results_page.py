"""The page on which everybody reads what people thought, and what is done about it (R20, R21)."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_pages.models.base import BasePage


class SurveyResultsPage(BasePage):
    """Results of the last twelve months in aggregate, and the improvement actions.

    It has no fields of its own: the frame reads such a page in the query that finds it.
    """

    template = "service_requests/survey_results_page.html"
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("page of survey results")
        verbose_name_plural = _("pages of survey results")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The results, each with what may be shown of it."""
        from service_requests.surveys import showing

        context = super().get_context(request, *args, **kwargs)
        return context | showing.for_everybody()
