"""Registering a case for somebody who came, called or wrote a letter."""

from collections.abc import Collection, Iterable
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
from service_requests.forms import (
    HINTS,
    LABELS,
    files_field,
    keep_as_sent_field,
    refuse,
    text_field,
)
from service_requests.models import FormVersion
from service_requests.question_forms import EVIDENCE
from service_requests.receipts import new_submission_key
from service_requests.request_forms import filling, versions
from service_requests.submissions import CONTACT_FIELDS, TEXT_FIELDS, Submission

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


class ArrivalForm(forms.Form):
    """What staff say of every case that they register, whatever it was written on.

    Every field is there at once; what is right for whom is the gate's to say (`judged`).
    """

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
    consent = forms.BooleanField(
        required=False,
        label=gettext_lazy(
            "The applicant has read, or been told, the agreement and the privacy statement, "
            "and agrees."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission_key"].initial = new_submission_key

    def judged(self) -> Submission:
        """What was written, as its gate takes it. Raises ValidationError."""
        raise NotImplementedError

    def incoming(self) -> list[IncomingFile]:
        """The files that were handed in."""
        raise NotImplementedError

    def sections(self) -> list[dict[str, Any]]:
        """The fields as the screen groups them; `when` is for the browser's comfort."""
        raise NotImplementedError

    def _ask_for_texts(self, names: Iterable[str]) -> None:
        for name in names:
            field = text_field(name, required=False)
            # The verb cleans; here the text only travels.
            self.fields[name] = forms.CharField(
                label=_LABELS[name],
                help_text=_HINTS.get(name, ""),
                required=False,
                widget=field.widget,
                strip=False,
            )

    def _ask_for_place(self, name: str, rows: Iterable[Any]) -> None:
        choices = [*_EMPTY, *((row.key, str(row)) for row in rows)]
        self.fields[name] = forms.ChoiceField(label=_LABELS[name], choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        """Let the one gate judge, and put its words beside the fields."""
        cleaned = super().clean() or {}
        try:
            submission = self.judged()
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
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["asked_about"] = postal_code
        self.data = data
        self.add_error("postal_code", [question, _("If it is right, register it once more.")])

    def _who_it_is(self, person_types: Collection[str]) -> list[dict[str, Any]]:
        """What says who somebody is, by type; `person_types` are those that may be chosen."""
        natural, foreign, legal = PersonType.NATURAL, PersonType.FOREIGN, PersonType.LEGAL
        parts = (
            (_("Who it is"), (natural, foreign), ("first_name", "last_name")),
            ("", (natural,), ("national_id",)),
            ("", (foreign,), ("foreign_id",)),
            (_("Legal person"), (legal,), submissions.person_fields(legal)),
        )
        return [
            self._section(heading, names, when=f"person_type={'|'.join(types)}")
            for heading, types, names in parts
            if not set(person_types).isdisjoint(types)
        ]

    def _section(self, heading: str, names: Iterable[str], *, when: str = "") -> dict[str, Any]:
        return {"heading": heading, "when": when, "fields": [self[name] for name in names]}


class RegisterForm(ArrivalForm):
    """The desk's own form."""

    kind = forms.ChoiceField(choices=Kind, label=gettext_lazy("Kind"), initial=Kind.REQUEST)
    person_type = forms.ChoiceField(
        choices=PersonType, label=gettext_lazy("Applicant"), initial=PersonType.NATURAL
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = list(Department.objects.active())
        self._ask_for_place("department", departments)
        self._ask_for_place("complained_department", departments)
        self._ask_for_place("service", Service.objects.active())
        self._ask_for_texts(TEXT_FIELDS)
        self.fields["files"] = files_field()
        self.fields[EVIDENCE] = evidence_field()
        for name, field in self.fields.items():
            _mark(name, field)

    def judged(self) -> Submission:
        """By `submissions.clean`, as the citizens' form is."""
        return submissions.clean({name: self.data.get(name) for name in submissions.FIELDS})

    def incoming(self) -> list[IncomingFile]:
        """The files, in order."""
        kept = self.cleaned_data[EVIDENCE]
        return [IncomingFile.of(upload, keep_as_sent=kept) for upload in self.cleaned_data["files"]]

    def sections(self) -> list[dict[str, Any]]:
        """Where it is for hangs on the kind, who it is on the type of applicant."""
        others = "|".join(kind.value for kind in Kind if kind != Kind.COMPLAINT)
        return [
            self._section(_("Arrival"), ("source", "language")),
            self._section(_("What it is"), ("kind", "person_type")),
            self._section(_("Where to"), ("department", "service"), when=f"kind={others}"),
            self._section(
                _("Against whom"), ("complained_department",), when=f"kind={Kind.COMPLAINT}"
            ),
            *self._who_it_is(PersonType.values),
            self._section(_("Contact"), CONTACT_FIELDS),
            self._section(_("Text and files"), (*_WORDS, "files", EVIDENCE, "consent")),
        ]


def _mark(name: str, field: forms.Field) -> None:
    """Mark a field that must be filled in; one that only some kinds need, while one is chosen."""
    kinds = [
        kind.value
        for kind in Kind
        if any(name in submissions.required_fields(kind, person) for person in PersonType)
    ]
    if field.required or not kinds:
        return
    mark(field, "" if len(kinds) == len(Kind) else f"kind={'|'.join(kinds)}")


def evidence_field() -> forms.BooleanField:
    """The applicant's choice whether pictures are evidence as they are."""
    field = keep_as_sent_field()
    field.label = gettext_lazy("Keep the applicant's pictures exactly as they are, as evidence")
    return field


def mark(field: forms.Field, when: str = "") -> None:
    """Say that a field must be filled in, always or while an answer calls for it."""
    field.label = format_html(
        '{} <span{}><span class="w-required-mark" aria-hidden="true">*</span>'
        '<span class="w-sr-only">({})</span></span>',
        field.label,
        format_html(' data-show-when="{}"', when) if when else "",
        _("required"),
    )
    if not when:
        field.widget.attrs["aria-required"] = "true"


class RegisterView(WagtailAdminTemplateMixin, FormView):
    """The form, and after it the slip; sent again with the same key it is the same case."""

    form_class: type[ArrivalForm] = RegisterForm
    template_name = "service_requests/admin/register.html"
    page_title = gettext_lazy("Register a case")
    header_icon = "plus-inverse"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever may not register; kept by no cache."""
        if not permissions.user_can_register(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def form_valid(self, form: ArrivalForm) -> HttpResponse:
        """Register, and show the slip at once: its key must not travel in an address."""
        data = form.cleaned_data
        try:
            receipt = intake.submit(
                submission=data["submission"],
                submission_key=data["submission_key"],
                source=data["source"],
                language=data["language"],
                actor=self.request.user,
                files=form.incoming(),
            )
        except ValidationError as error:
            refuse(form, error)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            return slip(self.request, receipt, data["submission_key"])
        return self.form_invalid(form)

    def form_invalid(self, form: ArrivalForm) -> HttpResponse:
        """Show the form again, and say so at the top."""
        messages.error(self.request, _("Nothing was registered. Please correct the errors."))
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form in its sections, and the other forms that may be registered with."""
        context = super().get_context_data(**kwargs)
        return context | {"sections": context["form"].sections(), "others": self.others()}

    def others(self) -> list[FormVersion]:
        """The editors' forms that somebody receives now."""
        return filling.received(versions.offered())
