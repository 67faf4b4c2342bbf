"""The whole picture for readers: one sentence, each service's state, what runs and what comes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cms_pages.models import Service
from desk_core import instants
from notices import beside, current, wording
from notices.current import PublicNotice
from notices.enums import ACTIVE_PHASES, Impact, Kind, ServiceState, Severity, UpdateState
from notices.faces import TONE_OF_SERVICE_STATE
from notices.models import AffectedService
from notices.monitors import states
from notices.monitors.states import STATE_OF_IMPACT, Observed
from notices.publishing import draft_fact
from notices.querysets import open_q
from notices.warnings import changes as warning_changes

if TYPE_CHECKING:
    from notices.models import NoticePage, NoticeUpdate, WarningChange

PAST_PER_PAGE = 20
_ORDER = list(ServiceState)
_SEVERITIES = list(Severity)


@dataclass
class ServiceLine:
    """One service as it stands now, and the running notices that explain it.

    `observed` is what monitors see where they may say so by themselves; the worse of both counts.
    """

    service: Service
    state: ServiceState = ServiceState.OPERATIONAL
    because: list[PublicNotice] = field(default_factory=list)
    observed: Observed | None = None

    def add(self, each: PublicNotice) -> None:
        """A running notice."""
        made = effect(each, self.service)
        if made != ServiceState.OPERATIONAL:
            self.because.append(each)
            self.state = max(self.state, made, key=_ORDER.index)

    def observe(self, found: dict[int, Observed]) -> None:
        """What monitors see of it."""
        self.observed = found.get(self.service.pk)
        if self.observed is not None:
            self.state = max(self.state, self.observed.state, key=_ORDER.index)

    @property
    def tone(self) -> str:
        """The design system's tone."""
        return TONE_OF_SERVICE_STATE[self.state]


@dataclass
class Overview:
    """Everything the status page says above its history."""

    at: datetime
    lines: list[ServiceLine]
    running: list[PublicNotice]
    coming: list[PublicNotice]
    observed: dict[int, Observed] = field(default_factory=dict)

    @property
    def issues(self) -> list[PublicNotice]:
        """Running faults, and those announced for later."""
        return [each for each in [*self.running, *self.coming] if each.kind == Kind.OUTAGE]

    @property
    def planned(self) -> list[PublicNotice]:
        """Maintenance, running first."""
        return [each for each in [*self.running, *self.coming] if each.kind == Kind.MAINTENANCE]

    @property
    def announcements(self) -> list[PublicNotice]:
        """Plain news in force or coming."""
        return [each for each in [*self.running, *self.coming] if each.kind == Kind.ANNOUNCEMENT]

    @property
    def warnings(self) -> list[PublicNotice]:
        """Warnings in force or coming, the most severe first."""
        found = [each for each in [*self.running, *self.coming] if each.kind == Kind.WARNING]
        return sorted(found, key=lambda each: _SEVERITIES.index(each.severity), reverse=True)

    @property
    def worst(self) -> ServiceState:
        """The worst state of any service, or of the whole desk where no service is known."""
        found = [line.state for line in self.lines] or [
            *(effect(each) for each in self.running),
            *(each.state for each in self.observed.values()),
        ]
        return max(found, key=_ORDER.index, default=ServiceState.OPERATIONAL)

    @property
    def tone(self) -> str:
        """The tone of the one sentence."""
        return TONE_OF_SERVICE_STATE[self.worst]

    @property
    def sentence(self) -> str:
        """One sentence for all."""
        everywhere = bool(self.lines) and all(line.state == self.worst for line in self.lines)
        everything = {
            ServiceState.DEGRADED: _("All services are slow or faulty."),
            ServiceState.PARTIAL: _("All services are partly unavailable."),
            ServiceState.MAJOR: _("All services are unavailable."),
        }
        if everywhere and self.worst in everything:
            return everything[self.worst]
        return {
            ServiceState.OPERATIONAL: _("All services are in order."),
            ServiceState.MAINTENANCE: _("Planned maintenance is under way."),
            ServiceState.DEGRADED: _("Some services are slow or faulty."),
            ServiceState.PARTIAL: _("Some services are partly unavailable."),
            ServiceState.MAJOR: _("Some services are unavailable."),
        }[self.worst]


def effect(each: PublicNotice, service: Service | None = None) -> ServiceState:
    """What a running notice makes of a service (None: of the whole desk)."""
    if not each.has_impact:
        return ServiceState.OPERATIONAL
    impacts = {row.service_id: Impact(row.impact) for row in each.affected}
    if service is None or not impacts:
        impact = each.impact
    elif service.pk in impacts:
        impact = impacts[service.pk]
    else:
        return ServiceState.OPERATIONAL
    if each.kind == Kind.MAINTENANCE and impact != Impact.NONE:
        return ServiceState.MAINTENANCE
    return STATE_OF_IMPACT[impact]


def touches(each: PublicNotice, service: Service) -> bool:
    """Whether a notice names the service or, being no mere news, the whole desk."""
    named = [row.service_id for row in each.affected]
    return service.pk in named or (not named and each.has_impact)


