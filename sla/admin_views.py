"""The staff's screen for recording a signature, given on paper or digitally (R32)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sla.document import Document
from sla.forms import StaffSignatureForm
from sla.models.agreements import AgreementVersion
from sla.page_panels import told, warnings
from sla.pdfs import offer_pdf, seal_problem
from sla.permissions import user_can_invite_signatory, user_can_record_signature
from sla.views.texts import pdf_response


class RecordSignatureView(WagtailAdminTemplateMixin, FormView):
    """Shows the text on offer, and takes the signature's data and its scanned letter."""

    form_class = StaffSignatureForm
    template_name = "sla/admin/record_signature.html"
    page_title = gettext_lazy("Record a signature")
    header_icon = "edit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not record signatures."""
        if not user_can_record_signature(request.user, self.version):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def version(self) -> AgreementVersion:
        """The version of the address; 404 when there is none."""
        rows = AgreementVersion.objects.select_related("agreement", "signed_text")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def next_url(self) -> str:
        """Where to go afterwards: where the form was opened, else the page of the version."""
        inspected = reverse("sla_agreementversion_modeladmin_inspect", args=[self.version.pk])
        return get_valid_next_url_from_request(self.request) or inspected

    def get_page_subtitle(self) -> str:
        """The agreement and its version."""
        return f"{self.version.agreement} – {self.version}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_subtitle()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form needs its version."""
        return super().get_form_kwargs() | {"version": self.version}

    def form_valid(self, form: StaffSignatureForm) -> HttpResponse:
        """Record it; what the verb refuses is shown in the form."""
        if form.save(self.request.user) is None:
            return self.form_invalid(form)
        messages.success(self.request, _("The signature is recorded and the text is sealed."))
        return redirect(self.next_url)

    def form_invalid(self, form: StaffSignatureForm) -> HttpResponse:
        """Show the form again, and say so at the top."""
        reason = _("The signature was not recorded. Please correct the errors.")
        messages.error(self.request, reason)
        return super().form_invalid(form)

    def _notes(self, document: Document | None) -> list[str]:
        """What the recorder should know first: how it follows the others, fees to be removed."""
        if document is None:
            return []
        return [*warnings(self.version, document), *told(self.version, document)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The text on offer, who still has to sign, and where the form goes."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "version": self.version,
            "document": form.document,
            "sentences": form.sentences,
            "notes": self._notes(form.document),
            "waiting": [name for _key, name in form.fields["party"].choices],
            "action_url": self.request.get_full_path(),
            "next_url": self.next_url,
            "may_invite": user_can_invite_signatory(self.request.user, self.version),
            "seal_problem": seal_problem(),
            "submit_button_label": _("Record the signature"),
            "submit_button_active_label": _("Recording…"),
            "media": form.media,
        }


@require_safe
def offered_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF of the text on offer, for a signatory who signs digitally."""
    version = get_object_or_404(AgreementVersion.objects.select_related("agreement"), pk=pk)
    if not user_can_record_signature(request.user, version):
        raise PermissionDenied
    found = offer_pdf(version)
    if found is None:
        raise Http404
    name = f"agreement-{version.agreement.key}-{version.number}-to-sign.pdf"
    return pdf_response(request, found, name)
