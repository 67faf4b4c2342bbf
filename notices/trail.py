"""What the audit trail calls the deeds of this floor."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "notice.broke_glass": _("Notice published by one person alone"),
    "notice.reviewed": _("Publication by one person reviewed"),
    "notice.rule_approved": _("Recurring maintenance approved"),
}
