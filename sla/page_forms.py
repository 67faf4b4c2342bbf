"""The editor's form of an agreement's page: it names unfilled blanks and guards what is signed."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import StreamBlockValidationError

from sla.models.agreements import Agreement
from sla.publishing import reason_sealed

if TYPE_CHECKING:
    from sla.publishing import Objection

STREAMS = frozenset({"parties", "clauses", "targets"})
#: What the form of a signed version has no fields for; `SealedPanel` shows it instead.
SEALED_FIELDS = ("title", "valid_from", "valid_to", "ending", "g2g", "outages", *sorted(STREAMS))
#: A signed page is published for good.
DAYS_OF_PUBLISHING = ("go_live_at", "expire_at")
#: By these names a browser sends fields of the text.
SENT_WITH_THE_TEXT = ("title", "valid_to", "clauses-count")


class AgreementPageForm(WagtailAdminPageForm):
    """Checks the text when it is to be published or sent to a moderator, not on saving a draft."""

    agreement = forms.ModelChoiceField(
        label=_("agreement"),
        queryset=Agreement.objects.none(),
        required=False,
        empty_label=_("A new agreement with this title"),
        help_text=_("The page becomes its next version."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.version_id is None:
            self.fields["agreement"].queryset = Agreement.objects.all()
        else:
            self.fields["agreement"].disabled = True
            self.fields["agreement"].queryset = Agreement.objects.filter(
                pk=self.instance.version.agreement_id
            )
            self.initial["agreement"] = self.instance.version.agreement_id
            self.fields["agreement"].help_text = str(self.instance.version)
        if self.instance.is_translation:
            # A translation has the targets and the rule of the text that is signed.
            for name in ("targets", "outages"):
                self.fields.pop(name, None)
        if self.instance.is_sealed:
            for name in (*SEALED_FIELDS, *DAYS_OF_PUBLISHING):
                self.fields.pop(name, None)

    def _post_clean(self) -> None:
        """After the fields were put on the page, ask it what stands against keeping this text."""
        super()._post_clean()
        if self.instance.is_sealed and any(name in self.data for name in SENT_WITH_THE_TEXT):
            # The form was opened before the signature: what was typed into it is not to get lost
            # without a word.
            self.add_error(None, reason_sealed())
            return
        self.instance.new_agreement = self.cleaned_data.get("agreement")
        if any(name in self.errors for name in ("title", "valid_from", "valid_to", *STREAMS)):
            return
        found = self.instance.objections_to_change()
        if not found and not self.is_deferred_validation:
            found = self.instance.objections()
        by_field: dict[str, list[Objection]] = {}
        for objection in found:
            by_field.setdefault(objection.field, []).append(objection)
        for name, objections in by_field.items():
            field = name if name in self.fields else ""
            self.add_error(field or None, _error(field, objections))


def _error(name: str, objections: "list[Objection]") -> ValidationError:
    """The error of one field; in a stream it also stands at the block that it concerns."""
    if name not in STREAMS:
        return ValidationError([objection.message for objection in objections])
    at_block: dict[int, ValidationError] = {}
    for objection in objections:
        if objection.index is not None and objection.index not in at_block:
            at_block[objection.index] = ValidationError(objection.message)
    return StreamBlockValidationError(
        block_errors=at_block,
        non_block_errors=[ValidationError(objection.message) for objection in objections],
    )
