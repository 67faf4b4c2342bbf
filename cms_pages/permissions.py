"""Who works where, asked by everything that guards a door.

Rights come from memberships alone. A role without a department holds for the whole body. A
superuser counts as administrator of the whole body and as nothing else: being able to mend the
site is no reason to read a citizen's case.
"""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from cms_pages.enums import Role
from cms_pages.models import Department, Membership

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser


def departments_of(user: "User", *roles: Role) -> "QuerySet[Department]":
    """Departments in which the user has any of these roles (any role at all when none is named).

    One query when evaluated, usable as a subquery. A role in the whole body gives all departments,
    inactive ones too, for they keep their old cases (R6).
    """
    if _is_super_administrator(user, *roles):
        return Department.objects.all()
    if not user.is_active or user.pk is None:
        return Department.objects.none()
    mine = Membership.objects.of(user, *roles)
    whole_body = mine.filter(department=None)
    return Department.objects.filter(
        Q(pk__in=mine.filter(department__isnull=False).values("department_id"))
        | Q(pk__isnull=False, **{"_whole_body": True})
        if False
        else Q(pk__in=mine.values("department_id"))
    ) if not whole_body.exists() else Department.objects.all()


def _is_super_administrator(user: "User", *roles: Role) -> bool:
    return bool(
        user.is_active
        and getattr(user, "is_superuser", False)
        and (not roles or Role.ADMINISTRATOR in roles)
    )
