"""Questions asked of departments, memberships and services."""

from typing import TYPE_CHECKING, Self

from django.db import models

from cms_pages.enums import Role

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class DepartmentQuerySet(models.QuerySet):
    """Departments."""

    def active(self) -> Self:
        """Departments offered to citizens now; an inactive one keeps its old cases (R6)."""
        return self.filter(active=True)


class MembershipQuerySet(models.QuerySet):
    """Who works where."""

    def of(self, user: "AbstractBaseUser", *roles: Role) -> Self:
        """Memberships of one active user, in any of the roles named (all roles when none is)."""
        if not user.is_active:
            return self.none()
        found = self.filter(user_id=user.pk)
        return found.filter(role__in=roles) if roles else found


class ServiceQuerySet(models.QuerySet):
    """Services."""

    def active(self) -> Self:
        """Services offered to citizens now."""
        return self.filter(active=True, department__active=True)
