"""The form in which staff dismiss a proposal."""

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notices.models import Proposal
from notices.monitors import deciding
from persian.forms import PersianCharField

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class DismissForm(forms.Form):
    """Why no notice is needed."""

    reason = PersianCharField(
        label=_("why no notice is needed"),
        max_length=deciding.REASON_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For colleagues; it is not published."),
    )

    def save(self, proposal: Proposal, author: "User") -> Proposal | None:
        """Dismiss it; None when that was refused, with the reasons at their fields."""
        try:
            return deciding.dismiss(
                proposal=proposal, reason=self.cleaned_data["reason"], author=author
            )
        except ValidationError as refused:
            self.add_error(None, refused)
            return None