def overview(
    at: datetime,
    *,
    services: Iterable[Service] | None = None,
    updates: bool = True,
    request: HttpRequest | None = None,
) -> Overview:
    """The picture at `at`; with a request, of the notices that the frame of its page shows too.

    `services` are those at hand; None: all that are offered. `updates`: with what was said.
    """
    if request is None:
        found = current.find(at, open_q(at, "notice__"), updates=updates)
        seen = states.observed(at)
    else:
        seen = states.observed_for(request)
        found = _open_for(request, at, updates=updates)
    running = [each for each in found if each.is_active]
    coming = [each for each in found if not each.is_active]
    if services is None:
        services = Service.objects.active().select_related("department")
    lines = [_line(service, running, seen) for service in services]
    return Overview(at=at, lines=lines, running=running, coming=coming, observed=seen)


def of_service(service: Service, at: datetime, *, request: HttpRequest) -> Overview:
    """The picture of one service: running and coming notices that touch it."""
    found = [each for each in _open_for(request, at, updates=True) if touches(each, service)]
    running = [each for each in found if each.is_active]
    coming = [each for each in found if not each.is_active]
    seen = states.observed_for(request)
    return Overview(at=at, lines=[_line(service, running, seen)], running=running, coming=coming)


def _open_for(request: HttpRequest, at: datetime, *, updates: bool) -> list[PublicNotice]:
    """Of what the frame of a page has read, what is not over."""
    recent = current.recent_for(request, updates=updates)
    return [each for each in recent if each.over_at is None or each.over_at > at]


def _line(
    service: Service, running: Iterable[PublicNotice], seen: dict[int, Observed]
) -> ServiceLine:
    line = ServiceLine(service)
    for each in running:
        line.add(each)
    line.observe(seen)
    return line


def page_context(page: "NoticePage") -> dict[str, Any]:
    """What the page of one notice shows; of a draft that has no fact yet, what it would show."""
    if page.notice_id is None:
        page.notice = page.known_notice() or draft_fact(page)
        shown = current.PublicNotice(page=page, at=instants.now())
        affected = [
            AffectedService(service=service, impact=page.notice.impact)
            for service in page.affected_services.all()
        ]
    else:
        beside.read_beside(page.notice)
        shown = current.PublicNotice(page=page, at=instants.now())
        affected = shown.affected
    return {"shown": shown, "affected": affected, "entries": timeline(shown)}


@dataclass(frozen=True)
class Entry:
    """One step on the page of a notice.

    `impacts` says what changed for which service or of a warning, `times` what stood announced from
    then on.
    """

    label: str
    text: str
    at: datetime
    mark: str
    impacts: list[str]
    times: str


def timeline(shown: PublicNotice) -> list[Entry]:
    """The updates in the reader's language, newest first; the first one may be translated."""
    active = shown.phase in ACTIVE_PHASES
    changed = _changed(shown)
    entries = []
    rows = shown.updates
    for index, row in enumerate(rows):
        mark = "is-now" if index == 0 and active else "is-done"
        is_first = index == len(rows) - 1
        entries.append(
            Entry(
                label=str(UpdateState(row.state).label),
                text=shown.text_of(row),
                at=row.at,
                mark=mark,
                impacts=[] if is_first else changed[row.pk],
                times=_moved(shown, row, None if is_first else rows[index + 1]),
            )
        )
    return entries


def _changed(shown: PublicNotice) -> dict[int, list[str]]:
    """What each update changed, in words."""
    names = {row.service_id: str(row.service) for row in shown.affected}
    language = shown.page.locale.language_code
    found: dict[int, list[str]] = {}
    before: WarningChange | None = None
    for row in reversed(shown.updates):
        found[row.pk] = [
            _("%(service)s: %(impact)s")
            % {
                "service": names.get(each.service_id or 0) or _("The whole desk"),
                "impact": Impact(each.impact).label,
            }
            for each in row.impact_changes.all()
        ]
        for warned in row.warning_changes.all():
            found[row.pk] += warning_changes.sentences(warned, before, language)
            before = warned
    return found


def _moved(shown: PublicNotice, row: "NoticeUpdate", before: "NoticeUpdate | None") -> str:
    """What an update announced, where that is not what had been announced before it."""
    if before is None or (row.starts_at, row.expected_end) == (
        before.starts_at,
        before.expected_end,
    ):
        return ""
    moved = {"old": _announced(shown, before), "new": _announced(shown, row)}
    return _("Announced until then: %(old)s. Now: %(new)s.") % moved


def _announced(shown: PublicNotice, row: "NoticeUpdate") -> str:
    return wording.announced(shown.notice.facts, row.starts_at, row.expected_end)


def listing(request: HttpRequest) -> dict[str, Any]:
    """What the page over all notices shows: the picture now, and the past by pages."""
    now = instants.now()
    past = current.public_facts(now).filter(over_at__lte=now).order_by("-over_at", "pk")
    chosen = Paginator(past, PAST_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "overview": overview(now, services=(), updates=False, request=request),
        "page_obj": chosen,
        "past": current.showing(chosen.object_list, now),
    }
