"""Who may do what with notices; every view, listing and button asks here."""

from typing import TYPE_CHECKING

from cms_pages.enums import Role
from cms_pages.models import Service
from cms_pages.permissions import departments_of, has_role

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from notices.models import BreakGlass, Notice

    Asker = AbstractBaseUser | AnonymousUser

ANY_NOTICE = (Role.EDITOR, Role.ADMINISTRATOR)
PUBLISHERS = (*ANY_NOTICE, Role.HEAD)


def user_can_post_update(user: "Asker", notice: "Notice") -> bool:
    """Editors may add updates and call any notice off; heads, those of their own services.

    A notice about the whole desk names no service and is no head's. The same for many at once:
    `NoticeQuerySet.updatable_by`.
    """
    if has_role(user, *ANY_NOTICE):
        return True
    mine = departments_of(user, Role.HEAD)
    return has_role(user, Role.HEAD) and notice.services.filter(department__in=mine).exists()


def user_can_see_notices(user: "Asker") -> bool:
    """Whoever may write them, and the auditors, may see the overview with withdrawn ones."""
    return has_role(user, *PUBLISHERS, Role.AUDITOR)


def services_to_add(user: "Asker") -> "QuerySet[Service]":
    """Services that the user may say are affected: heads, those of their own departments."""
    services = Service.objects.active()
    if has_role(user, *ANY_NOTICE):
        return services
    return services.filter(department__in=departments_of(user, Role.HEAD))


def user_can_change_templates(user: "Asker") -> bool:
    """Templates and recurring windows are for all departments: the editors' work."""
    return has_role(user, *ANY_NOTICE)


def user_can_review(user: "Asker", row: "BreakGlass") -> bool:
    """Another person than the one who published alone; whoever may write notices."""
    return row.by_id != user.pk and has_role(user, *PUBLISHERS)
