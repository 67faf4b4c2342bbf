"""Registering a case for somebody who came, called or wrote a letter."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.edit import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_pages.models import Department, Service
from desk_core.responses import never_store
from persian.identifiers import postal_code_warning
from service_requests import intake, permissions, submissions
from service_requests.admin.case_screen import slip
from service_requests.attachments import IncomingFile
from service_requests.enums import STAFF_SOURCES, Kind, PersonType, Source
from service_requests.errors import CaseError
from service_requests.forms import HINTS, LABELS, files_field, refuse, text_field
from service_requests.receipts import new_submission_key
from service_requests.submissions import CONTACT_FIELDS, TEXT_FIELDS

_EMPTY = [("", gettext_lazy("Choose …"))]
_WORDS = ("subject", "body", "previous_letter_number")
# What the citizens' form says to the applicant, said of the applicant.
_LABELS = LABELS | {
    "body": gettext_lazy("Text of the applicant"),
    "department": gettext_lazy("Department that it is for"),
    "complained_department": gettext_lazy("Department complained of"),
}
_HINTS = HINTS | {
    "mobile": gettext_lazy("The tracking code is sent here. Example: 0912 345 6789"),
    "email": gettext_lazy("If there is one, the tracking code is sent here too."),
    "body": gettext_lazy(
        "What happened, where and when, and what is asked for. 10 to 5000 characters."
    ),
    "previous_letter_number": gettext_lazy("If the applicant has written about this before."),
}


class RegisterForm(forms.Form):
    """Every field at once; what is right for whom is `submissions.clean`'s to say."""

    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=128)
    # The postal code that the person was asked about and left as it is.
    asked_about = forms.CharField(widget=forms.HiddenInput, required=False)
    source = forms.ChoiceField(
        label=gettext_lazy("How did it arrive?"),
        choices=[(source.value, source.label) for source in STAFF_SOURCES],
        widget=forms.RadioSelect,
        initial=Source.WALK_IN,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the applicant"), choices=settings.LANGUAGES
    )
    kind = forms.ChoiceField(choices=Kind, label=gettext_lazy("Kind"), initial=Kind.REQUEST)
    person_type = forms.ChoiceField(
        choices=PersonType, label=gettext_lazy("Applicant"), initial=PersonType.NATURAL
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission_key"].initial = new_submission_key
        departments = [(row.key, str(row)) for row in Department.objects.active()]
        services = [(row.key, str(row)) for row in Service.objects.active()]
        for name, choices in (
            ("department", departments),
            ("complained_department", departments),
            ("service", services),
        ):
            self.fields[name] = forms.ChoiceField(
                label=_LABELS[name], choices=[*_EMPTY, *choices], required=False
            )
        for name in TEXT_FIELDS:
            field = text_field(name, required=False)
            # The verb cleans; here the text only travels.
            self.fields[name] = forms.CharField(
                label=_LABELS[name],
                help_text=_HINTS.get(name, ""),
                required=False,
                widget=field.widget,
                strip=False,
            )
        self.fields["files"] = files_field()
        self.fields["consent"] = forms.BooleanField(
            required=False,
            label=gettext_lazy(
                "The applicant has read, or been told, the agreement and the privacy statement, "
                "and agrees."
            ),
        )
        for name, field in self.fields.items():
            _mark(name, field)

    def clean(self) -> dict[str, Any]:
        """Let the one gate judge, and put its words beside the fields."""
        cleaned = super().clean() or {}
        try:
            submission = submissions.clean(
                {name: self.data.get(name) for name in submissions.FIELDS}
            )
        except ValidationError as error:
            refuse(self, error)
        else:
            cleaned["submission"] = submission
            self._ask_about(submission.contact.get("postal_code", ""))
        return cleaned

    def _ask_about(self, postal_code: str) -> None:
        """Ask once about an unusual postal code; registered again as it is, it stays so."""
        question = postal_code_warning(postal_code) if postal_code else None
        if question is None or self.data.get("asked_about") == postal_code:
            return
        self.data = {**dict(self.data.items()), "asked_about": postal_code}
        self.add_error("postal_code", [question, _("If it is right, register it once more.")])

    def sections(self) -> list[dict[str, Any]]:
        """The fields as the screen groups them; `shown_when` is for the browser's comfort."""
        natural, foreign, legal = PersonType.NATURAL, PersonType.FOREIGN, PersonType.LEGAL
        either = f"{natural}|{foreign}"
        return [
            self._section(_("Arrival"), ("source", "language")),
            self._section(_("What it is"), ("kind", "person_type")),
            self._section(_("Where to"), ("department", "service"), not_when=Kind.COMPLAINT),
            self._section(
                _("Against whom"), ("complained_department",), when=f"kind={Kind.COMPLAINT}"
            ),
            self._section(
                _("Who it is"), ("first_name", "last_name"), when=f"person_type={either}"
            ),
            self._section("", ("national_id",), when=f"person_type={natural}"),
            self._section("", ("foreign_id",), when=f"person_type={foreign}"),
            self._section(
                _("Legal person"), submissions.person_fields(legal), when=f"person_type={legal}"
            ),
            self._section(_("Contact"), CONTACT_FIELDS),
            self._section(_("Text and files"), (*_WORDS, "files", "consent")),
        ]

    def _section(
        self, heading: str, names: tuple[str, ...], *, when: str = "", not_when: str = ""
    ) -> dict[str, Any]:
        if not_when:
            others = "|".join(kind.value for kind in Kind if kind != not_when)
            when = f"kind={others}"
        return {"heading": heading, "when": when, "fields": [self[name] for name in names]}


def _mark(name: str, field: forms.Field) -> None:
    """Mark a field that must be filled in; one that only some kinds need, while one is chosen."""
    kinds = [
        kind.value
        for kind in Kind
        if any(name in submissions.required_fields(kind, person) for person in PersonType)
    ]
    if field.required or not kinds:
        return
    always = len(kinds) == len(Kind)
    when = "" if always else format_html(' data-show-when="kind={}"', "|".join(kinds))
    field.label = format_html(
        '{} <span{}><span class="w-required-mark" aria-hidden="true">*</span>'
        '<span class="w-sr-only">({})</span></span>',
        field.label,
        when,
        _("required"),
    )
    if always:
        field.widget.attrs["aria-required"] = "true"


class RegisterView(WagtailAdminTemplateMixin, FormView):
    """The form, and after it the slip; sent again with the same key it is the same case."""

    form_class = RegisterForm
    template_name = "service_requests/admin/register.html"
    page_title = gettext_lazy("Register a case")
    header_icon = "plus-inverse"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever may not register; kept by no cache."""
        if not permissions.user_can_register(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def form_valid(self, form: RegisterForm) -> HttpResponse:
        """Register, and show the slip at once: its key must not travel in an address."""
        data = form.cleaned_data
        try:
            receipt = intake.submit(
                submission=data["submission"],
                submission_key=data["submission_key"],
                source=data["source"],
                language=data["language"],
                actor=self.request.user,
                files=[IncomingFile.of(upload) for upload in data["files"]],
            )
        except ValidationError as error:
            refuse(form, error)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            return slip(self.request, receipt, data["submission_key"])
        return self.form_invalid(form)

    def form_invalid(self, form: RegisterForm) -> HttpResponse:
        """Show the form again, and say so at the top."""
        messages.error(self.request, _("Nothing was registered. Please correct the errors."))
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form in its sections."""
        context = super().get_context_data(**kwargs)
        return context | {"sections": context["form"].sections()}
