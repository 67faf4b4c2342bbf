"""The editor's form of a notice page."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import ModelMultipleChoiceField
from wagtail.admin.forms import WagtailAdminPageForm

from cms_pages.models import Service
from notices import rules
from notices.permissions import services_to_add, user_can_speak_of

# Filled in for the first publication only; afterwards the fact leads.
FIRST_PUBLICATION_FIELDS = (
    *("kind", "impact", "affected_services", "starts_at", "expected_end"),
    *("event", "severity", "certainty", "area", "area_en", "shape", "geocodes"),
    *("instruction", "instruction_en"),
)
#: By this name a browser says that "publish" was pressed.
PUBLISH = "action-publish"


class NoticePageForm(WagtailAdminPageForm):
    """Hides what no longer counts after the first publication, and asks for what it then needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_draft = False
        if self.instance.known_notice() is not None:
            for name in FIRST_PUBLICATION_FIELDS:
                self.fields.pop(name, None)
            # The newest revision may have been told already; each edit is asked anew.
            self.initial["tell_subscribers"] = False
        else:
            self.fields.pop("tell_subscribers", None)
            self._offer_services()

    def _offer_services(self) -> None:
        """What this user may say is affected; what a colleague has named may stay."""
        if self.for_user is None or "affected_services" not in self.fields:
            return
        kept = [service.pk for service in self.initial.get("affected_services") or ()]
        field = cast(ModelMultipleChoiceField, self.fields["affected_services"])
        may = services_to_add(self.for_user).values("pk")
        field.queryset = Service.objects.filter(Q(pk__in=may) | Q(pk__in=kept))

    def defer_required_fields(self) -> None:
        """Called by Wagtail when only a draft is saved."""
        self._is_draft = True
        super().defer_required_fields()

    def clean(self) -> dict[str, Any]:
        """A draft may be unfinished; what is published may not, nor by one where it takes two."""
        cleaned = super().clean()
        if not self._is_draft and "kind" in self.fields:
            kind = cleaned.get("kind", "")
            missing = rules.times_missing(
                kind, cleaned.get("starts_at"), cleaned.get("expected_end")
            ) | rules.warning_missing(
                kind,
                event=cleaned.get("event") or "",
                severity=cleaned.get("severity") or "",
                certainty=cleaned.get("certainty") or "",
                area=cleaned.get("area") or "",
                area_en=cleaned.get("area_en") or "",
            )
            for name, message in (missing | self._not_theirs_to_say(kind, cleaned)).items():
                if name not in self.errors:
                    self.add_error(name, message)
        return cleaned

    def _not_theirs_to_say(self, kind: str, cleaned: dict[str, Any]) -> rules.Errors:
        """What names no service of a head's is the editors' to say, and to change afterwards."""
        named = cleaned.get("affected_services") or ()
        if self.for_user is None or user_can_speak_of(self.for_user, named):
            return {}
        return rules.names_no_own_service(kind)

    def _post_clean(self) -> None:
        """After the fields were put on the page: whether this person may publish it alone."""
        super()._post_clean()
        if self.errors or PUBLISH not in self.data or self.for_user is None:
            return
        from notices.approval import four_eyes

        try:
            four_eyes.form_errors(
                self.instance, self.for_user, changed=four_eyes.changed_words(self)
            )
        except ValidationError as error:
            self.add_error(None, error)
