"""The forms of accounts in the Wagtail admin, as one who is no superuser may use them."""

from typing import Any

from django.forms import BaseForm
from wagtail.users.views.users import CreateView, EditView, UserViewSet


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


class AccountViewSet(UserViewSet):
    """Named by `CmsPagesConfig.ready()` where a site has not chosen its own."""

    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
