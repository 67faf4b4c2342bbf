"""The staff's form that announces the end of an agreement."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from persian.forms import PersianCharField
from persian.wagtail import JalaliAdminDateField, JalaliAdminDateInput
from sla.terminating import REASON_MAX, REASON_MIN


class AnnouncementForm(forms.Form):
    """Why, from when on, and until when people can follow their cases."""

    reason = PersianCharField(
        label=_("Reason"),
        min_length=REASON_MIN,
        max_length=REASON_MAX,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody will be able to read it on the agreement's page."),
    )
    ends_on = JalaliAdminDateField(
        label=_("No new requests from"),
        widget=JalaliAdminDateInput,
        help_text=_("The first day on which nothing new is registered under this agreement."),
    )
    readable_until = JalaliAdminDateField(
        label=_("Cases can be followed until"),
        widget=JalaliAdminDateInput,
        help_text=_("At least until this day people can read and follow what they registered."),
    )

    def refuse(self, errors: Any) -> None:
        """Take over what the verb said, field by field."""
        for name, found in errors.error_dict.items():
            self.add_error(name if name in self.fields else None, found)
