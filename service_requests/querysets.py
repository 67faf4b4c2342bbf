"""Questions asked of cases, credentials and what hangs on them."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from persian import jalali
from service_requests.enums import OPEN_STATES, Kind, State


class CaseQuerySet(models.QuerySet):
    """Cases. Every staff view begins at `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """The cases a member of staff may know of; see `standing` for the rule."""
        from service_requests.standing import standing_of

        found = standing_of(user).case_filter()
        return self if found is None else self.filter(found)

    def led_by(self, user: Any) -> Self:
        """The cases a member of staff answers for, and may export."""
        from service_requests.standing import standing_of

        found = standing_of(user).led_filter()
        return self if found is None else self.filter(found)

    def open(self) -> Self:
        """Cases in which somebody still has to do something."""
        return self.filter(state__in=OPEN_STATES)

    def new(self) -> Self:
        """Cases that nobody has taken up yet."""
        return self.filter(state__in=(State.REGISTERED, State.REFERRED), assigned_to=None)

    def assigned_to(self, user: Any) -> Self:
        """Cases that one member of staff works on."""
        return self.filter(assigned_to_id=user.pk)

    def of_teams_of(self, user: Any) -> Self:
        """Cases given to a team of the user's and not taken by anybody yet."""
        from service_requests.models import Team

        mine = Team.objects.filter(members=user.pk).order_by().values("pk")
        return self.filter(team__in=mine, assigned_to=None)

    def for_list(self) -> Self:
        """What a list row shows, in one query and without the sealed content."""
        return self.select_related("department", "service", "assigned_to").defer("sealed_content")


class OfDepartments(models.QuerySet):
    """What the head of a department decides for it, and an administrator for each."""

    def visible_to(self, user: Any) -> Self:
        """Those of the departments that the user leads; administrators and superusers see all."""
        from service_requests.permissions import led_departments

        led = led_departments(user)
        return self if led is None else self.filter(department__in=led)


class TeamQuerySet(OfDepartments):
    """Teams."""

    def of_case(self, case: Any) -> Self:
        """The teams that a case may be given to; none takes a complaint."""
        if case.kind == Kind.COMPLAINT:
            return self.none()
        return self.filter(department=case.department_id, active=True).order_by("name", "id")


class RulesQuerySet(OfDepartments):
    """Rules of departments."""


class StoredReplyQuerySet(models.QuerySet):
    """Stored replies."""

    def visible_to(self, user: Any) -> Self:
        """Those for all, those of departments that the user leads; administrators see all."""
        from service_requests.permissions import led_departments, user_can_list_replies

        if not user_can_list_replies(user):
            return self.none()
        led = led_departments(user)
        return self if led is None else self.filter(Q(department=None) | Q(department__in=led))

    def for_case(self, case: Any) -> Self:
        """Those that fit a case as it is: its department, kind, state and language."""
        return self.filter(
            Q(department=None) | Q(department=case.department_id),
            kind__in=("", case.kind),
            state__in=("", case.state),
            language=case.language,
            active=True,
        ).order_by("title", "id")


class CredentialQuerySet(models.QuerySet):
    """Tracking passwords."""

    def active(self) -> Self:
        """Those that still open their case."""
        return self.filter(ended_at=None)

    def visible_to(self, user: Any) -> Self:
        """Those of cases that the user may know of."""
        from service_requests.standing import standing_of

        found = standing_of(user).case_filter()
        if found is None:
            return self
        from service_requests.models import Case

        return self.filter(case__in=Case.objects.filter(found).order_by().values("pk"))


class SurveyAnswerQuerySet(models.QuerySet):
    """Filled-in surveys."""

    def visible_to(self, user: Any) -> Self:
        """Heads see their departments', auditors and the complaints office all."""
        from cms_pages.enums import Role
        from service_requests.standing import standing_of

        standing = standing_of(user)
        if standing.superuser or standing.has(Role.AUDITOR, Role.COMPLAINTS):
            return self
        return self.filter(department_id__in=standing.ids(Role.HEAD))

    def of_past_months(self, at: datetime) -> Self:
        """Answers of the Jalali months that were over at this moment."""
        return self.filter(month__lt=jalali.month_key(at))


class TrackingSessionQuerySet(models.QuerySet):
    """Citizens' sessions."""

    def alive(self, at: datetime) -> Self:
        """Those that may still be used at this moment."""
        from service_requests.tracking import ABSOLUTE, IDLE

        return self.filter(
            ended_at=None,
            created_at__gt=at - ABSOLUTE,
            last_seen_at__gt=at - IDLE,
            credential__ended_at=None,
        )
