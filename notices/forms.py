"""The short form in which staff add an update; fits a phone."""

import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Service
from notices import conflicts, rules, updates
from notices.approval import approved, break_glass
from notices.enums import KINDS_WITH_IMPACT, Impact, Kind, Phase, Severity, UpdateState
from notices.models import Notice, NoticeUpdate, WarningChange
from notices.permissions import services_to_add
from notices.warnings.fields import warned_fields
from persian.forms import PersianCharField
from persian.wagtail import JalaliAdminDateTimeField, JalaliAdminDateTimeInput

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    return JalaliAdminDateTimeField(
        label=label, help_text=help_text, required=False, widget=JalaliAdminDateTimeInput()
    )


def _impact(label: Any, initial: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Impact.choices, initial=initial, required=False)


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

    alone_because = PersianCharField(
        label=_("why nobody else could be asked"),
        max_length=break_glass.REASON_LIMIT,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Only when this makes it a notice of the highest severity. "
            "A colleague looks at it afterwards."
        ),
    )

    def __init__(self, *args: Any, notice: Notice, user: Any, **kwargs: Any) -> None:
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
        self._impacts = self._impact_fields(user)
        if notice.kind == Kind.WARNING:
            self._put_after_text(warned_fields(notice))
        may_weigh_more = (
            notice.kind in (Kind.OUTAGE, Kind.WARNING) and notice.severity != Severity.CRITICAL
        )
        if approved.is_kept(notice):
            self.fields["alone_because"].help_text = _(
                "Only when this makes it earlier, longer or heavier than two people approved it. "
                "A colleague looks at it afterwards."
            )
        elif not may_weigh_more:
            del self.fields["alone_because"]

    def _impact_fields(self, user: Any) -> dict[str, Service | None]:
        """A choice for each affected service (else for the whole desk), and one to add more."""
        if self.notice.kind not in KINDS_WITH_IMPACT:
            return {}
        rows = list(self.notice.affected.select_related("service"))
        found: dict[str, Service | None] = {}
        added: list[tuple[str, forms.Field]] = []
        for row in rows:
            name = f"impact_{row.service_id}"
            found[name] = row.service
            label = _("impact on “%(service)s”") % {"service": row.service}
            added.append((name, _impact(label, row.impact)))
        if not rows:
            found["impact"] = None
            added.append(("impact", _impact(_("impact on the whole desk"), self.notice.impact)))
        else:
            others = services_to_add(user).exclude(pk__in=[row.service_id for row in rows])
            more = forms.ModelMultipleChoiceField(
                label=_("affected from now on"), queryset=others, required=False
            )
            added += [
                ("more", more),
                ("more_impact", _impact(_("impact on these"), rows[0].impact)),
            ]
        self._put_after_text(dict(added))
        return found

    def _put_after_text(self, added: dict[str, forms.Field]) -> None:
        order = list(self.fields)
        after = order.index("text") + 1
        self.fields.update(added)
        self.order_fields([*order[:after], *added, *order[after:]])

    def _said_impacts(self, data: dict[str, Any]) -> dict[Service | None, str]:
        """What the form says of services; whatever is as it was is left out by the verb."""
        said: dict[Service | None, str] = {}
        for name, service in self._impacts.items():
            if chosen := data.pop(name, ""):
                said[service] = chosen
        chosen = data.pop("more_impact", "")
        return said | dict.fromkeys(data.pop("more", ()), chosen)

    def _said_of_warning(self, data: dict[str, Any]) -> dict[str, str]:
        """What was changed in the form as it was shown; what a colleague changed since stays."""
        said = {name: data.pop(name) for name in WarningChange.FACTS if name in self.fields}
        return {name: value for name, value in said.items() if name in self.changed_data}

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
        impacts = self._said_impacts(data)
        warned = self._said_of_warning(data)
        try:
            if data["state"] == UpdateState.CANCELLED:
                return updates.cancel(
                    notice=self.notice,
                    text=data["text"],
                    text_en=data["text_en"],
                    author=author,
                    key=key,
                )
            return updates.post(
                notice=self.notice, author=author, key=key, impacts=impacts, warned=warned, **data
            )
        except ValidationError as refused:
            for name, messages in refused.message_dict.items():
                self.add_error(name if name in self.fields else None, messages)
            return None

    def warnings(self) -> list[str]:
        """What the editor should know of a window that was moved or extended just now."""
        moved = self.cleaned_data.get("starts_at") or self.cleaned_data.get("expected_end")
        return conflicts.warnings_of_notice(self.notice) if moved else []


class AloneForm(forms.Form):
    """The reason for publishing alone what takes two."""

    reason = PersianCharField(
        label=_("why nobody else could be asked"),
        max_length=break_glass.REASON_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "It is kept in the audit trail. Until a colleague has looked at it, it stands on the "
            "first screen of everybody who may."
        ),
    )


class ReviewForm(forms.Form):
    """What another person found, looking at it afterwards."""

    finding = PersianCharField(
        label=_("what you found"),
        max_length=break_glass.REASON_LIMIT,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Empty means: it was right. What was wrong is put right by an update."),
    )


class ApproveRuleForm(forms.Form):
    """Nothing but a button: the hidden word says which rule its person has looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class BeginForm(forms.Form):
    """What a template cannot know: which services, and when."""

    services = forms.ModelMultipleChoiceField(
        label=_("affected services"),
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none when the whole desk is affected."),
    )
    starts_at = _moment(_("start"), _("Empty means: from the moment of publication."))
    expected_end = _moment(_("expected end"), "")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = cast(forms.ModelMultipleChoiceField, self.fields["services"])
        services.queryset = services_to_add(user)
