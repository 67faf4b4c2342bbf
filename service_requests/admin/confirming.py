"""A page that asks once and then does one thing to one row: the base of such doors."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.responses import never_store
from service_requests.errors import CaseError


class ConfirmView(WagtailAdminTemplateMixin, TemplateView):
    """GET asks, POST does it; a row that the reader may not touch is a 404."""

    http_method_names = ["get", "post", "head", "options"]
    template_name = "service_requests/admin/confirm.html"
    question: str | Promise = ""
    button: str | Promise = ""
    done: str | Promise = ""
    index = ""

    def rows(self) -> QuerySet:
        """What the reader may know of."""
        raise NotImplementedError

    def may(self, row: Any) -> bool:
        """Whether the reader may do it to this row."""
        raise NotImplementedError

    def carry_out(self, row: Any) -> HttpResponseBase | None:
        """Do it; an answer of its own, or None for the usual one."""
        raise NotImplementedError

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """What is said of the row beside the question."""
        return []

    @cached_property
    def row(self) -> Model:
        """The row of the address."""
        found = self.rows().filter(pk=self.kwargs["pk"]).first()
        if found is None or not self.may(found):
            raise Http404
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Kept by no cache."""
        self.row  # noqa: B018 – 404 before anything else
        return never_store(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it and go back to the list."""
        try:
            answer = self.carry_out(self.row)
        except CaseError as error:
            messages.error(request, str(error))
            return redirect(self.index_url)
        if answer is not None:
            return answer
        messages.success(request, str(self.done))
        return redirect(self.index_url)

    @property
    def index_url(self) -> str:
        """The list that the row is of."""
        return reverse(self.index)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The question."""
        return super().get_context_data(
            question=self.question,
            button=self.button,
            index_url=self.index_url,
            facts=self.facts(self.row),
            **kwargs,
        )
