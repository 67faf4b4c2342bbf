"""The forms of what staff can do with a case, one each."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from desk_core.sealing import open_subject
from notices.models import Notice
from persian.jalali import format_datetime
from persian.wagtail import (
    JalaliAdminDateField,
    JalaliAdminDateInput,
    JalaliAdminDateTimeField,
    JalaliAdminDateTimeInput,
)
from persian.widgets import DigitsInput
from service_requests import attachments, deadlines, enquiries, permissions, replies
from service_requests.about_notices import shown as about_notices
from service_requests.enums import IdentityDocument, Kind, Priority, ReadReason, ReissueReason
from service_requests.forms import files_field
from service_requests.models import Case, Team
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


class NoticeChoice(forms.ModelChoiceField):
    """A notice by its title and its start."""

    def label_from_instance(self, obj: Any) -> str:
        """Title and start, in the reader's calendar."""
        return f"{obj.title} – {format_datetime(obj.starts_at)}"


class LinkNoticeForm(ActionForm):
    """The notice that the case is about."""

    notice = NoticeChoice(Notice.objects.none(), label=_("Notice"), empty_label=_("Choose …"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].queryset = about_notices.choices()  # type: ignore[attr-defined]


class UnlinkNoticeForm(ActionForm):
    """Which of the linked notices the case is not about, and why."""

    notice = NoticeChoice(Notice.objects.none(), label=_("Notice"), empty_label=None)
    reason = _text(_("Why it is not about this notice"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = self.case.notice_links.active().order_by()
        rows = Notice.objects.filter(pk__in=links.values("notice"))
        self.fields["notice"].queryset = rows  # type: ignore[attr-defined]


class StoredReplyForm(ActionForm):
    """A form whose text can begin with a stored reply; `text_field` is where it is inserted."""

    text_field = "text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = replies.offered(self.case)
        if rows:
            self.fields["stored_reply"] = forms.ChoiceField(
                label=_("Stored reply"),
                required=False,
                choices=[("", _("Choose …")), *((str(row.pk), row.title) for row in rows)],
            )
            self.order_fields(["expected", "stored_reply"])


class TextForm(StoredReplyForm):
    """A text that the applicant reads, with files."""

    text = _text(_("Text for the applicant"))
    files = files_field()  # type: ignore[assignment]


class MessageForm(TextForm):
    """A message beside the steps, which no version guards."""

    message_id = once()


class AskForm(TextForm):
    """What is missing, and until when it is waited for."""

    reply_by = JalaliAdminDateField(
        label=_("Last day for a reply"),
        required=False,
        help_text=_(
            "After this day the case closes by itself; the applicant is reminded before. Empty: it "
            "waits until you close it."
        ),
        widget=JalaliAdminDateInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reply_by"].initial = lambda: deadlines.offered(self.case.department_id)


class ReasonForm(StoredReplyForm):
    """A reason that the applicant reads."""

    text_field = "reason"

    reason = _text(_("Reason, shown to the applicant"))


class RefuseForm(ActionForm):
    """Why a proposed rejection is not confirmed, for colleagues."""

    note = _text(_("Why not, for your colleagues"), rows=3)


class PriorityForm(ActionForm):
    """How soon it is taken up among others."""

    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices[::-1], coerce=int
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].initial = self.case.priority


class MergeForm(ActionForm):
    """The case that goes on."""

    into = forms.CharField(
        label=_("Tracking code of the case that goes on"),
        max_length=100,
        widget=DigitsInput(attrs={"autocomplete": "off"}),
    )


class EnquireForm(ActionForm):
    """One question to somebody outside, and what they are shown."""

    party = forms.CharField(
        label=_("Who is asked"), max_length=200, help_text=_("For you and your colleagues.")
    )
    question = _text(_("The question"), rows=3)
    shown = _text(_("What they are told of the case"), required=False, rows=4)
    chosen = forms.MultipleChoiceField(
        label=_("Files that they may download"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=_("For how many days"),
        initial=7,
        min_value=1,
        max_value=enquiries.MAX_DAYS,
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("The link is sent there. Empty: you give it to them yourself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(self.case.attachments.all())
        if not rows:
            del self.fields["chosen"]
            return
        subject = open_subject(self.case.subject_key)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), attachments.name_of(row, subject)) for row in rows
        ]


class RevokeForm(ActionForm):
    """Which of the open questions."""

    enquiry = forms.ChoiceField(label=_("Question"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subject = open_subject(self.case.subject_key)
        found = enquiries.of_case(self.case, subject)
        self.fields["enquiry"].choices = [  # type: ignore[attr-defined]
            (str(each.enquiry.pk), each.party) for each in found if each.status == "open"
        ]


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
        teams = list(Team.objects.of_case(self.case))
        if teams:
            self.fields["team"] = forms.TypedChoiceField(
                label=_("Or a team"),
                required=False,
                choices=[("", _("No team")), *((str(team.pk), team.name) for team in teams)],
                coerce=lambda value: next(t for t in teams if str(t.pk) == value),
                empty_value=None,
                help_text=_("Somebody of the team takes it."),
            )
            if self.case.assigned_to_id is None:
                self.fields["team"].initial = self.case.team_id

    def clean(self) -> dict[str, Any]:
        """One or the other."""
        data = super().clean() or {}
        if data.get("to") and data.get("team"):
            self.add_error("team", _("Choose a colleague or a team, not both."))
        return data


#: What people bring along; an order of a court gives nobody somebody else's password.
_SHOWN_IN_PERSON = [(d.value, d.label) for d in IdentityDocument if d != IdentityDocument.ORDER]


class SlipForm(ActionForm):
    """A new password for somebody whose identity was checked."""

    slip_key = forms.CharField(widget=forms.HiddenInput, max_length=128)
    reason = forms.ChoiceField(
        label=_("Why is a new password needed?"),
        choices=[("", _("Choose …")), *ReissueReason.choices],
    )
    identity = forms.ChoiceField(
        label=_("What have you checked?"), choices=[("", _("Choose …")), *_SHOWN_IN_PERSON]
    )
    identity_checked = forms.BooleanField(
        label=_("I have checked the identity of the applicant, or of their representative.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slip_key"].initial = new_submission_key


class OpenForm(forms.Form):
    """Why sealed details are opened."""

    reason = forms.ChoiceField(choices=ReadReason, label=_("Why do you need to read this?"))
