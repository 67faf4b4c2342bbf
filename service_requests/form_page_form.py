"""The editor's form of a request form: its mistakes stand beside the blocks they are about."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

_WHO = ("for_natural", "for_legal", "for_foreign")


class RequestFormPageForm(WagtailAdminPageForm):
    """Checks the questions when they are to be published, not on saving a draft."""

    def clean(self) -> dict[str, Any]:
        """Ask who may use it, and whether the services belong to the departments."""
        data = super().clean()
        if self.is_deferred_validation:
            return data
        if not any(data.get(name) for name in _WHO):
            self.add_error("for_natural", _("Choose who may use the form."))
        departments = list(data.get("departments") or [])
        services = list(data.get("services") or [])
        for service in services:
            if departments and service.department not in departments:
                self.add_error(
                    "services",
                    _("The department of “%(service)s” is not among the departments.")
                    % {"service": service},
                )
        return data

    def _post_clean(self) -> None:
        """After the fields were put on the page, look at it as a whole."""
        from service_requests.request_forms import shaping

        super()._post_clean()
        if self.is_deferred_validation or "steps" in self.errors:
            return
        if found := shaping.mistakes_in(self.instance):
            self.add_error("steps", shaping.as_block_errors(found))
