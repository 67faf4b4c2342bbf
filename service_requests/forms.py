"""The citizens' forms: one per step of a submission, and those of the tracking page.

What a field accepts is said once, in `submissions`; here it gets its words.
"""

import copy
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department, Service
from desk_core.content_type import ACCEPT
from desk_core.human_check import HumanCheckMixin
from persian.forms import CodeField, JalaliDateField, PersianCharField
from service_requests import codes, conversation, one_time_codes, submissions
from service_requests.enums import Kind, PersonType
from service_requests.errors import by_field

LABELS = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "national_id": _("National ID"),
    "foreign_id": _("Foreign national's code or passport number"),
    "legal_name": _("Name of the legal person"),
    "legal_id": _("National ID of the legal person"),
    "rep_name": _("Name of the representative"),
    "rep_national_id": _("National ID of the representative"),
    "rep_position": _("Position of the representative"),
    "mobile": _("Mobile number"),
    "phone": _("Landline"),
    "email": _("E-mail"),
    "province": _("Province"),
    "city": _("City"),
    "address": _("Address"),
    "postal_code": _("Postal code"),
    "subject": _("Subject"),
    "body": _("Your text"),
    "previous_letter_number": _("Number of an earlier letter"),
    "kind": _("What do you want to register?"),
    "person_type": _("On whose behalf?"),
    "department": _("Department"),
    "service": _("Service"),
    "complained_department": _("Department you complain of"),
    "consent": _("Agreement"),
}
HINTS = {
    "national_id": _("10 digits, with the zeros at its beginning. Example: 0084575948"),
    "foreign_id": _("The code is 8 to 15 digits long."),
    "legal_id": _("11 digits. Example: 10380284790"),
    "rep_national_id": _("10 digits."),
    "mobile": _("We send your tracking code here. Example: 0912 345 6789"),
    "phone": _("With the area code. Example: 021 1234 5678"),
    "email": _("If you write it, we send the tracking code here too."),
    "postal_code": _("10 digits without a dash."),
    "subject": _("One line, for example: repair of the road to the village."),
    "body": _("What happened, where and when, and what you ask for. 10 to 5000 characters."),
    "previous_letter_number": _("If you have written about this before."),
    "service": _("If you do not know, leave it empty."),
}
_AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "legal_name": "organization",
    "rep_name": "name",
    "email": "email",
    "province": "address-level1",
    "city": "address-level2",
    "address": "street-address",
}
# Django's own message would repeat what was sent.
_CHOOSE = dict.fromkeys(("required", "invalid_choice"), _("Choose one of the options."))
_MEDIUM = {"national_id", "legal_id", "rep_national_id", "foreign_id", "mobile", "phone"}
_MEDIUM |= {"postal_code", "previous_letter_number"}
_ROWS = {"body": 9, "address": 3}


def text_field(name: str, *, required: bool) -> forms.Field:
    """One field of a submission with its label, hint and width."""
    field = copy.deepcopy(submissions.text_field(name))
    field.required = required
    field.label, field.help_text = LABELS[name], HINTS.get(name, "")
    field.error_messages["required"] = _("Please fill this in.")
    attrs = field.widget.attrs
    if name in _AUTOCOMPLETE:
        attrs["autocomplete"] = _AUTOCOMPLETE[name]
    if name == "email":
        attrs["dir"] = "ltr"
    if name in _MEDIUM:
        attrs["class"] = "input-medium"
    if name in _ROWS:
        attrs["rows"] = _ROWS[name]
    return field


