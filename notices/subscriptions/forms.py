"""The forms of subscribers: what they want to be told, where, and the code that proves it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from desk_core.enums import OutboxChannel
from desk_core.human_check import HumanCheckMixin
from notices.current import PublicNotice
from notices.enums import Kind, Step
from notices.models import Subscription
from notices.subscriptions import contacts
from notices.subscriptions.subscribing import Choices
from persian.digits import localised
from persian.widgets import CodeInput

AT_ONCE, DIGEST = "at_once", "digest"
THIS, ALL = "notice", "services"


def _hours() -> list[tuple[str, str]]:
    return [("", "–"), *((str(hour), localised(f"{hour:02}:00")) for hour in range(24))]


def _hour(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=_hours, coerce=int, empty_value=None, required=False, label=label
    )


_WISHES = ("services", "kinds", "steps")


class ChoicesForm(forms.Form):
    """Of what, when. All that is ticked at first is what most people want.

    Of somebody who is told of what they follow alone nothing is ticked, and nothing has to be.
    """

    services = forms.ModelMultipleChoiceField(
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Which services?"),
        help_text=_("Choose none to be told of all."),
    )
    kinds = forms.MultipleChoiceField(
        choices=Kind,
        widget=forms.CheckboxSelectMultiple,
        label=_("What do you want to be told of?"),
        error_messages={"required": _("Choose at least one.")},
    )
    steps = forms.MultipleChoiceField(
        choices=Step,
        widget=forms.CheckboxSelectMultiple,
        label=_("When?"),
        error_messages={"required": _("Choose at least one.")},
    )
    timing = forms.ChoiceField(
        choices=[(AT_ONCE, _("At once")), (DIGEST, _("Once a day, all together"))],
        widget=forms.RadioSelect,
        label=_("How often?"),
    )
    quiet_from = _hour(_("Quiet from"))
    quiet_until = _hour(_("Quiet until"))

    def __init__(self, *args: Any, only_followed: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "kinds": list(Kind.values),
            "steps": list(Step.values),
            "timing": AT_ONCE,
        } | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        services: Any = self.fields["services"]
        services.queryset = Service.objects.active()
        self.only_followed = only_followed
        if only_followed:
            for name in _WISHES:
                self.initial[name] = []
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Quiet hours are two different hours, or none; who wants more says of what and when."""
        data = super().clean() or self.cleaned_data
        if self.only_followed and any(data.get(name) for name in _WISHES):
            for name in ("kinds", "steps"):
                if name in data and not data[name]:
                    self.add_error(name, self.fields[name].error_messages["required"])
        if {"quiet_from", "quiet_until"} <= data.keys():
            first, last = data["quiet_from"], data["quiet_until"]
            if (first is None) != (last is None):
                empty = "quiet_from" if first is None else "quiet_until"
                self.add_error(empty, _("Choose both hours, or none."))
            elif first is not None and first == last:
                self.add_error("quiet_until", _("Choose two different hours."))
        return data

    @property
    def choices(self) -> Choices:
        """What was chosen; of a valid form."""
        data = self.cleaned_data
        timing: dict[str, Any] = {
            "quiet_from": data.get("quiet_from"),
            "quiet_until": data.get("quiet_until"),
            "digest": data.get("timing") == DIGEST,
        }
        if self.only_followed and not data["kinds"]:
            return Choices(only_followed=True, **timing)
        services = [service.pk for service in data["services"]]
        return Choices(services=services, kinds=data["kinds"], steps=data["steps"], **timing)


def _contact(help_text: Any) -> forms.CharField:
    return forms.CharField(
        max_length=contacts.LONGEST,
        label=_("E-mail address or mobile number"),
        help_text=help_text,
        error_messages={"required": _("Please fill this in.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "email"}),
    )


class _ContactForm(HumanCheckMixin):
    """A contact of any channel."""

    def clean_contact(self) -> str:
        """Refuse what is no contact, at its field; the text stays as it was typed."""
        text = str(self.cleaned_data["contact"])
        contacts.clean(text)
        return text


class SubscribeForm(_ContactForm, ChoicesForm):
    """Where, of what, when."""

    human_purpose = "subscribe"

    contact = _contact(
        _("Programs can be told as well: write the address of a webhook, beginning with https://.")
    )
    field_order = ("contact",)


class FollowForm(_ContactForm):
    """Where, and whether of one notice alone or of all about the same services."""

    human_purpose = "subscribe"

    contact = _contact(_("You get a code there first, and then what is said of this notice."))
    scope = forms.ChoiceField(
        choices=[
            (THIS, _("This notice alone, until it is over")),
            (ALL, _("All notices about the same services, until I end it")),
        ],
        initial=THIS,
        widget=forms.RadioSelect,
        label=_("What do you want to follow?"),
    )
    field_order = ("contact", "scope")

    def __init__(self, *args: Any, notice: PublicNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = notice

    @property
    def choices(self) -> Choices:
        """What was chosen; of a valid form."""
        if self.cleaned_data["scope"] == THIS:
            return Choices(follow=self.notice.id)
        return Choices(services=[row.service_id for row in self.notice.affected])


class ManageForm(_ContactForm):
    """The contact whose subscription is to be changed."""

    human_purpose = "subscribe"

    contact = _contact(_("The one that receives the notices. A webhook's https:// address, too."))


class CodeForm(forms.Form):
    """The code that was sent, in any grouping and script, or the whole link."""

    code = forms.CharField(
        max_length=500,
        label=_("Code"),
        help_text=_("12 letters and digits, for example K7QF-2M9D-XW3P."),
        error_messages={"required": _("Write the code that was sent to you.")},
        widget=CodeInput(attrs={"autocomplete": "one-time-code", "class": "input-medium"}),
    )


def initial_of(row: Subscription) -> dict[str, Any]:
    """What a subscription has chosen, for `ChoicesForm`."""
    return {
        "services": list(row.services.values_list("pk", flat=True)),
        "kinds": [kind for kind in Kind.values if getattr(row, f"wants_{kind}")],
        "steps": [step for step in Step.values if getattr(row, f"wants_{step}")],
        "timing": DIGEST if row.digest else AT_ONCE,
        "quiet_from": row.quiet_from,
        "quiet_until": row.quiet_until,
    }


class ProgramChoicesForm(ChoicesForm):
    """The same for a webhook, which is told at once and never sleeps."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("timing", "quiet_from", "quiet_until"):
            del self.fields[name]


def choices_form(row: Subscription, data: Any = None) -> ChoicesForm:
    """The form of a subscription, filled with what it has chosen."""
    program = row.channel == OutboxChannel.WEBHOOK
    kind = ProgramChoicesForm if program else ChoicesForm
    return kind(data, initial=initial_of(row), only_followed=row.only_followed)


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Show what a verb refused at the contact."""
    form.add_error("contact", error)
