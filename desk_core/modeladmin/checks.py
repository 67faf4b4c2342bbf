"""System checks: every registered ModelAdmin is hardened and says what it has to say."""

import inspect
from collections.abc import Iterator
from typing import Any

from django.core import checks
from wagtail import hooks
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup

from desk_core.modeladmin.base import DeskModelAdmin

LOOKUP_ENDINGS = ("__startswith", "__contains", "__regex", "__icontains", "__iregex", "__endswith")


def register() -> None:
    """Register the checks, once."""
    checks.register(check_modeladmins, "desk")


def registered() -> Iterator[ModelAdmin]:
    """Yield every ModelAdmin that is registered with Wagtail, those in groups too.

    The library keeps no list; the hook that offers the URLs holds its ModelAdmin.
    """
    for hook in hooks.get_hooks("register_admin_urls"):
        owner = inspect.getclosurevars(hook).nonlocals.get("self") if _closes(hook) else None
        if isinstance(owner, ModelAdmin):
            yield owner
        elif isinstance(owner, ModelAdminGroup):
            yield from owner.modeladmin_instances


def check_modeladmins(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return what is wrong with the registered ModelAdmins."""
    found: list[checks.CheckMessage] = []
    for admin in registered():
        if not isinstance(admin, DeskModelAdmin):
            found.append(
                checks.Error(
                    f"{type(admin).__name__} does not derive from DeskModelAdmin.",
                    hint="The stock ModelAdmin shows other departments' records.",
                    obj=type(admin),
                    id="desk_core.E101",
                )
            )
        else:
            found.extend(complaints(admin))
    return found


def complaints(admin: DeskModelAdmin) -> Iterator[checks.CheckMessage]:
    """Yield what one hardened ModelAdmin has left unsaid."""
    name = type(admin).__name__
    scoped = type(admin).visible_to is not DeskModelAdmin.visible_to
    if not scoped and not hasattr(admin.model._default_manager, "visible_to"):
        yield checks.Error(
            f"{name}: the manager of {admin.model.__name__} has no visible_to(user).",
            hint="Add it to the queryset, or override visible_to in the ModelAdmin.",
            obj=type(admin),
            id="desk_core.E102",
        )
    if admin.list_select_related is None or isinstance(admin.list_select_related, bool):
        yield checks.Error(
            f"{name}: list_select_related must name the relations that the list shows.",
            hint="Write () when there are none.",
            obj=type(admin),
            id="desk_core.E103",
        )
    if admin.inspect_view_enabled and not admin.inspect_view_fields:
        yield checks.Error(
            f"{name}: inspect_view_fields must be listed.", obj=type(admin), id="desk_core.E104"
        )
    if any(lookup.endswith(LOOKUP_ENDINGS) for lookup in admin.allowed_lookups):
        yield checks.Error(
            f"{name}: allowed_lookups must not hold partial look-ups.",
            hint="A value can be guessed letter by letter through them.",
            obj=type(admin),
            id="desk_core.E105",
        )


def _closes(hook: Any) -> bool:
    return inspect.isfunction(hook) and hook.__closure__ is not None
