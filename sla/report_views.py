"""The staff's screens for closed months: revising one, and the cases behind a figure."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core import audit
from sla.attainment import Outcome
from sla.counting import judged
from sla.document import read_canonical
from sla.measures import TimedMeasure, source_of
from sla.models import MonthReport, SignedText
from sla.months import Period, is_month, label
from sla.performance.names import names_in_language, stored_names
from sla.performance.words import sentence
from sla.permissions import user_can_revise_reports, user_can_view_counted_cases
from sla.reports import LONGEST_REASON, NothingChanged, revise

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

ON_A_PAGE = 50
_LABELS = {
    Outcome.KEPT: gettext_lazy("Kept in time"),
    Outcome.LATE: gettext_lazy("Too late"),
    Outcome.OVERDUE: gettext_lazy("Open and overdue"),
    Outcome.NOT_DUE: gettext_lazy("Not yet due"),
    Outcome.WAITING: gettext_lazy("Waiting for the applicant"),
}


class ReasonForm(forms.Form):
    """Why a closed month is counted again; the reason is public."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "It is shown on the performance page beside the figures. Name no person and no case."
        ),
    )


class ReviseMonthView(WagtailAdminTemplateMixin, FormView):
    """Counts a closed month again and keeps both: the earlier report and the new one."""

    form_class = ReasonForm
    template_name = "sla/admin/revise_month.html"
    page_title = gettext_lazy("Revise a closed month")
    header_icon = "history"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not revise."""
        if not user_can_revise_reports(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def report(self) -> MonthReport:
        """The report of the address; 404 when there is none."""
        rows = MonthReport.objects.select_related("version__agreement", "drift")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Agreement, version and month."""
        return f"{self.report.version.agreement} – {self.report.version} – {self.report}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, then this."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("sla_monthreport_modeladmin_index"), "label": _("Month reports")},
            {"url": "", "label": self.get_page_subtitle()},
        ]

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        """Revise; what the verb refuses is shown in the form."""
        try:
            made = revise(
                version=self.report.version,
                month=self.report.month,
                reason=form.cleaned_data["reason"],
                actor=self.request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        except NothingChanged:
            form.add_error(None, _("Nothing has changed: the report that holds says the same."))
            return self.form_invalid(form)
        messages.success(self.request, _("The month was counted again; the earlier report stays."))
        return redirect("sla_monthreport_modeladmin_inspect", made.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where the form goes."""
        return super().get_context_data(**kwargs) | {
            "report": self.report,
            "changed": hasattr(self.report, "drift"),
            "action_url": self.request.get_full_path(),
            "submit_button_label": _("Count again"),
            "submit_button_active_label": _("Counting…"),
        }


class CountedCasesView(WagtailAdminTemplateMixin, TemplateView):
    """The codes of the cases behind one figure, those that the reader may know of."""

    template_name = "sla/admin/counted_cases.html"
    page_title = gettext_lazy("The cases behind a figure")
    header_icon = "list-ul"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever works with no cases."""
        if not user_can_view_counted_cases(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def text(self) -> SignedText:
        """The signed text of the version; 404 when there is none."""
        rows = SignedText.objects.select_related("version__agreement")
        return get_object_or_404(rows, version=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Agreement, version and month."""
        version = self.text.version
        return f"{version.agreement} – {version} – {label(self.kwargs['month'])}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_subtitle()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of cases, each once, longest due first, with what became of it."""
        month = self.kwargs["month"]
        if not is_month(month):
            raise Http404
        document = read_canonical(self.text.body)
        target = next((row for row in document.targets if row.key == self.kwargs["target"]), None)
        source = source_of(target.measure) if target else None
        if target is None or not isinstance(source, TimedMeasure):
            raise Http404
        as_of = min(Period(month).ends, timezone.now())
        clocks = (
            judged(self.kwargs["pk"], month, as_of)
            .filter(
                target_key=target.key,
                subject__in=source.visible_subjects(self.request.user),
            )
            .select_related("department")
        )
        page = Paginator(clocks.order_by("due_at", "pk"), ON_A_PAGE).get_page(
            self.request.GET.get("p")
        )
        audit.record(
            action="figure.cases",
            actor=cast("AbstractBaseUser", self.request.user),
            target=f"sla.agreementversion:{self.kwargs['pk']}",
            detail={"month": month, "target": target.key},
        )
        return super().get_context_data(**kwargs) | {
            "sentence": sentence(target, names_in_language(stored_names())),
            "page_obj": page,
            "rows": _rows(list(page.object_list), source),
        }


def _rows(clocks: list[Any], source: TimedMeasure) -> list[dict[str, Any]]:
    """`clocks` as `counting.judged` gives them."""
    addresses = source.addresses([clock.subject for clock in clocks])
    return [
        {
            "clock": clock,
            "url": addresses.get(clock.subject, ""),
            "kind": source.kinds.get(clock.kind, clock.kind),
            "outcome": _LABELS[Outcome(clock.became)],
        }
        for clock in clocks
    ]
