"""The staff's screens for what follows a version: its successor, or its end by mutual consent."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView
from django.views.generic.edit import FormView
from wagtail.admin import messages

from sla.consent_forms import ConsentForm
from sla.models.agreements import AgreementVersion
from sla.permissions import user_can_end_by_consent, user_can_renew
from sla.renewal import draft_successor, successor_days
from sla.showing import state_sentence
from sla.state import state_on, today
from sla.version_screen import VersionScreen

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class SuccessorView(VersionScreen, TemplateView):
    """Says what the successor's dates would be; the button drafts it, or opens the draft."""

    template_name = "sla/admin/successor.html"
    page_title = gettext_lazy("Draft the successor")
    header_icon = "copy"
    http_method_names = ["get", "post", "head", "options"]

    def may(self, user: Any, version: AgreementVersion) -> bool:
        """Whoever can renew this agreement."""
        return user_can_renew(user, version)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draft it; then to its editor, for those who edit pages."""
        try:
            page = draft_successor(
                version=self.version, actor=cast("AbstractBaseUser", request.user)
            )
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
            return redirect(self.next_url)
        values = {"version": page.version, "title": page.title}
        messages.success(request, _("The successor is drafted: “%(title)s”, %(version)s.") % values)
        if page.permissions_for_user(request.user).can_edit():
            return redirect("wagtailadmin_pages:edit", page.pk)
        messages.info(request, _("An editor can now work on its text."))
        return redirect(self.next_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The version as it stands, and the days of its successor."""
        facts = self.version.facts()
        first, last = successor_days(self.version)
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "sentence": state_sentence(state_on(facts, today()), facts, today()),
            "first": first,
            "last": last,
            "action_url": self.request.get_full_path(),
            "next_url": self.next_url,
        }


class ConsentView(VersionScreen, FormView):
    """Takes the letters by which both organisations end their agreement."""

    form_class = ConsentForm
    template_name = "sla/admin/consent.html"
    page_title = gettext_lazy("End by mutual consent")
    header_icon = "cross"

    def may(self, user: Any, version: AgreementVersion) -> bool:
        """Whoever records signatures."""
        return user_can_end_by_consent(user, version)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form needs its version."""
        return super().get_form_kwargs() | {"version": self.version}

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        """Record it; what the verb refuses is shown in the form."""
        if form.save(self.request.user) is None:
            return self.form_invalid(form)
        messages.success(self.request, _("The end by mutual consent is recorded."))
        return redirect(self.next_url)

    def form_invalid(self, form: ConsentForm) -> HttpResponse:
        """Show the form again, and say so at the top."""
        messages.error(self.request, _("Nothing was recorded. Please correct the errors."))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is to be ended, and where the form goes."""
        context = super().get_context_data(**kwargs)
        facts = self.version.facts()
        return context | {
            "version": self.version,
            "possible": self.version.g2g and facts.signed_on is not None,
            "sentence": state_sentence(state_on(facts, today()), facts, today()),
            "action_url": self.request.get_full_path(),
            "next_url": self.next_url,
            "submit_button_label": _("Record the end"),
            "submit_button_active_label": _("Recording…"),
            "media": context["form"].media,
        }


def successor_url(version: AgreementVersion) -> str:
    """Where the successor of a version is drafted."""
    return reverse("sla_admin:successor", args=[version.pk])
