"""For how long cases are kept, by kind."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from desk_core.modeladmin import DeskModelAdmin
from service_requests import permissions
from service_requests.models import RetentionRule


class RetentionAdmin(DeskModelAdmin):
    """Retention rules: administrators write them, auditors read them."""

    model = RetentionRule
    menu_icon = "time"
    menu_label = _("Retention")
    list_display = ("kind", "days")
    list_select_related: ClassVar = ()
    reads_are_audited = False
    ordering = ("kind",)
    empty_help = _("Every case is kept for good until there is a rule for its kind.")
    panels: ClassVar = [FieldPanel("kind"), FieldPanel("days")]

    def user_can_list(self, user: Any) -> bool:
        """Administrators and auditors."""
        return permissions.user_can_list_retention(user)

    def user_can_create(self, user: Any) -> bool:
        """Administrators."""
        return permissions.user_can_set_retention(user)

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Administrators."""
        return permissions.user_can_set_retention(user)

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Administrators."""
        return permissions.user_can_set_retention(user)

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False
