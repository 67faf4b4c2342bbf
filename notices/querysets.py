"""Questions asked of notices and of the pages that show them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cms_pages.enums import Role
from cms_pages.permissions import departments_of, has_role
from desk_core.statements import Slot
from notices.enums import Impact, Kind, Occasion, ProposalState
from notices.permissions import (
    ANY_NOTICE,
    user_can_manage_monitors,
    user_can_see_monitors,
    user_can_see_notices,
)

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


# After so long without a word of an alert nobody knows any more how the service stands.
LAST_WORD_COUNTS = timedelta(hours=24)


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


class NoticeEventQuerySet(models.QuerySet):
    """What subscribers are told."""

    def holding(self) -> Self:
        """Without what the clock told too early (`NoticeEvent.is_taken_back`)."""
        clocked = Q(occasion__in=(Occasion.BEGUN, Occasion.ENDED))
        return self.exclude(clocked & ~Q(key=F("occasion")))


class MonitorSourceQuerySet(models.QuerySet):
    """Monitors."""

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """All to administrators and auditors."""
        return self.all() if user_can_see_monitors(user) else self.none()

    def manageable_by(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Those whose token the user may make."""
        return self.all() if user_can_manage_monitors(user) else self.none()


class ProposalQuerySet(models.QuerySet):
    """What monitors proposed."""

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """All for whoever works with notices, none for anybody else."""
        return self.all() if user_can_see_notices(user) else self.none()

    def decidable_by(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Those for which `user_can_decide` says yes."""
        if has_role(user, *ANY_NOTICE):
            return self.all()
        if not has_role(user, Role.HEAD):
            return self.none()
        return self.filter(service__department__in=departments_of(user, Role.HEAD))

    def undecided(self) -> Self:
        """Nobody has dismissed them, and no page was written of them that is still there."""
        return self.filter(Q(state=ProposalState.OPEN) | Q(state=ProposalState.TAKEN_UP, page=None))

    def silent(self, at: "datetime | Slot") -> Self:
        """First heard of during an announced maintenance that is still running."""
        return self.filter(_silenced(self.model, at))

    def loud(self, at: "datetime | Slot") -> Self:
        """The others."""
        return self.filter(~_silenced(self.model, at))

    def waiting(self, at: datetime) -> Self:
        """What the editors' panel asks about: firing, undecided, loud, of an active monitor."""
        return self.undecided().loud(at).filter(ended_at=None, source__active=True)

    def observed(self, at: "datetime | Slot", since: "datetime | Slot") -> Self:
        """Those that make the state of a service by the rule of their source.

        Once the notice that was written of one is published, the notice speaks and not the alert.
        `since` is `LAST_WORD_COUNTS` before `at`.
        """
        return self.loud(at).filter(
            Q(state=ProposalState.OPEN)
            | Q(state=ProposalState.TAKEN_UP) & (Q(page=None) | Q(page__notice=None)),
            ~Q(impact=Impact.NONE),
            ended_at=None,
            last_seen_at__gt=since,
            service__active=True,
            source__active=True,
            source__sets_state=True,
        )


def _silenced(model: type[models.Model], at: "datetime | Slot") -> Exists:
    notices: Any = model._meta.get_field("silenced_by").related_model
    pages: Any = model._meta.get_field("page").related_model
    shown = pages._default_manager.public_at(at).filter(notice=OuterRef("pk"))
    running = notices._default_manager.filter(
        running_q(at), Exists(shown), pk=OuterRef("silenced_by"), kind=Kind.MAINTENANCE
    )
    return Exists(running)


def running_q(at: datetime | Slot, prefix: str = "") -> Q:
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
