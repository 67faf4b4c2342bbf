"""The forms of accounts in the Wagtail admin, as one who is no superuser may use them."""

from typing import Any

from django.forms import BaseForm
from wagtail.users.views.users import CreateView, EditView, UserFilterSet, UserViewSet

from cms_pages.enums import Role


class _NoPromotion:
    """Mixin: only superusers are shown the box that makes one (`accounts` refuses it as well)."""

    def get_form(self, *args: Any, **kwargs: Any) -> BaseForm:
        """Wagtail's form, without the box."""
        form: BaseForm = super().get_form(*args, **kwargs)  # type: ignore[misc]
        if not self.request.user.is_superuser:  # type: ignore[attr-defined]
            form.fields.pop("is_superuser", None)
        return form


class AccountCreateView(_NoPromotion, CreateView):
    """A new account."""


class AccountEditView(_NoPromotion, EditView):
    """An account that there is."""


def _group_label(group: Any) -> str:
    """The groups of roles have the roles' names; other groups have their own."""
    return str(Role(group.name).label) if group.name in Role.values else str(group)


class AccountFilterSet(UserFilterSet):
    """Wagtail's filters, with the groups in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["group"].label_from_instance = _group_label


class AccountViewSet(UserViewSet):
    """Named by `CmsPagesConfig.ready()` where a site has not chosen its own."""

    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    filterset_class = AccountFilterSet
