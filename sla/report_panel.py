"""The panel of the admin's home: frozen months whose facts are not what they were."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from wagtail.admin.ui.components import Component

from sla.models import ReportDrift
from sla.permissions import user_can_view_reports

LIMIT = 20


class ChangedMonthsPanel(Component):
    """Nothing at all where nothing has changed, or for who may not see reports."""

    name = "changed_months"
    template_name = "sla/admin/changed_months_panel.html"
    order = 140

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The months, latest first; one query."""
        user = parent_context["request"].user if parent_context else None
        if user is None or not user_can_view_reports(user):
            return {"rows": []}
        found = ReportDrift.objects.select_related("report__version__agreement").order_by(
            "-report__month"
        )[:LIMIT]
        return {
            "rows": [
                {
                    "report": drift.report,
                    "found_at": drift.found_at,
                    "url": reverse("sla_monthreport_modeladmin_inspect", args=[drift.report_id]),
                }
                for drift in found
            ]
        }
