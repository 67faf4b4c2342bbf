"""The short form in which staff add an update; fits a phone."""

import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices import rules, updates
from notices.enums import Phase, UpdateState
from notices.models import Notice, NoticeUpdate
from persian.forms import PersianCharField
from persian.wagtail import JalaliAdminDateTimeField, JalaliAdminDateTimeInput

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    return JalaliAdminDateTimeField(
        label=label, help_text=help_text, required=False, widget=JalaliAdminDateTimeInput()
    )


class UpdateForm(forms.Form):
    """State, text, and the times that go with it. Only what can be said now is offered.

    The hidden key is made when the form is shown: sending the same form twice, as a tired finger
    on a slow phone does, adds one update.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("state now"), widget=forms.RadioSelect)
    text = PersianCharField(
        label=_("what people should know"),
        max_length=rules.TEXT_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Plain text. It is shown at once on every page that tells of this notice."),
    )
    expected_end = _moment(
        _("new expected end"), _("Only when it changes. Leave empty when it is over.")
    )
    ended_at = _moment(_("real end"), _("Only when it is over. Empty means now."))
    starts_at = _moment(_("new start"), _("Only to move what has not begun."))
    text_en = PersianCharField(
        label=_("the same in English"),
        max_length=rules.TEXT_LIMIT,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "lang": "en"}),
    )

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        self.notice = notice
        now = timezone.now()
        allowed = updates.allowed_states(notice, now)
        kwargs["initial"] = {"key": uuid.uuid4(), "state": self._likely(now)} | (
            kwargs.get("initial") or {}
        )
        super().__init__(*args, **kwargs)
        state_field = cast(forms.ChoiceField, self.fields["state"])
        state_field.choices = [(each.value, each.label) for each in allowed]
        if notice.phase(now) == Phase.ANNOUNCED:
            del self.fields["ended_at"]
        else:
            del self.fields["starts_at"]

    def _likely(self, now: Any) -> str | None:
        """The state that was said last, as far as it may be said again."""
        last = self.notice.updates.order_by("-at", "-pk").first()
        allowed = updates.allowed_states(self.notice, now)
        if last is not None and last.state in allowed:
            return last.state
        return allowed[0] if allowed else None

    def save(self, author: "User") -> NoticeUpdate | None:
        """Post the update; None when it was refused, with the reasons at their fields."""
        data = dict(self.cleaned_data)
        key = str(data.pop("key"))
        try:
            if data["state"] == UpdateState.CANCELLED:
                return updates.cancel(
                    notice=self.notice,
                    text=data["text"],
                    text_en=data["text_en"],
                    author=author,
                    key=key,
                )
            return updates.post(notice=self.notice, author=author, key=key, **data)
        except ValidationError as refused:
            for name, messages in refused.message_dict.items():
                self.add_error(name if name in self.fields else None, messages)
            return None
