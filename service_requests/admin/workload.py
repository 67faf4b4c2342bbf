"""How much work lies with whom, on one screen."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.responses import never_store
from service_requests import permissions, workload


class WorkloadView(WagtailAdminTemplateMixin, TemplateView):
    """A table for each department that the reader answers for."""

    http_method_names = ["get", "head", "options"]
    template_name = "service_requests/admin/workload.html"
    page_title = gettext_lazy("Workload")
    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever leads nothing."""
        if not permissions.user_can_see_workload(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The figures."""
        return {
            **super().get_context_data(**kwargs),
            "loads": workload.of_led(self.request.user),
        }