class KindForm(forms.Form):
    """Step 1: what it is, and on whose behalf."""

    kind = forms.ChoiceField(choices=Kind, widget=forms.RadioSelect, label=LABELS["kind"])
    person_type = forms.ChoiceField(
        choices=PersonType, widget=forms.RadioSelect, label=LABELS["person_type"]
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            field.error_messages |= _CHOOSE
        self.fields["kind"].choice_hints = {  # type: ignore[attr-defined]
            Kind.REQUEST: _("You need a service, a document or information."),
            Kind.COMPLAINT: _(
                "You want a ruling on something that was done wrong. The complaints office "
                "handles it; people of the department you complain of do not get to see it."
            ),
            Kind.SUGGESTION: _("You want to say how we can do better."),
        }
        self.fields["person_type"].choice_hints = {  # type: ignore[attr-defined]
            PersonType.NATURAL: _("For yourself, with your national ID."),
            PersonType.LEGAL: _("For a company, an office or an association."),
            PersonType.FOREIGN: _("For yourself, with a foreign national's code or a passport."),
        }


class PersonForm(forms.Form):
    """Step 2: who it is and how to reach them; which fields, follows from step 1."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, kind: str, person_type: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        required = submissions.required_fields(kind, person_type)
        self.person_names = submissions.person_fields(person_type)
        for name in (*self.person_names, *submissions.CONTACT_FIELDS):
            self.fields[name] = text_field(name, required=name in required)

    @property
    def person(self) -> list[forms.BoundField]:
        """The fields that say who it is."""
        return [self[name] for name in self.person_names]

    @property
    def contact(self) -> list[forms.BoundField]:
        """The fields that say how to reach them."""
        return [self[name] for name in submissions.CONTACT_FIELDS]


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Cleans to a list of uploads; empty when none was chosen."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploads that arrived."""
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        return [upload for upload in uploads if upload]


def files_field() -> FilesField:
    """The field for attachments, with its words; each file is checked when it is stored."""
    return FilesField(
        label=_("Files"),
        required=False,
        help_text=_("PDF, JPG, PNG or DOCX; up to 5 files, each up to 20 MB."),
        widget=SeveralFiles(attrs={"accept": ACCEPT}),
    )


def keep_as_sent_field() -> forms.BooleanField:
    """Whether the applicant's pictures are evidence as they are."""
    return forms.BooleanField(
        label=_("Keep my pictures exactly as they are, as evidence"),
        required=False,
        help_text=_(
            "Pictures are otherwise saved anew without their hidden data, which may tell where, "
            "when and with which device they were taken. Tick this only if the department needs "
            "exactly that: its staff can then read it."
        ),
    )


def refuse(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what a verb refused beside the fields it is about."""
    for name, messages in by_field(error).items():
        if name not in form.errors:
            form.add_error(name if name in form.fields else None, messages)


class WordsForm(forms.Form):
    """Step 3: where it goes and what it says."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, files: Any = None, *, kind: str, **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        complaint = kind == Kind.COMPLAINT
        place = "complained_department" if complaint else "department"
        self.fields[place] = forms.ModelChoiceField(
            Department.objects.active(),
            to_field_name="key",
            label=LABELS[place],
            empty_label=_("Choose …"),
            required=complaint,
            error_messages={"required": _("Choose one of the options.")},
            help_text=(
                _("The complaints office receives your complaint.")
                if complaint
                else _("The unit that your letter is for.")
            ),
        )
        self.fields["service"] = forms.ModelChoiceField(
            Service.objects.active().select_related("department"),
            to_field_name="key",
            label=LABELS["service"],
            empty_label=_("None, or I do not know"),
            required=False,
            help_text=HINTS["service"],
        )
        self.fields["subject"] = text_field("subject", required=True)
        self.fields["body"] = text_field("body", required=True)
        self.fields["previous_letter_number"] = text_field("previous_letter_number", required=False)
        self.fields["files"] = files_field()
        self.fields["keep_as_sent"] = keep_as_sent_field()
        self.place = place

    def clean(self) -> dict[str, Any]:
        """A service belongs to its department; choosing only the service is enough."""
        data = super().clean() or {}
        place, service = data.get(self.place), data.get("service")
        if place and service and service.department_id != place.pk:
            message = _("This service belongs to the department “%(name)s”.")
            params = {"name": service.department}
            self.add_error("service", ValidationError(message, "department", params))
        elif place is None and service is None and self.place not in self.errors:
            self.add_error(self.place, _("Choose one of the options."))
        return data


class SendForm(HumanCheckMixin):
    """Step 4: consent, the human check, and whether a code is wanted to verify the contacts."""

    human_purpose = "submit"
    verify = forms.BooleanField(
        label=_("Send me a one-time code now, to verify my mobile number and e-mail."),
        help_text=_(
            "You type it on the next page. If you ever lose the tracking code or the password, you "
            "then get a new one without coming to the service desk."
        ),
        required=False,
    )

    consent = forms.BooleanField(
        label=_("I have read the agreement and the privacy statement, and I accept them."),
        error_messages={
            "required": _("Without your agreement the request cannot be registered."),
        },
    )

    def __init__(self, *args: Any, offers_verifying: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offers_verifying:
            del self.fields["verify"]


class TrackForm(forms.Form):
    """Code and password of the tracking page."""

    code = CodeField(
        length=codes.CODE_LENGTH,
        validators=[codes.clean_code],
        label=_("Tracking code"),
        help_text=_("12 digits, in any grouping."),
        error_messages={"required": _("Write the tracking code.")},
    )
    password = CodeField(
        length=codes.PASSWORD_LENGTH,
        label=_("Tracking password"),
        help_text=_("16 digits, as on your receipt."),
        error_messages={"required": _("Write the password.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"class": "input-code", "autocomplete": "username"}
        self.fields["password"].widget.attrs |= {
            "class": "input-code",
            "autocomplete": "current-password",
        }


class ResumeForm(TrackForm):
    """Code and password of a draft that was left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code to go on")
        self.fields["code"].error_messages["required"] = _("Write the code.")
        self.fields["password"].label = _("Password to go on")
        self.fields["password"].help_text = _("16 digits, as you wrote them down.")


class TrackCheckForm(HumanCheckMixin):
    """The human check that many attempts cost; every attempt costs a new one."""

    human_purpose = "track"
    human_keeps = False
    human_together = True


class RecoveryForm(HumanCheckMixin):
    """A verified contact, and the tracking code where it is still known."""

    human_purpose = "recover"

    contact = forms.CharField(
        max_length=254,
        label=_("Mobile number or e-mail"),
        help_text=_("One that you verified when you registered, or on the tracking page."),
        error_messages={"required": _("Please fill this in.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "on"}),
    )
    code = CodeField(
        length=codes.CODE_LENGTH,
        validators=[codes.clean_code],
        required=False,
        label=_("Tracking code"),
        help_text=_("If you still have it."),
    )


class OneTimeCodeForm(forms.Form):
    """The six digits that were sent."""

    one_time_code = CodeField(
        length=one_time_codes.LENGTH,
        label=_("One-time code"),
        help_text=_("6 digits, valid for ten minutes."),
        error_messages={"required": _("Write the code that was sent to you.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"class": "input-code", "autocomplete": "one-time-code"}
        self.fields["one_time_code"].widget.attrs |= attrs


class ReceiptCheckForm(forms.Form):
    """What stands on a receipt that somebody shows."""

    code = CodeField(
        length=codes.CODE_LENGTH,
        validators=[codes.clean_code],
        label=_("Tracking code"),
        help_text=_("12 digits, in any grouping."),
        error_messages={"required": _("Write the tracking code.")},
    )
    kind = forms.ChoiceField(choices=Kind, label=_("Kind"), error_messages=_CHOOSE)
    day = JalaliDateField(
        label=_("Registered on"),
        help_text=_("Year/month/day, for example 1405/09/01."),
        error_messages={"required": _("Please fill this in.")},
    )
    mark = forms.CharField(
        max_length=60,
        label=_("Verification code"),
        help_text=_("16 letters and digits, at the foot of the receipt."),
        error_messages={"required": _("Please fill this in.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "input-code", "autocomplete": "off"}),
    )


def _once() -> forms.UUIDField:
    """The identity of what is about to be sent: sent twice, it happens once."""
    return forms.UUIDField(
        required=False,
        initial=uuid4,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("This has the wrong form.")},
    )


def _words(label: Any, *, rows: int, required: bool = True, hint: Any = "") -> PersianCharField:
    return PersianCharField(
        max_length=submissions.BODY_MAX,
        multiline=True,
        required=required,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please fill this in.")},
    )


class MessageForm(forms.Form):
    """A message of the applicant: words, files or both."""

    text = _words(
        _("Your message"),
        rows=5,
        required=False,
        hint=_("Write a message, attach a file, or both."),
    )
    files = files_field()  # type: ignore[assignment]
    keep_as_sent = keep_as_sent_field()
    message_id = _once()

    def clean(self) -> dict[str, Any]:
        """Files may stand without words, but there must be something."""
        data = super().clean() or {}
        if not data.get("text") and not data.get("files") and not self.errors:
            self.add_error("text", conversation.NOTHING_WRITTEN)
        return data


class ObjectionForm(forms.Form):
    """Why the applicant objects."""

    text = _words(_("What is not right about the answer?"), rows=4)
    message_id = _once()


class ReopeningForm(forms.Form):
    """Why a closed case should be opened again."""

    text = _words(_("Why should it be opened again?"), rows=4)
    message_id = _once()


class WithdrawForm(forms.Form):
    """Leaving the case, with a reason if the applicant wants to give one."""

    text = _words(_("Why, if you want to say"), rows=2, required=False)
    sure = forms.BooleanField(
        label=_("Yes, I withdraw it."),
        error_messages={"required": _("Tick the box to confirm.")},
    )
    message_id = _once()


class QuestionTokenForm(forms.Form):
    """The part of a link that browsers do not send."""

    token = forms.CharField(
        label=_("Code of the link"),
        max_length=500,
        help_text=_("Everything that follows # in the link that you were sent."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
        error_messages={"required": _("Please fill this in.")},
    )


class QuestionAnswerForm(forms.Form):
    """The answer of a third party, and who gives it."""

    text = _words(_("Your answer"), rows=6)
    name = PersianCharField(
        max_length=200,
        label=_("Your name and post"),
        error_messages={"required": _("Please fill this in.")},
    )


class SlotField(forms.ChoiceField):
    """A free time by its key; whether it is still free the verb knows alone."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to `visits.choose`."""
        return True


class VisitForm(forms.Form):
    """The time that the applicant takes."""

    slot = SlotField(
        label=_("When do you want to come?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the times.")},
    )
    message_id = _once()


class DeclineVisitForm(forms.Form):
    """Not coming, with a reason if the applicant wants to give one."""

    text = _words(_("Why, if you want to say"), rows=2, required=False)
    sure = forms.BooleanField(
        label=_("Yes, I will not come."),
        error_messages={"required": _("Tick the box to confirm.")},
    )
    message_id = _once()
