"""The staff's form for a signature that was given on paper."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from persian.forms import LetterNumberField, PersianCharField, PersonNameField
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from sla.closures import REASON_MAX, close_day, tomorrow
from sla.document import read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.calendar import CalendarException
from sla.models.signatures import Signature
from sla.sentences import sentence
from sla.signing import record_paper_signature, unsigned_parties
from sla.state import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from cms_pages.models import Department


class PaperSignatureForm(forms.Form):
    """Who signed for which party, and the scanned letter; bound to the text that was on screen."""

    party = forms.ChoiceField(label=_("Party"))
    name = PersonNameField(label=_("Name of the signatory"))
    post = PersianCharField(label=_("Post of the signatory"), min_length=2, max_length=160)
    signed_on = JalaliAdminDateField(label=_("Date of the signature"), widget=JalaliAdminDateInput)
    letter_number = LetterNumberField(label=_("Letter number"))
    scan = forms.FileField(
        label=_("Scanned letter"),
        max_length=200,
        help_text=_("PDF, JPG or PNG, at most 20 MB. Everybody will be able to read it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        waiting = unsigned_parties(version)
        sides = cast(forms.ChoiceField, self.fields["party"])
        sides.choices = [(party.key, party.name) for party in waiting]
        self.initial.setdefault("digest", version.offered_digest)
        if len(waiting) == 1:
            self.initial.setdefault("party", waiting[0].key)
            self.initial.setdefault("name", waiting[0].signatory_name)
            self.initial.setdefault("post", waiting[0].signatory_post)

    def save(self, actor: "AbstractBaseUser | AnonymousUser") -> Signature | None:
        """Record it; None when the verb refused, with the reasons as errors of the form."""
        values = {**self.cleaned_data}
        try:
            user = cast("AbstractBaseUser", actor)
            return record_paper_signature(version=self.version, actor=user, **values)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                for name, errors in error.error_dict.items():
                    self.add_error(name if name in self.fields else None, errors)
            else:
                self.add_error(None, error)
            return None

    @property
    def document(self) -> Any:
        """The text on offer, to be read before it is recorded as signed."""
        return read_canonical(self.version.offered_text) if self.version.offered_text else None

    @property
    def sentences(self) -> list[str]:
        """Its targets, each as the sentence that is signed."""
        document = self.document
        if document is None:
            return []
        return [sentence(target, document.language) for target in document.targets]


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

    def save(self, actor: "AbstractBaseUser | AnonymousUser") -> CalendarException:
        """Close it; the clocks that run follow."""
        data = self.cleaned_data
        return close_day(
            day=today() if data["day"] == self.TODAY else tomorrow(),
            reason=data["reason"],
            department=self._offices[data["office"]],
            actor=actor,
        )
