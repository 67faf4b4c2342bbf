"""What the group of each role may open in the Wagtail admin.

One Django group per role, named for it. The groups are made by a migration; their permissions are
granted after every `migrate`, because Django creates permissions only then, and because floors
above bring models of their own. Granting again changes nothing, and nothing is ever taken away:
what an administrator granted by hand stays.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps as installed
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms_pages.enums import Role

ADMIN = [("wagtailadmin", "admin", "access_admin")]
# app, model, codename
PERMISSIONS: dict[str, list[tuple[str, str, str]]] = {
    Role.EDITOR: [
        ("cms_pages", "need", "view_need"),
        ("cms_pages", "need", "add_need"),
        ("cms_pages", "need", "change_need"),
        ("simple_translation", "simpletranslation", "submit_translation"),
    ],
    Role.AUDITOR: [
        ("cms_pages", "department", "view_department"),
        ("cms_pages", "service", "view_service"),
        ("cms_pages", "membership", "view_membership"),
    ],
    Role.ADMINISTRATOR: [
        *[
            ("cms_pages", model, f"{action}_{model}")
            for model in ("department", "service", "need", "membership")
            for action in ("view", "add", "change", "delete")
        ],
        ("cms_pages", "desksettings", "change_desksettings"),
        ("auth", "user", "view_user"),
        ("auth", "user", "add_user"),
        ("auth", "user", "change_user"),
        ("wagtailcore", "site", "change_site"),
    ],
}
PAGE_ACTIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
LIBRARY = {
    "wagtailimages": ("image", ("add_image", "change_image", "choose_image")),
    "wagtaildocs": ("document", ("add_document", "change_document", "choose_document")),
}


def register(role: Role, permissions: Iterable[tuple[str, str, str]]) -> None:
    """Let a floor above grant a role rights on its own models: (app, model, codename)."""
    wanted = PERMISSIONS.setdefault(role, [])
    wanted.extend(permission for permission in permissions if permission not in wanted)


def grant_all(**kwargs: Any) -> None:
    """Make the groups and grant what is missing; a `post_migrate` handler, safe to repeat."""
    if not (installed.is_installed("wagtail.admin") and _tables_exist(kwargs.get("using"))):
        return
    for role in Role:
        group, _created = Group.objects.get_or_create(name=role.value)
        for app, model, codename in [*ADMIN, *PERMISSIONS.get(role, [])]:
            _grant(group, app, model, codename)
        if role in (Role.EDITOR, Role.ADMINISTRATOR):
            _grant_pages_and_library(group)


def _grant(group: Group, app: str, model: str, codename: str) -> None:
    if permission := _permission(app, model, codename):
        group.permissions.add(permission)


def _permission(app: str, model: str, codename: str) -> Permission | None:
    """The permission; None where the app is not installed."""
    kind = ContentType.objects.filter(app_label=app, model=model).first()
    if kind is None:
        return None
    return Permission.objects.filter(content_type=kind, codename=codename).first()


def _grant_pages_and_library(group: Group) -> None:
    root = Page.get_first_root_node()
    if root is not None:
        for codename in PAGE_ACTIONS:
            if permission := _permission("wagtailcore", "page", codename):
                GroupPagePermission.objects.get_or_create(
                    group=group, page=root, permission=permission
                )
    library = Collection.get_first_root_node()
    for app, (model, codenames) in LIBRARY.items():
        for codename in codenames:
            permission = _permission(app, model, codename)
            if permission and library is not None:
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=library, permission=permission
                )


def _tables_exist(using: str | None) -> bool:
    from django.db import connections

    names = connections[using or "default"].introspection.table_names()
    return {
        GroupPagePermission._meta.db_table,
        GroupCollectionPermission._meta.db_table,
    } <= set(names)
