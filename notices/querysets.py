"""Questions asked of notices and of the pages that show them."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cms_pages.enums import Role
from cms_pages.permissions import departments_of, has_role
from desk_core.statements import Slot
from notices.permissions import ANY_NOTICE, user_can_see_notices

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class NoticeQuerySet(models.QuerySet):
    """Notices as facts; whether one is public is a question to its pages (`notices.current`)."""

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """All notices for staff who work with them, none for anybody else."""
        return self.all() if user_can_see_notices(user) else self.none()

    def updatable_by(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Those for which `user_can_post_update` says yes."""
        if has_role(user, *ANY_NOTICE):
            return self.all()
        if not has_role(user, Role.HEAD):
            return self.none()
        mine = departments_of(user, Role.HEAD)
        touching = self.model._default_manager.filter(services__department__in=mine)
        return self.filter(pk__in=touching.order_by().values("pk"))


def running_q(at: datetime, prefix: str = "") -> Q:
    """Condition "begun and not over at `at`" for a notice reached through `prefix`."""
    return Q(**{f"{prefix}starts_at__lte": at}) & open_q(at, prefix)


def open_q(at: datetime | Slot, prefix: str = "") -> Q:
    """Condition "not over at `at`", begun or not."""
    return Q(**{f"{prefix}over_at": None}) | Q(**{f"{prefix}over_at__gt": at})


class BreakGlassQuerySet(models.QuerySet):
    """Publications by one person where two are asked for."""

    def unreviewed(self) -> Self:
        """Those that nobody has looked at yet."""
        return self.filter(reviewed_at=None)
