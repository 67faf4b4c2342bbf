"""The editor's form of a notice page."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from notices import rules

# Filled in for the first publication only; afterwards the fact leads.
FIRST_PUBLICATION_FIELDS = ("kind", "impact", "affected_services", "starts_at", "expected_end")


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

    def defer_required_fields(self) -> None:
        """Called by Wagtail when only a draft is saved."""
        self._is_draft = True
        super().defer_required_fields()

    def clean(self) -> dict[str, Any]:
        """A draft may be unfinished; what is published may not."""
        cleaned = super().clean()
        if not self._is_draft and "kind" in self.fields:
            missing = rules.times_missing(
                cleaned.get("kind", ""), cleaned.get("starts_at"), cleaned.get("expected_end")
            )
            for name, message in missing.items():
                if name not in self.errors:
                    self.add_error(name, message)
        return cleaned
