"""Whom a step of the ladder reaches, for many cases at once: a fixed number of queries."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q

from cms_pages.enums import Role
from cms_pages.models import Membership
from persian.jalali import TEHRAN
from service_requests.enums import Kind, ReminderWhom
from service_requests.models import Case, Deputyship, Team
from service_requests.notify import LANGUAGE, Addressee, addressee
from service_requests.permissions import user_can_see
from service_requests.standing import standings_of

_WORKERS = (Role.OFFICER, Role.HEAD)


class People:
    """Those who may be reminded of some cases; read in five queries, asked for each case.

    Whoever may not see a case is not told of it. Beside somebody who is away today, the deputy is
    told.
    """

    def __init__(self, cases: Collection[Case], at: datetime) -> None:
        departments = {case.department_id for case in cases}
        here = Q(department__in=departments, role__in=_WORKERS)
        body = Q(department=None, role__in=(Role.COMPLAINTS, Role.ADMINISTRATOR))
        rows = Membership.objects.filter(here | body, user__is_active=True).order_by()
        self._roles = list(rows.values_list("role", "department_id", "user_id"))
        teams = {case.team_id for case in cases if case.team_id}
        through = Team.members.through.objects.filter(team_id__in=teams)
        self._teams = list(through.values_list("team_id", "user_id")) if teams else []
        away = Deputyship.objects.on(at.astimezone(TEHRAN).date())
        self._deputies = list(away.values_list("absent_id", "deputy_id"))
        wanted = {user_id for *_where, user_id in (*self._roles, *self._teams)}
        wanted |= {deputy for _absent, deputy in self._deputies}
        wanted |= {case.assigned_to_id for case in cases if case.assigned_to_id}
        users = get_user_model()._default_manager.annotate(language=F(LANGUAGE))
        self._users: dict[Any, Any] = users.filter(is_active=True).in_bulk(wanted)
        standings_of(self._users.values())

    def of(self, case: Case, whom: ReminderWhom) -> list[Addressee]:
        """Those with an address whom a step of this kind reaches for one case."""
        if whom == ReminderWhom.ADMINISTRATOR:
            return self._addressees(self._with(Role.ADMINISTRATOR, None))
        for group in self._groups(case, whom):
            found = group | {deputy for absent, deputy in self._deputies if absent in group}
            reached = self._addressees(
                key for key in found if key in self._users and user_can_see(self._users[key], case)
            )
            if reached:
                return reached
        return []

    def _groups(self, case: Case, whom: ReminderWhom) -> Iterable[set[Any]]:
        """Whom it is for, and who comes next where none of them is reached."""
        office = self._with(Role.COMPLAINTS, None) if case.kind == Kind.COMPLAINT else set()
        heads = self._with(Role.HEAD, case.department_id) | office
        if whom == ReminderWhom.HEAD:
            return [heads]
        team = {user_id for team_id, user_id in self._teams if team_id == case.team_id}
        rest = [team, office or heads | self._with(Role.OFFICER, case.department_id), heads]
        return [{case.assigned_to_id}, *rest] if whom == ReminderWhom.ASSIGNEE else rest

    def _with(self, role: str, department_id: int | None) -> set[Any]:
        return {
            user_id
            for each, place, user_id in self._roles
            if each == role and place == department_id
        }

    def _addressees(self, keys: Iterable[Any]) -> list[Addressee]:
        people = [self._users[key] for key in set(keys) if key in self._users]
        return sorted(
            addressee(user.pk, user.email, user.language) for user in people if user.email
        )
