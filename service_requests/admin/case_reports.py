"""Asking for the report about cases, and fetching it (R22)."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core import spreadsheets
from desk_core.responses import never_store
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from service_requests import case_reports, permissions
from service_requests.enums import Kind
from service_requests.errors import CaseError
from service_requests.forms import refuse
from service_requests.models import CaseReport

_MOST_LISTED = 20
_CHOOSE = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the options."))
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": spreadsheets.XLSX_TYPE}


class ReportForm(forms.Form):
    """Which days, which kind, which file."""

    first_day = JalaliAdminDateField(
        label=gettext_lazy("Registered from"), widget=JalaliAdminDateInput()
    )
    last_day = JalaliAdminDateField(
        label=gettext_lazy("Registered until"), widget=JalaliAdminDateInput()
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("All")), *Kind.choices],
        required=False,
        error_messages=_CHOOSE,
    )
    file_format = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV")],
        error_messages=_CHOOSE,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, error_messages=_CHOOSE
    )


class CaseReportView(WagtailAdminTemplateMixin, TemplateView):
    """Ask for a report: a short one comes at once, a long one stands in the list once made."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "service_requests/admin/case_reports.html"
    page_title = gettext_lazy("Report for the ministry")
    header_icon = "table"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever may not export; kept by no cache."""
        if not permissions.user_can_export(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The file, or a line in the list."""
        form = ReportForm(request.POST)
        if form.is_valid():
            try:
                wanted = case_reports.Wanted(**form.cleaned_data)
                found = case_reports.ask(user=request.user, wanted=wanted)
            except ValidationError as error:
                refuse(form, error)
            except CaseError as error:
                form.add_error(None, str(error))
            else:
                if not isinstance(found, CaseReport):
                    return found
                messages.success(request, _("The report is being made. You find it below."))
                return redirect(reverse("service_requests_admin:case_reports"))
        messages.error(request, _("No report was made. Please correct the errors."))
        return self._show(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what the reader asked for lately."""
        return {
            "form": ReportForm(initial={"language": get_language()}),
            "reports": [
                (report, permissions.user_may_fetch_report(self.request.user, report))
                for report in CaseReport.objects.visible_to(self.request.user)[:_MOST_LISTED]
            ],
            **super().get_context_data(**kwargs),
        }

    def _show(self, form: ReportForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_safe
def case_report_file(request: HttpRequest, report_id: UUID) -> HttpResponseBase:
    """The file of a report that the reader asked for; anything else is a 404."""
    rows = CaseReport.objects.visible_to(request.user).select_related("subject_key")
    report = get_object_or_404(rows, pk=report_id)
    try:
        blocks = case_reports.fetch(report=report, user=request.user)
    except (CaseError, FileNotFoundError) as error:
        raise Http404 from error
    response = StreamingHttpResponse(blocks, content_type=_TYPES[report.file_format])
    name = case_reports.name_of(report.first_day, report.last_day)
    response["Content-Disposition"] = f'attachment; filename="{name}.{report.file_format}"'
    return never_store(response)
