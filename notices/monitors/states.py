"""The state of services as monitors see it, where an administrator lets them say so.

Beside the notices, never instead: a state that was observed is shown as such, with its time. It
ends with the alert, with the beginning of an announced maintenance that silences it, when somebody
dismisses it or publishes a notice, and when nothing was heard of it for a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from cms_pages.frame import frame_for
from desk_core import instants
from desk_core.rows import Rows, instances
from desk_core.statements import Slot
from notices.enums import Impact, ServiceState
from notices.models import Proposal
from notices.querysets import LAST_WORD_COUNTS

ALONG = "observed_states"
_FIELDS = ("service", "impact", "started_at", "last_seen_at")
_ORDER = list(Impact)
STATE_OF_IMPACT = {
    Impact.NONE: ServiceState.OPERATIONAL,
    Impact.DEGRADED: ServiceState.DEGRADED,
    Impact.PARTIAL: ServiceState.PARTIAL,
    Impact.MAJOR: ServiceState.MAJOR,
}


@dataclass(frozen=True)
class Observed:
    """How monitors see one service, since when, and when that has to be looked at again."""

    service_id: int
    impact: Impact
    since: datetime
    until: datetime

    @property
    def state(self) -> ServiceState:
        """The state that the worst alert makes."""
        return STATE_OF_IMPACT[self.impact]


def observed(at: datetime) -> dict[int, Observed]:
    """By service; one query."""
    rows = Proposal.objects.observed(at, at - LAST_WORD_COUNTS).order_by()
    return _by_service(rows.only(*_FIELDS))


def observed_for(request: HttpRequest) -> dict[int, Observed]:
    """The same now, as the frame of the page has read it along: no query of its own."""
    return _by_service(instances(Proposal, _FIELDS, frame_for(request).along(ALONG)))


def next_change(found: Iterable[Observed], at: datetime) -> datetime | None:
    """When the first of these is over for want of news."""
    return min((each.until for each in found if each.until > at), default=None)


def rows_along() -> Rows:
    """What the frame of every page reads along (`cms_pages.frame.read_along`)."""
    at, since = (Slot(name, Proposal.last_seen_at) for name in ("observed_at", "observed_since"))
    return Rows(Proposal.objects.observed(at, since).order_by(), *_FIELDS)


def values_now() -> dict[str, Any]:
    """The values of its slots."""
    now = instants.now()
    return {"observed_at": now, "observed_since": now - LAST_WORD_COUNTS}


def _by_service(rows: Iterable[Proposal]) -> dict[int, Observed]:
    """The worst alert of each service, of equals the oldest."""
    found: dict[int, Observed] = {}
    for row in rows:
        if row.service_id is None:
            continue
        impact, until = Impact(row.impact), row.last_seen_at + LAST_WORD_COUNTS
        since, kept = row.started_at, found.get(row.service_id)
        if kept is not None:
            until = min(until, kept.until)
            if _ORDER.index(impact) < _ORDER.index(kept.impact):
                impact, since = kept.impact, kept.since
            elif impact == kept.impact:
                since = min(since, kept.since)
        found[row.service_id] = Observed(row.service_id, impact, since, until)
    return found
