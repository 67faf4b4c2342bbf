"""The requests about one notice: those that are linked to it, and those that may be."""

from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.modeladmin.counting import CappedPaginator
from desk_core.responses import never_store
from notices.models import Notice
from service_requests import paging, permissions
from service_requests.about_notices import shown, suggesting
from service_requests.enums import SurveyPurpose
from service_requests.models import Case, GroupAnswer
from service_requests.surveys import showing

PER_PAGE = 50
_LISTS = ("linked", "suggested")


class OfNotice:
    """What the screens of one notice share: another's is a 404, kept by no cache."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def notice(self) -> Notice:
        """The notice of the address, for whoever may ask for its requests."""
        found = shown.notices_known_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """404 before anything else."""
        self.notice  # noqa: B018 – 404 before anything else
        return never_store(super().dispatch(request, *args, **kwargs))  # type: ignore[misc]


class AboutNoticeView(OfNotice, WagtailAdminTemplateMixin, TemplateView):
    """Both lists by pages, of the cases that the reader may know of and no others."""

    http_method_names = ["get", "head", "options"]
    template_name = "service_requests/admin/about_notice.html"
    page_title = gettext_lazy("Requests about this notice")
    header_icon = "mail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The notice, its requests, and what was answered in one go."""
        user = self.request.user
        cases: Any = Case.objects.visible_to(user)
        return super().get_context_data(
            notice=self.notice,
            phase=self.notice.phase(timezone.now()),
            lists=[
                (name, self._page(name, rows))
                for name, rows in zip(
                    _LISTS,
                    (cases.linked_to(self.notice), suggesting.cases_for(self.notice, cases)),
                    strict=True,
                )
            ],
            may_act=permissions.user_can_act_in_bulk(user),
            survey=self._survey(),
            answers=GroupAnswer.objects.visible_to(user).filter(notice=self.notice)[:5],
            **kwargs,
        )

    def _survey(self) -> showing.Results | None:
        """What people thought after outages: of all of them together, for whoever sees surveys.

        An answer does not say after which outage: the few of one would point at somebody.
        """
        if not permissions.user_can_list_surveys(self.request.user):
            return None
        return showing.results_for_staff(SurveyPurpose.OUTAGE)

    def _page(self, name: str, rows: Any) -> Page:
        """One page of a list; a number that is none is the first, one too high the last."""
        ordered = rows.for_list().order_by(*paging.NEWEST)
        return CappedPaginator(ordered, PER_PAGE).get_page(self.request.GET.get(name, "1"))
