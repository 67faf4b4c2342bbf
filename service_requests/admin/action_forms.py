"""The forms of what staff can do with a case, one each."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from persian.wagtail import JalaliAdminDateTimeField, JalaliAdminDateTimeInput
from service_requests import permissions
from service_requests.enums import Kind, ReadReason
from service_requests.forms import files_field
from service_requests.models import Case
from service_requests.receipts import new_submission_key
from service_requests.texts import TEXT_MAX


class ActionForm(forms.Form):
    """The base: the version of the case that the person saw travels with the form."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(
        self, data: Any = None, files: Any = None, *, case: Case, user: Any, **kwargs: Any
    ):
        super().__init__(data, files, initial={"expected": case.version}, **kwargs)
        self.case, self.user = case, user

    def has_text(self) -> bool:
        """Whether the person typed anything that would be a loss."""
        return any(
            isinstance(field.field.widget, forms.Textarea) and field.data
            for field in self.visible_fields()
        )


class ConfirmForm(ActionForm):
    """Nothing to fill in."""


def _text(label: Any, *, required: bool = True, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        strip=True,
        widget=forms.Textarea(attrs={"rows": rows, "data-limit": TEXT_MAX}),
    )


def once() -> forms.UUIDField:
    """The identity of what is about to be written: sent twice, it is written once."""
    return forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)


class TextForm(ActionForm):
    """A text that the applicant reads, with files."""

    text = _text(_("Text for the applicant"))
    files = files_field()  # type: ignore[assignment]


class MessageForm(TextForm):
    """A message beside the steps, which no version guards."""

    message_id = once()


class ReasonForm(ActionForm):
    """A reason that the applicant reads."""

    reason = _text(_("Reason, shown to the applicant"))


class NoteForm(ActionForm):
    """A note that the applicant never sees."""

    text = _text(_("Internal note"), rows=3)
    note_id = once()


class VisitForm(ActionForm):
    """When, where, and what to bring."""

    at = JalaliAdminDateTimeField(
        label=_("Date and time"),
        help_text=_("In the Jalali calendar, by the clock of Tehran. Example: 1405/09/01 10:30"),
        widget=JalaliAdminDateTimeInput(),
    )
    place = forms.CharField(label=_("Place"), max_length=300)
    bring = _text(_("What to bring"), required=False, rows=2)
    text = _text(_("Further words"), required=False, rows=3)


class CallForm(ActionForm):
    """What to bring; the applicant chooses the time."""

    bring = _text(_("What to bring"), required=False, rows=2)
    text = _text(_("Further words"), required=False, rows=3)


class CancelVisitForm(ActionForm):
    """Why the visit is called off."""

    text = _text(_("Reason, shown to the applicant"), rows=3)


class ReferForm(ActionForm):
    """To which department, and why."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), empty_label=_("Choose …")
    )
    reason = _text(_("Reason, shown to the applicant"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Department.objects.active()
        if self.case.kind == Kind.COMPLAINT:
            departments = departments.outside(self.case.complained_department_id)
        else:
            departments = departments.exclude(pk=self.case.department_id)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class StaffChoice(forms.ModelChoiceField):
    """Colleagues by their names."""

    def label_from_instance(self, obj: Any) -> str:
        """Full name, else user name."""
        return obj.get_full_name() or obj.get_username()


class AssignForm(ActionForm):
    """To whom; nobody when left empty."""

    to = StaffChoice(
        Department.objects.none(), label=_("Colleague"), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = permissions.assignable(self.case)  # type: ignore[attr-defined]
        self.fields["to"].initial = self.case.assigned_to_id


class SlipForm(ActionForm):
    """A new password for somebody whose identity was checked."""

    slip_key = forms.CharField(widget=forms.HiddenInput, max_length=128)
    identity_checked = forms.BooleanField(
        label=_("I have checked the identity of the applicant, or of their representative.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slip_key"].initial = new_submission_key


class OpenForm(forms.Form):
    """Why sealed details are opened."""

    reason = forms.ChoiceField(choices=ReadReason, label=_("Why do you need to read this?"))
