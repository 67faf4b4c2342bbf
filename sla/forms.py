"""Forms of signatures, invitations to sign, and verification."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk_core.certificates import trust_roots
from persian.forms import JalaliDateField, LetterNumberField, PersianCharField, PersonNameField
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from sla.closures import REASON_MAX, close_day, tomorrow
from sla.document import Document, read_canonical
from sla.enums import SignatureKind
from sla.invitations import MAX_DAYS, Invited, invite
from sla.models.agreements import AgreementVersion
from sla.models.calendar import CalendarException
from sla.models.invitations import SigningInvitation
from sla.models.signatures import Signature
from sla.parties import unsigned_parties
from sla.sentences import sentence
from sla.signing import record_signature
from sla.state import today
from sla.verification import MAX_FILE_BYTES, clean_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from cms_pages.models import Department


def take_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what a verb refused at the form's fields."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class SignatureForm(forms.Form):
    """Who signed, how, and the file that proves it; the way of signing only where there are two."""

    kind = forms.ChoiceField(
        label=_("The signature was given"),
        choices=SignatureKind.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    name = PersonNameField(label=_("Name of the signatory"))
    post = PersianCharField(label=_("Post of the signatory"), min_length=2, max_length=160)
    signed_on = JalaliDateField(label=_("Date of the signature"))
    letter_number = LetterNumberField(label=_("Letter number"))
    scan = forms.FileField(
        label=_("Scanned letter"),
        max_length=200,
        help_text=_("PDF, JPG or PNG, at most 20 MB. Everybody will be able to read it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        if trust_roots():
            self.initial.setdefault("kind", SignatureKind.PAPER)
            self.fields["scan"].label = _("Scanned letter, or signed PDF")
        else:
            del self.fields["kind"]

    @property
    def document(self) -> Document | None:
        """The text on offer, to be read before it is signed."""
        return read_canonical(self.version.offered_text) if self.version.offered_text else None

    @property
    def sentences(self) -> list[str]:
        """Its targets, each as the sentence that is signed."""
        document = self.document
        if document is None:
            return []
        return [sentence(target, document.language) for target in document.targets]

    def record(self, **more: Any) -> Signature | None:
        """Record it; None when the verb refused, with the reasons as errors of the form."""
        values = {**self.cleaned_data, **more}
        values["kind"] = values.get("kind") or SignatureKind.PAPER
        try:
            return record_signature(version=self.version, **values)
        except ValidationError as error:
            take_errors(self, error)
            return None


class StaffSignatureForm(SignatureForm):
    """The staff's form; bound to the text that was on the screen."""

    party = forms.ChoiceField(label=_("Party"))
    signed_on = JalaliAdminDateField(  # type: ignore[assignment]
        label=_("Date of the signature"), widget=JalaliAdminDateInput
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    field_order = ("party", "kind", "name", "post", "signed_on", "letter_number", "scan", "digest")

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, version=version, **kwargs)
        waiting = unsigned_parties(version)
        sides = cast(forms.ChoiceField, self.fields["party"])
        sides.choices = [(party.key, party.name) for party in waiting]
        self.initial.setdefault("digest", version.offered_digest)
        if len(waiting) == 1:
            self.initial.setdefault("party", waiting[0].key)
            self.initial.setdefault("name", waiting[0].signatory_name)
            self.initial.setdefault("post", waiting[0].signatory_post)

    def save(self, actor: "AbstractBaseUser | AnonymousUser") -> Signature | None:
        """Record it in the name of a member of staff."""
        return self.record(actor=cast("AbstractBaseUser", actor))


class InvitedSignatureForm(SignatureForm):
    """The form of the one who was invited; the party and the text are the invitation's."""

    def __init__(self, *args: Any, invitation: SigningInvitation, **kwargs: Any) -> None:
        super().__init__(*args, version=invitation.version, **kwargs)
        self.invitation = invitation
        document = self.document
        for party in document.signing_parties if document else ():
            if party.key == invitation.party:
                self.initial.setdefault("name", party.signatory_name)
                self.initial.setdefault("post", party.signatory_post)

    def save(self) -> Signature | None:
        """Record it, and use the invitation up."""
        return self.record(invitation=self.invitation)


class InvitationForm(forms.Form):
    """Whom to invite, for how long, and where to send the link."""

    party = forms.ChoiceField(label=_("Party"))
    days = forms.IntegerField(
        label=_("Valid for how many days"), min_value=1, max_value=MAX_DAYS, initial=14
    )
    email = forms.EmailField(
        label=_("E-mail of the recipient"),
        required=False,
        max_length=254,
        help_text=_("Empty: the link is shown here once, and you hand it over yourself."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=())

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        party, language = (
            cast(forms.ChoiceField, self.fields[name]) for name in ("party", "language")
        )
        party.choices = [(side.key, side.name) for side in unsigned_parties(version)]
        language.choices = settings.LANGUAGES
        self.initial.setdefault("language", version.language)

    def save(self, actor: "AbstractBaseUser") -> Invited | None:
        """Make the link; None when the verb refused, with the reasons as errors of the form."""
        try:
            return invite(version=self.version, actor=actor, **self.cleaned_data)
        except ValidationError as error:
            take_errors(self, error)
            return None


class TokenForm(forms.Form):
    """The part of a link that browsers do not send."""

    token = forms.CharField(
        label=_("Code of the link"),
        max_length=500,
        help_text=_("Everything that follows # in the link that you were sent."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )


class VerifyForm(forms.Form):
    """A file or a SHA-256."""

    file = forms.FileField(
        label=_("The file"),
        required=False,
        allow_empty_file=True,
        help_text=_("A PDF of at most 20 MB. It is looked at and not kept."),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )
    sha256 = forms.CharField(
        label=_("or its SHA-256, or that of the text"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )

    def clean_file(self) -> Any:
        """Not larger than what is looked at."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 20 MB."))
        return file

    def clean_sha256(self) -> str:
        """Its canonical form, or empty."""
        text = self.cleaned_data["sha256"]
        return clean_digest(text) if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        values = super().clean() or {}
        if not self.errors and not values.get("file") and not values.get("sha256"):
            raise ValidationError(_("Choose a file, or write a SHA-256."))
        return values


class ClosureForm(forms.Form):
    """Close an office today or tomorrow: whose, and why. Two buttons say which day."""

    TODAY, TOMORROW = "today", "tomorrow"

    office = forms.ChoiceField(label=_("Who is closed"))
    reason = PersianCharField(label=_("Reason"), min_length=2, max_length=REASON_MAX)
    day = forms.ChoiceField(choices=[(TODAY, _("Closed today")), (TOMORROW, _("Closed tomorrow"))])

    def __init__(self, *args: Any, offices: "Sequence[Department | None]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offices = {str(each.pk) if each else "body": each for each in offices}
        choice = cast(forms.ChoiceField, self.fields["office"])
        choice.choices = [(key, each or _("the whole body")) for key, each in self._offices.items()]

    @property
    def typed(self) -> "list[forms.BoundField]":
        """The fields that are filled in; the day is the button that was pressed."""
        return [self["office"], self["reason"]]

    def save(self, actor: "AbstractBaseUser | AnonymousUser") -> CalendarException | None:
        """Close it; the clocks that run follow. None when the verb refused, with the reasons."""
        data = self.cleaned_data
        try:
            return close_day(
                day=today() if data["day"] == self.TODAY else tomorrow(),
                reason=data["reason"],
                department=self._offices[data["office"]],
                actor=actor,
            )
        except ValidationError as error:
            take_errors(self, error)
            return None
