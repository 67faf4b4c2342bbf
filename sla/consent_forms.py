"""The staff's form for the end of an agreement by mutual consent: a day, and a letter each."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from persian.forms import LetterNumberField, PersianCharField, PersonNameField
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from sla.consent import Letter, end_by_consent
from sla.document import Party, read_canonical
from sla.models.agreements import AgreementVersion
from sla.models.consent import ConsentEnd

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LETTER_FIELDS = ("name", "post", "signed_on", "letter_number", "scan")


class ConsentForm(forms.Form):
    """The first day without the agreement, and for each organisation its letter."""

    ends_on = JalaliAdminDateField(
        label=_("First day without the agreement"), widget=JalaliAdminDateInput
    )

    def __init__(self, *args: Any, version: AgreementVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.parties: tuple[Party, ...] = ()
        if version.sealed:
            self.parties = read_canonical(version.signed_text.body).signing_parties
        for party in self.parties:
            for name, field in _letter_fields().items():
                field.label = f"{party.name}: {field.label}"
                self.fields[f"{party.key}-{name}"] = field
            self.initial.setdefault(f"{party.key}-name", party.signatory_name)
            self.initial.setdefault(f"{party.key}-post", party.signatory_post)

    def save(self, actor: "AbstractBaseUser | AnonymousUser") -> ConsentEnd | None:
        """Record it; None when the verb refused, with the reasons as errors of the form."""
        values = self.cleaned_data
        letters = {
            party.key: Letter(**{name: values[f"{party.key}-{name}"] for name in LETTER_FIELDS})
            for party in self.parties
        }
        try:
            return end_by_consent(
                version=self.version,
                on=values["ends_on"],
                letters=letters,
                actor=cast("AbstractBaseUser", actor),
            )
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                for name, errors in error.error_dict.items():
                    self.add_error(name if name in self.fields else None, errors)
            else:
                self.add_error(None, error)
            return None


def _letter_fields() -> dict[str, forms.Field]:
    return {
        "name": PersonNameField(label=_("Name of the signatory")),
        "post": PersianCharField(label=_("Post of the signatory"), min_length=2, max_length=160),
        "signed_on": JalaliAdminDateField(
            label=_("Date of the letter"), widget=JalaliAdminDateInput
        ),
        "letter_number": LetterNumberField(label=_("Letter number")),
        "scan": forms.FileField(
            label=_("Scanned letter"),
            max_length=200,
            help_text=_("PDF, JPG or PNG, at most 20 MB. Everybody will be able to read it."),
            widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        ),
    }
