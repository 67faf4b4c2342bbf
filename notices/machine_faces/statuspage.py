"""The bodies of the Statuspage v2 API, as its readers know them.

Services are components, departments their groups; outages that have begun are incidents, windows
are scheduled maintenances. What that API has no word for is told in its nearest: a window that was
called off is `completed`. Announcements, warnings and outages that are only expected are not in it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from django.db.models import Max, Q
from django.http import HttpRequest

from cms_pages.models import Department, Service
from notices import current
from notices.conf import strict_statuspage
from notices.current import PublicNotice
from notices.enums import KINDS_WITH_IMPACT, Impact, Kind, Phase, ServiceState, UpdateState
from notices.machine_faces.desk import desk_of
from notices.models import NoticeUpdate
from notices.overview import Overview, ServiceLine, overview
from notices.statuspage_incidents import Body, incident, update
from notices.statuspage_words import COMPONENT
from persian.jalali import TEHRAN

MOST = 50

_OF_IMPACT = {
    Impact.NONE: "operational",
    Impact.DEGRADED: "degraded_performance",
    Impact.PARTIAL: "partial_outage",
    Impact.MAJOR: "major_outage",
}
_INDICATOR = {
    ServiceState.OPERATIONAL: "none",
    ServiceState.MAINTENANCE: "maintenance",
    ServiceState.DEGRADED: "minor",
    ServiceState.PARTIAL: "major",
    ServiceState.MAJOR: "critical",
}
_ORDER = list(ServiceState)
# In force whatever the clock says; "scheduled" and the first word of an outage go by their start.
_UNDER_WAY = {
    UpdateState.IDENTIFIED,
    UpdateState.MONITORING,
    UpdateState.IN_PROGRESS,
    UpdateState.VERIFYING,
}
_BEGINNING = {UpdateState.INVESTIGATING, UpdateState.SCHEDULED}


class Statuspage:
    """The picture at one instant, in the language of the request's address."""

    def __init__(self, request: HttpRequest, at: datetime) -> None:
        self.desk = desk_of(request)
        self.at = at

    # ---- the eight endpoints

    def summary(self) -> Body:
        """Everything that is not over."""
        return {
            **self.components(),
            "incidents": self._incidents(self._running(Kind.OUTAGE)),
            "scheduled_maintenances": self._incidents(self._picture.planned),
            "status": self._status,
        }

    def status(self) -> Body:
        """One sentence for all."""
        return {"page": self._page, "status": self._status}

    def components(self) -> Body:
        """Departments and their services, as they stand now."""
        return {"page": self._page, "components": list(self._components.values())}

    def incidents(self) -> Body:
        """The newest outages."""
        begun = Q(kind=Kind.OUTAGE, starts_at__lte=self.at, cancelled_at=None)
        return {"page": self._page, "incidents": self._incidents(self._newest(begun))}

    def unresolved(self) -> Body:
        """Outages that go on."""
        return {"page": self._page, "incidents": self._incidents(self._running(Kind.OUTAGE))}

    def maintenances(self) -> Body:
        """The newest windows, over or not."""
        return self._maintenances(self._newest(Q(kind=Kind.MAINTENANCE)))

    def upcoming(self) -> Body:
        """Windows that have not opened."""
        return self._maintenances(
            each for each in self._picture.planned if each.phase == Phase.ANNOUNCED
        )

    def active(self) -> Body:
        """Windows that are open."""
        return self._maintenances(self._running(Kind.MAINTENANCE))

    # ---- their parts

    @cached_property
    def _picture(self) -> Overview:
        return overview(self.at)

    @cached_property
    def _last_changes(self) -> dict[int | None, datetime]:
        """By service: when a notice about it last began, ended or said something; None: of all."""
        rows = (
            current.public_facts(self.at)
            .filter(kind__in=KINDS_WITH_IMPACT)
            .order_by()
            .values_list("affected__service")
            .annotate(
                said=Max("updates__at", filter=Q(updates__at__lte=self.at)),
                begun=Max("starts_at", filter=Q(starts_at__lte=self.at)),
                over=Max("over_at", filter=Q(over_at__lte=self.at)),
            )
        )
        return {
            service: max(moment for moment in moments if moment)
            for service, *moments in rows
            if any(moments)
        }

    @property
    def _page(self) -> Body:
        return {
            "id": self.desk.key.hex,
            "name": self.desk.name,
            "url": self.desk.address("status").rstrip("/"),
            "time_zone": "Asia/Tehran",
            "updated_at": _time(max(self._last_changes.values(), default=self.desk.born)),
        }

    @property
    def _status(self) -> Body:
        indicator = _INDICATOR[self._picture.worst]
        if indicator == "maintenance" and strict_statuspage():
            indicator = "none"
        return {"indicator": indicator, "description": self._picture.sentence}

    @cached_property
    def _components(self) -> dict[str, Body]:
        """By id, groups before their members."""
        groups: dict[int, tuple[Department, list[ServiceLine]]] = {}
        for line in self._picture.lines:
            department = line.service.department
            groups.setdefault(department.pk, (department, []))[1].append(line)
        found: dict[str, Body] = {}
        ordered = sorted(groups.values(), key=lambda row: (row[0].sort_order, row[0].name_key))
        for department, lines in ordered:
            members = [self._service(line, number) for number, line in enumerate(lines, 1)]
            worst = max((line.state for line in lines), key=_ORDER.index)
            group: Body = {
                **self._component(_group_id(department), str(department), COMPONENT[worst]),
                "updated_at": _time(max(self._changed(line.service) for line in lines)),
                "position": len([each for each in found.values() if each["group"]]) + 1,
                "showcase": False,
                "group": True,
                "components": [member["id"] for member in members],
            }
            found[group["id"]] = group
            found |= {member["id"]: member for member in members}
        return found

    def _service(self, line: ServiceLine, position: int) -> Body:
        service = line.service
        return {
            **self._component(service.key, str(service), COMPONENT[line.state]),
            "updated_at": _time(self._changed(service)),
            "position": position,
            "group_id": _group_id(service.department),
        }

    def _changed(self, service: Service) -> datetime:
        changes = self._last_changes
        known = [changes[key] for key in (service.pk, None) if key in changes]
        return max(known, default=self.desk.born)

    def _component(self, key: str, name: str, status: str) -> Body:
        born = _time(self.desk.born)
        return {
            "id": key,
            "name": name,
            "status": status,
            "created_at": born,
            "updated_at": born,
            "position": 1,
            "description": None,
            "showcase": True,
            "start_date": None,
            "group_id": None,
            "page_id": self.desk.key.hex,
            "group": False,
            "only_show_if_degraded": False,
        }

    # ---- incidents and maintenances

    def _running(self, kind: Kind) -> list[PublicNotice]:
        return [each for each in self._picture.running if each.kind == kind]

    def _newest(self, condition: Q) -> list[PublicNotice]:
        facts = current.public_facts(self.at).filter(condition).order_by("-starts_at", "pk")[:MOST]
        return current.showing(facts, self.at, updates=True)

    def _maintenances(self, found: Iterable[PublicNotice]) -> Body:
        return {"page": self._page, "scheduled_maintenances": self._incidents(found)}

    def _incidents(self, found: Iterable[PublicNotice]) -> list[Body]:
        ordered = sorted(found, key=lambda each: each.notice.starts_at, reverse=True)
        return [self._incident(each) for each in ordered]

    def _incident(self, each: PublicNotice) -> Body:
        fact = each.notice
        body = incident(each, _time, link=self.desk.link(each)) | {
            "page_id": self.desk.key.hex,
            "incident_updates": self._updates(each),
            "components": self._touched(each),
        }
        if each.kind == Kind.MAINTENANCE:
            body |= {
                "scheduled_for": _time(fact.starts_at),
                "scheduled_until": _time(fact.expected_end or fact.starts_at),
            }
        return body

    def _touched(self, each: PublicNotice) -> list[Body]:
        """The components of a notice; services that are no longer offered keep their name."""
        if not each.affected:
            return [body for body in self._components.values() if not body["group"]]
        return [
            self._components.get(row.service.key)
            or self._component(row.service.key, str(row.service), "operational")
            for row in each.affected
        ]

    def _updates(self, each: PublicNotice) -> list[Body]:
        """Newest first, each with what it made of the components."""
        found = []
        before: dict[str, str] = {}
        impacts: dict[int | None, Impact] = {}
        for row in reversed(each.updates):
            for change in row.impact_changes.all():
                impacts[change.service_id] = Impact(change.impact)
            now = self._felt(each, impacts) if _in_force(row) else {}
            felt = self._affected(each, before, now) or None
            body = update(each, row, _time, text=each.text_of(row))
            found.append(body | {"affected_components": felt})
            before = now
        return found[::-1]

    def _felt(self, each: PublicNotice, impacts: dict[int | None, Impact]) -> dict[str, str]:
        """By component what it suffers while these impacts hold; None is the whole desk."""
        if not each.affected:
            whole = _felt(each.kind, impacts.get(None, Impact.NONE))
            return {component["id"]: whole for component in self._touched(each)}
        return {
            row.service.key: _felt(each.kind, impacts.get(row.service_id, Impact.NONE))
            for row in each.affected
        }

    def _affected(
        self, each: PublicNotice, before: dict[str, str], now: dict[str, str]
    ) -> list[Body]:
        return [
            {
                "code": component["id"],
                "name": component["name"],
                "old_status": before.get(component["id"], "operational"),
                "new_status": now.get(component["id"], "operational"),
            }
            for component in self._touched(each)
        ]


def _felt(kind: Kind, impact: Impact) -> str:
    if kind == Kind.MAINTENANCE and impact != Impact.NONE:
        return "under_maintenance"
    return _OF_IMPACT[impact]


def _in_force(row: NoticeUpdate) -> bool:
    """Whether the notice was in force when this was said."""
    return row.state in _UNDER_WAY or (row.state in _BEGINNING and row.starts_at <= row.at)


def _group_id(department: Department) -> str:
    """No key of a service has a full stop in it."""
    return f"group.{department.key}"


def _time(at: datetime) -> str:
    return at.astimezone(TEHRAN).isoformat(timespec="milliseconds")
