"""Questions asked of subscriptions."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from notices.enums import LIVING_STATES, SubscriptionState
from notices.permissions import user_can_see_subscriptions

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class SubscriptionQuerySet(models.QuerySet):
    """Subscriptions of all channels."""

    def active(self) -> Self:
        """Those that are told."""
        return self.filter(state=SubscriptionState.ACTIVE)

    def living(self) -> Self:
        """Those whose contact is taken: active, or stopped after failures."""
        return self.filter(state__in=LIVING_STATES)

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """All of them, contacts masked, for staff who look after them; none for anybody else."""
        return self.all() if user_can_see_subscriptions(user) else self.none()

    def wanting(
        self,
        *,
        notice: UUID,
        kind: str,
        step: str,
        services: Collection[int],
        before: datetime,
    ) -> Self:
        """Active ones that follow this notice, or chose its kind, this step and a service of it.

        No services: the notice is about the whole desk and everybody's. Whoever confirmed only
        after `before` is not told of what happened then.
        """
        follows = self._rows("followed").filter(notice=notice)
        chosen = self._rows("services")
        wants = Q(**{f"wants_{kind}": True, f"wants_{step}": True}, only_followed=False)
        if services:
            wants &= Q(Exists(chosen.filter(service__in=services))) | ~Q(Exists(chosen))
        return self.active().filter(wants | Q(Exists(follows)), confirmed_at__lte=before)

    def _rows(self, name: str) -> Any:
        """What each subscription has chosen, of one kind."""
        field: Any = self.model._meta.get_field(name)
        return field.remote_field.through._default_manager.filter(subscription=OuterRef("pk"))
