"""How much open work lies with whom, for those who lead it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from cms_pages.models import Department
from service_requests.enums import WAITING_FOR_APPLICANT, Priority
from service_requests.models import Case, Team
from sla.models import Clock


@dataclass(frozen=True)
class Load:
    """The open cases of one person, of one team that nobody has taken yet, or of nobody."""

    person: Any
    team: Any
    open: int
    high: int
    waiting: int
    unread: int
    overdue: int
    oldest: datetime


@dataclass(frozen=True)
class DepartmentLoad:
    """The work of one department; what nobody has comes first, then who has the most."""

    department: Department
    rows: list[Load]

    @property
    def open(self) -> int:
        """All its open cases."""
        return sum(row.open for row in self.rows)

    @property
    def overdue(self) -> int:
        """Those beyond what was promised."""
        return sum(row.overdue for row in self.rows)


def of_led(user: Any) -> list[DepartmentLoad]:
    """The open cases that the user answers for, by department and by who has them; four queries."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in _counted(user):
        found.setdefault(row["department"], []).append(row)
    people = _by_key(get_user_model()._default_manager, (r["assigned_to"] for r in _all(found)))
    teams = _by_key(Team.objects, (r["team"] for r in _all(found)))
    loads = [
        DepartmentLoad(department, _loads(found[department.pk], people, teams))
        for department in Department.objects.filter(pk__in=found)
    ]
    return sorted(loads, key=lambda load: -load.open)


def _counted(user: Any) -> Iterable[Any]:
    late = Clock.objects.filter(
        subject=OuterRef("code"),
        stopped_at=None,
        due_at__lt=Coalesce(F("paused_at"), timezone.now()),
    )
    return (
        Case.objects.led_by(user)
        .open()
        .annotate(late=Exists(late))
        .order_by()
        .values("department", "assigned_to", "team")
        .annotate(
            open=Count("pk"),
            high=Count("pk", filter=Q(priority=Priority.HIGH)),
            waiting=Count("pk", filter=Q(state__in=WAITING_FOR_APPLICANT)),
            unread=Count("pk", filter=Q(unread_by_staff=True)),
            overdue=Count("pk", filter=Q(late=True)),
            oldest=Min("registered_at"),
        )
    )


def _loads(
    rows: Iterable[dict[str, Any]], people: dict[Any, Any], teams: dict[Any, Any]
) -> list[Load]:
    """One row a holder: what somebody took out of a team's queue is theirs."""
    merged: dict[tuple[Any, Any], Load] = {}
    for row in rows:
        person, team = people.get(row["assigned_to"]), teams.get(row["team"])
        team = None if person is not None else team
        key = (row["assigned_to"], team.pk if team else None)
        had = merged.get(key)
        figures = {name: row[name] for name in ("open", "high", "waiting", "unread", "overdue")}
        oldest = row["oldest"]
        if had is not None:
            figures = {name: value + getattr(had, name) for name, value in figures.items()}
            oldest = min(oldest, had.oldest)
        merged[key] = Load(person, team, **figures, oldest=oldest)
    return sorted(merged.values(), key=lambda load: (load.person is not None, -load.open))


def _all(found: dict[int, list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    return (row for rows in found.values() for row in rows)


def _by_key(rows: Any, keys: Iterable[Any]) -> dict[Any, Any]:
    return rows.in_bulk({key for key in keys if key is not None})
