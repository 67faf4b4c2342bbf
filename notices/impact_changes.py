"""What an update changes of the impact on services; part of the one transaction of `updates`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from cms_pages.models import Service
from notices import rules
from notices.enums import KINDS_WITH_IMPACT, Impact, Kind, Severity
from notices.models import AffectedService, ImpactChange, Notice, NoticeUpdate
from notices.publishing import severity

_ORDER = list(Severity)


@dataclass
class Changes:
    """What is really new; `heaviest`: the notice has never weighed that much before."""

    notice: Notice
    known: dict[int, AffectedService]
    changed: dict[Service | None, Impact] = field(default_factory=dict)
    wrong: str = ""

    def now(self, service: Service | None) -> str | None:
        """What is said of a service (None: of the whole desk) so far; None where nothing is."""
        if service is None:
            return self.notice.impact
        return getattr(self.known.get(service.pk), "impact", None)

    @property
    def severity(self) -> Severity:
        """The heaviest of what it weighed and of what is said now."""
        kind = Kind(self.notice.kind)
        found = [severity(kind, impact) for impact in self.changed.values()]
        return max([Severity(self.notice.severity), *found], key=_ORDER.index)

    @property
    def heaviest(self) -> bool:
        """Whether these changes first make it weigh heaviest."""
        return self.severity == Severity.CRITICAL != self.notice.severity


def plan(notice: Notice, impacts: Mapping[Service | None, Impact | str]) -> Changes:
    """Compare what is said with what holds; one query when anything is said."""
    if not impacts:
        return Changes(notice, {})
    known = {row.service_id: row for row in notice.affected.all()}
    changes = Changes(notice, known)
    if notice.kind not in KINDS_WITH_IMPACT:
        changes.wrong = _("A notice of this kind has no impact on services.")
    for service, said in impacts.items():
        if said not in Impact.values:
            changes.wrong = _("There is no such impact.")
            continue
        if service is None and known:
            changes.wrong = _("This notice names services; say it of each of them.")
        if service is not None and not known:
            changes.wrong = _("This notice is about the whole desk, not about one service.")
        if said != changes.now(service):
            changes.changed[service] = Impact(said)
    return changes


def held_with(update: NoticeUpdate) -> dict[int | None, Impact]:
    """Service's key (None: the whole desk) → what one of its updates left said of it. One query."""
    until = Q(update__at__lt=update.at) | Q(update__at=update.at, update__lte=update.pk)
    rows = ImpactChange.objects.filter(until, update__notice=update.notice_id)
    return {
        row.service_id: Impact(row.impact) for row in rows.order_by("update__at", "update", "id")
    }


def errors(changes: Changes, *, closing: bool) -> rules.Errors:
    """Why these changes cannot be; empty when they can."""
    if changes.wrong:
        return {"impacts": changes.wrong}
    if closing and changes.changed:
        return {"impacts": _("What is over has no impact any more. Leave it as it is.")}
    return {}


def store(changes: Changes, update: NoticeUpdate) -> None:
    """Append what changed, and let the notice say what holds now."""
    notice = changes.notice
    if not changes.changed:
        return
    ImpactChange.objects.bulk_create(
        ImpactChange(update=update, service=service, impact=impact)
        for service, impact in changes.changed.items()
    )
    for service, impact in changes.changed.items():
        if service is None:
            notice.impact = impact
        else:
            AffectedService.objects.update_or_create(
                notice=notice, service=service, defaults={"impact": impact}
            )
    notice.severity = changes.severity
    notice.save(update_fields=["impact", "severity"])
