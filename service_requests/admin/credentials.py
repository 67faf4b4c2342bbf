"""The list of tracking credentials: issued, re-issued, ended; never the secret."""

from typing import Any, ClassVar

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk_core.modeladmin import DeskModelAdmin
from persian.templatetags.persian import code_groups, jdatetime_short
from service_requests import permissions
from service_requests.admin.filters import ActiveFilter
from service_requests.models import Credential


class CredentialAdmin(DeskModelAdmin):
    """Who issued and who ended a password, when and why. Nothing here can be changed."""

    model = Credential
    menu_icon = "key"
    menu_label = _("Tracking credentials")
    list_display = ("tracking_code", "issued_at", "issuer", "ended", "why")
    list_filter = (ActiveFilter, "reason")
    list_select_related: ClassVar = ("case", "issued_by", "ended_by")
    search_exact_fields: ClassVar = ("case__code",)
    search_help = _("Tracking code")
    ordering = ("-issued_at", "-id")
    inspect_view_enabled = True
    inspect_view_fields = (
        *("tracking_code", "issued_at", "issued_by", "ended_at", "ended_by", "reason"),
    )
    empty_help = _("Every registered case issues a tracking password; it will be listed here.")
    writes_wagtail_log = False

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with cases, and auditors."""
        return permissions.user_can_list_cases(user)

    def user_can_create(self, user: Any) -> bool:
        """Credentials are issued with a case, or re-issued on its screen."""
        return False

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """Nobody."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def audit_target(self, obj: Model) -> str:
        """Named by its case and number."""
        return f"credential:{obj}:{obj.pk}"

    def audit_department(self, obj: Model) -> int | None:
        """The department that has the case."""
        return obj.case.department_id if isinstance(obj, Credential) else None

    def tracking_code(self, obj: Credential) -> SafeString:
        """The code of its case."""
        return code_groups(obj.case.code)

    tracking_code.short_description = _("Tracking code")  # type: ignore[attr-defined]

    def issuer(self, obj: Credential) -> str:
        """Who issued it: staff, or the registration itself."""
        return _name(obj.issued_by) or gettext("at registration")

    issuer.short_description = _("Issued by")  # type: ignore[attr-defined]

    def ended(self, obj: Credential) -> str:
        """When it ended, and by whom."""
        if obj.ended_at is None:
            return gettext("active")
        return f"{jdatetime_short(obj.ended_at)} {_name(obj.ended_by)}".strip()

    ended.short_description = _("Ended at")  # type: ignore[attr-defined]

    def why(self, obj: Credential) -> str:
        """Why it ended."""
        return obj.get_reason_display() if obj.reason else ""

    why.short_description = _("Why it ended")  # type: ignore[attr-defined]


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
