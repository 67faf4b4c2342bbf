"""Handing out the data of one person or one organisation, after their identity was checked."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.responses import never_store
from persian.widgets import CodeInput, DigitsInput, PhoneInput
from service_requests import permissions
from service_requests.enums import ExportReason, IdentifierField, IdentityDocument
from service_requests.errors import CaseError
from service_requests.forms import HINTS, LABELS, refuse
from service_requests.serving import export_response
from service_requests.subject_export import finding, handing_out

_LONGEST = 200
# How many cases the screen names; those found by the person's own number go in all the same.
_MOST_NAMED = 300
_CHOOSE = [("", gettext_lazy("Choose …"))]
_WIDGETS = {
    IdentifierField.NATIONAL_ID: DigitsInput,
    IdentifierField.LEGAL_ID: DigitsInput,
    IdentifierField.FOREIGN_ID: CodeInput,
    IdentifierField.MOBILE: PhoneInput,
}
_HINTS = HINTS | {
    "mobile": gettext_lazy(
        "Finds submissions that bear no identity number. Telephones are shared: choose by hand."
    )
}


class SubjectForm(forms.Form):
    """Whose data; at least one number. The verb cleans, here the text only travels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, widget in _WIDGETS.items():
            self.fields[name] = forms.CharField(
                label=LABELS[name],
                help_text=_HINTS.get(name, ""),
                required=False,
                max_length=_LONGEST,
                widget=widget(attrs={"autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Let the verb judge, and put its words beside the fields."""
        cleaned = super().clean() or {}
        try:
            cleaned["identifiers"] = finding.clean(cleaned)
        except ValidationError as error:
            refuse(self, error)
        return cleaned


class HandOutForm(forms.Form):
    """Why, and how it is known that it is they."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Who asked for it?"),
        choices=[*_CHOOSE, *ExportReason.choices],
        required=False,
    )
    document = forms.ChoiceField(
        label=gettext_lazy("Which document did you see?"),
        choices=[*_CHOOSE, *IdentityDocument.choices],
        required=False,
    )
    reference = forms.CharField(
        label=gettext_lazy("Number under which the request was registered"),
        help_text=gettext_lazy("The letter number in the secretariat, without names."),
        max_length=_LONGEST,
        required=False,
        widget=CodeInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the export"), choices=settings.LANGUAGES, required=False
    )
    identity_checked = forms.BooleanField(
        label=gettext_lazy(
            "I have checked that the numbers above are those of the person or organisation that "
            "asked, and that whoever takes the file may have it."
        ),
        required=False,
    )


class DataExportView(WagtailAdminTemplateMixin, TemplateView):
    """Find first, then hand out; both by POST, so that no number stands in an address."""

    template_name = "service_requests/admin/data_export.html"
    page_title = gettext_lazy("Hand out somebody's data")
    header_icon = "download"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever may not export; kept by no cache."""
        if not permissions.user_can_export(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Show what there is, or send it."""
        subject = SubjectForm(request.POST)
        if not subject.is_valid():
            messages.error(request, _("Nothing was searched. Please correct the errors."))
            return self._show(422, subject=subject)
        if "hand_out" in request.POST:
            return self._hand_out(request, subject)
        found = handing_out.find(user=request.user, identifiers=subject.cleaned_data["identifiers"])
        return self._show(200, subject=subject, found=found)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The forms, and what was found."""
        context = super().get_context_data(**kwargs)
        found = kwargs.get("found")
        return {
            "subject": SubjectForm(),
            "hand_out": HandOutForm(initial={"language": settings.LANGUAGE_CODE}),
            "added": frozenset(self.request.POST.getlist("added")),
            "left_out": frozenset(self.request.POST.getlist("left_out")),
            "theirs": found.theirs[:_MOST_NAMED] if found else [],
            "perhaps": found.perhaps[:_MOST_NAMED] if found else [],
            "unnamed": max(0, len(found.theirs) - _MOST_NAMED) if found else 0,
            **context,
        }

    def _hand_out(self, request: HttpRequest, subject: SubjectForm) -> HttpResponseBase:
        form = HandOutForm(request.POST)
        identifiers = subject.cleaned_data["identifiers"]
        if form.is_valid():
            try:
                export = handing_out.for_staff(
                    user=request.user,
                    identifiers=identifiers,
                    added=request.POST.getlist("added"),
                    left_out=request.POST.getlist("left_out"),
                    **form.cleaned_data,
                )
            except ValidationError as error:
                refuse(form, error)
            except CaseError as error:
                form.add_error(None, str(error))
            else:
                return export_response(export)
        messages.error(request, _("Nothing was handed out. Please correct the errors."))
        found = handing_out.find(user=request.user, identifiers=identifiers)
        return self._show(422, subject=subject, hand_out=form, found=found)

    def _show(self, status: int, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)
