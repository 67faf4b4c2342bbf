"""Who may do what: the ModelAdmin's own `user_can_…` functions, asked by all of its views."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_permission_codename
from django.db.models import Model
from wagtail_modeladmin.helpers import ModelAdminURLFinder, PermissionHelper

if TYPE_CHECKING:
    from desk_core.modeladmin.base import DeskModelAdmin


def has_model_permission(user: Any, model: type[Model], action: str) -> bool:
    """Say whether `user` has the permission `<app>.<action>_<model>`."""
    opts = model._meta
    return user.has_perm(f"{opts.app_label}.{get_permission_codename(action, opts)}")


class DeskPermissionHelper(PermissionHelper):
    """Asks the ModelAdmin; no permission opens more than what it names."""

    model_admin: "DeskModelAdmin"

    def user_can_list(self, user: Any) -> bool:
        """The list, and the menu item that leads to it."""
        return self.model_admin.user_can_list(user)

    def user_can_create(self, user: Any) -> bool:
        """The "add" button and its form."""
        return self.model_admin.has_form and self.model_admin.user_can_create(user)

    def user_can_inspect_obj(self, user: Any, obj: Model) -> bool:
        """The page of one object."""
        return self.inspect_view_enabled and self.model_admin.user_can_inspect(user, obj)

    def user_can_edit_obj(self, user: Any, obj: Model) -> bool:
        """The form of one object."""
        return self.model_admin.has_form and self.model_admin.user_can_edit(user, obj)

    def user_can_delete_obj(self, user: Any, obj: Model) -> bool:
        """The page that asks before deleting, and deleting."""
        return self.model_admin.user_can_delete(user, obj)

    def user_can_see_history(self, user: Any, obj: Model) -> bool:
        """The history of one object."""
        return self.model_admin.user_can_see_history(user, obj)


class DeskURLFinder(ModelAdminURLFinder):
    """Tells Wagtail's reports where an object is edited: only to whom it is visible at all."""

    model_admin: "DeskModelAdmin"

    def get_edit_url(self, instance: Model) -> str | None:
        """Return the address of the form, or None."""
        if self.user is not None:
            visible = self.model_admin.visible_to(self.user)
            if not visible.filter(pk=instance.pk).exists():
                return None
        return super().get_edit_url(instance)
