"""Who may change whose account in the Wagtail admin, and the trail that it leaves.

Administrators look after the accounts of staff. A superuser can open cases (with a reason), so
only a superuser may make one, or touch the account of one: its password, its e-mail, its state.
Whatever is changed goes to the audit trail, a new password above all.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from desk_core import audit

ACTIONS = {
    "user.create": gettext_lazy("Account made"),
    "user.change": gettext_lazy("Account changed"),
}


def guard_creation(request: HttpRequest) -> HttpResponse | None:
    """Refuse a new superuser, unless a superuser makes it."""
    return _refusal(request) if _asks_for_superuser(request) else None


def guard_change(request: HttpRequest, user: Any) -> HttpResponse | None:
    """Refuse to change a superuser or to make one, unless a superuser does it."""
    return _refusal(request) if user.is_superuser or _asks_for_superuser(request) else None


def guard_bulk(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:
    """Refuse an action on many accounts when one of them is a superuser's."""
    users = issubclass(action.model, get_user_model())
    return _refusal(request) if users and any(each.is_superuser for each in objects) else None


def record_creation(request: HttpRequest, user: Any) -> None:
    """Who made which account."""
    _record("user.create", request, user)


def record_change(request: HttpRequest, user: Any) -> None:
    """Who changed which account, and whether its password."""
    _record("user.change", request, user, password=bool(request.POST.get("password1")))


def record_bulk(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> None:
    """Who did what to which accounts."""
    if issubclass(action.model, get_user_model()):
        for user in objects:
            _record("user.change", request, user, bulk=action_type)


def _asks_for_superuser(request: HttpRequest) -> bool:
    return "is_superuser" in request.POST


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Nothing for a superuser; anybody else is sent back with the reason."""
    if getattr(request.user, "is_superuser", False):
        return None
    messages.error(request, _("Only a superuser may make or change the account of a superuser."))
    return redirect("wagtailadmin_home")


def _record(action: str, request: HttpRequest, user: Any, **detail: Any) -> None:
    facts = {"superuser": user.is_superuser} | detail
    actor: Any = request.user
    audit.record(action=action, actor=actor, target=f"user:{user.pk}", detail=facts)
