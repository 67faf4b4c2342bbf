"""Questions asked of departments, memberships and services."""

from typing import TYPE_CHECKING, Self

from django.db import models

from cms_pages.enums import Role

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser


class FactQuerySet(models.QuerySet):
    """What departments, services, needs and memberships have in common."""

    def visible_to(self, user: "User") -> Self:
        """All to whoever looks after them or audits, nothing to anybody else."""
        from cms_pages.permissions import user_can_view_facts

        return self.all() if user_can_view_facts(user) else self.none()


class DepartmentQuerySet(FactQuerySet):
    """Departments."""

    def active(self) -> Self:
        """Departments offered to citizens now; an inactive one keeps its old cases (R6)."""
        return self.filter(active=True)

    def outside(self, top_id: int | None) -> Self:
        """Departments that are neither this one nor units below it; reads who is part of what."""
        parents = dict(self.model._default_manager.values_list("pk", "parent_id"))
        inside = {top_id} - {None}
        while more := {pk for pk, above in parents.items() if above in inside} - inside:
            inside |= more
        return self.exclude(pk__in=inside)


class MembershipQuerySet(FactQuerySet):
    """Who works where."""

    def of(self, user: "AbstractBaseUser", *roles: Role) -> Self:
        """Memberships of one active user, in any of the roles named (all roles when none is)."""
        if not user.is_active:
            return self.none()
        found = self.filter(user_id=user.pk)
        return found.filter(role__in=roles) if roles else found


class ServiceQuerySet(FactQuerySet):
    """Services."""

    def active(self) -> Self:
        """Services offered to citizens now."""
        return self.filter(active=True, department__active=True)
