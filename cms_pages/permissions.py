"""Who works where, asked by everything that guards a door.

Rights come from memberships alone. A role without a department holds for the whole body. A
superuser counts as administrator of the whole body and as nothing else: being able to mend the
site is no reason to read a citizen's case.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Q, QuerySet

from cms_pages.enums import Role
from cms_pages.models import Department, Membership

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser


_KEPT = "_desk_roles"


def departments_of(user: "User", *roles: Role) -> "QuerySet[Department]":
    """Departments in which the user has any of these roles (any role at all when none is named).

    A role in the whole body gives all departments, inactive ones too, for they keep their old
    cases (R6). Lazy and one query, also usable as a subquery.
    """
    if _is_super_administrator(user, roles):
        return Department.objects.all()
    if not user.is_active or user.pk is None:
        return Department.objects.none()
    mine = Membership.objects.of(user, *roles).order_by()
    return Department.objects.filter(
        Q(pk__in=mine.filter(department__isnull=False).values("department_id"))
        | Exists(mine.filter(department=None))
    )


def has_role(user: "User", *roles: Role, department: Department | None = None) -> bool:
    """True when the user has any of these roles (any role at all when none is named).

    With a department: there, or for the whole body. Without: anywhere.
    """
    if _is_super_administrator(user, roles):
        return True
    if not user.is_active or user.pk is None:
        return False
    where = None if department is None else {department.pk, None}
    return any(
        (not roles or role in roles) and (where is None or place in where)
        for role, place in roles_of(user)
    )


def has_body_role(user: "User", *roles: Role) -> bool:
    """True when the user has any of these roles for the whole body."""
    if _is_super_administrator(user, roles):
        return True
    if not user.is_active or user.pk is None:
        return False
    return any((not roles or role in roles) and place is None for role, place in roles_of(user))


def roles_of(user: "User") -> frozenset[tuple[str, int | None]]:
    """Each role of an active user with its department (None: the whole body).

    One query, kept on the user object, which lives for one request; taking up and leaving a role
    forgets it.
    """
    kept = vars(user).setdefault(_KEPT, {})
    if user.pk not in kept:
        rows = Membership.objects.of(user).order_by()  # type: ignore[arg-type]
        kept[user.pk] = frozenset(rows.values_list("role", "department_id"))
    return kept[user.pk]


def forget_roles(user: "User") -> None:
    """Read them again when they are next asked for."""
    vars(user).pop(_KEPT, None)


def user_can_manage_facts(user: "User", obj: Any = None) -> bool:
    """Departments, services and staff are the administrators' to change."""
    return has_body_role(user, Role.ADMINISTRATOR)


def user_can_view_facts(user: "User", obj: Any = None) -> bool:
    """Auditors read, but change nothing."""
    return has_body_role(user, Role.ADMINISTRATOR, Role.AUDITOR)


def user_can_read_trail(user: "User", obj: Any = None) -> bool:
    """The audit trail is the auditors' and the superusers': it names no citizen."""
    superuser = user.is_active and getattr(user, "is_superuser", False)
    return bool(superuser) or has_body_role(user, Role.AUDITOR)


def _is_super_administrator(user: "User", roles: tuple[Role, ...]) -> bool:
    superuser = user.is_active and getattr(user, "is_superuser", False)
    return bool(superuser and (not roles or Role.ADMINISTRATOR in roles))
