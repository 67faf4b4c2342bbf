"""Taking up a role and leaving it.

A role is a membership (what someone may see) and a Django group of the same name (what the
Wagtail admin lets them open). The group follows the memberships, never the other way round.
"""

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.db import transaction

from cms_pages.enums import Role
from cms_pages.models import Department, Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def assign(*, user: "User", role: Role, department: Department | None = None) -> Membership:
    """Give a user a role, in one department or in the whole body; the same again changes nothing.

    Raises ValidationError when an officer or a head is named without a department, or one of
    `BODY_ROLES` with one.
    """
    with transaction.atomic():
        wanted = Membership(user=user, role=Role(role), department=department)
        wanted.clean()
        membership, _created = Membership.objects.get_or_create(
            user=user, role=Role(role), department=department
        )
        keep_groups_in_step(user)
    return membership


def leave(*, membership: Membership) -> None:
    """End a role; the right to open its doors goes with the last membership of that role."""
    with transaction.atomic():
        Membership.objects.filter(pk=membership.pk).delete()
        keep_groups_in_step(membership.user)


def keep_groups_in_step(user: "User") -> None:
    """Make the user's role groups exactly those of the memberships; other groups are not ours."""
    roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
    present = set(user.groups.filter(name__in=Role.values).values_list("name", flat=True))
    if gone := present - roles:
        user.groups.remove(*Group.objects.filter(name__in=gone))
    if new := roles - present:
        user.groups.add(*[Group.objects.get_or_create(name=name)[0] for name in sorted(new)])
