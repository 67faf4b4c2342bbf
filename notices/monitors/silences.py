"""Which announced maintenance silences alerts now.

Only what the public was told of does: a draft, a private or a withdrawn window silences nothing,
nor does one that announces no effect on the service.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notices import current
from notices.enums import Impact, Kind
from notices.querysets import running_q


@dataclass(frozen=True)
class Window:
    """A running maintenance: the services that it names; none stands for the whole desk."""

    notice_id: UUID
    services: frozenset[int]
    whole_desk: bool


def windows(at: datetime) -> list[Window]:
    """The public maintenance that runs at `at`, the one that ends last first; two queries."""
    running = current.public_facts(at).filter(running_q(at), kind=Kind.MAINTENANCE)
    found = []
    for notice in running.order_by("-over_at", "pk").prefetch_related("affected"):
        rows = list(notice.affected.all())
        felt = frozenset(row.service_id for row in rows if row.impact != Impact.NONE)
        whole_desk = not rows and notice.impact != Impact.NONE
        found.append(Window(notice.pk, felt, whole_desk))
    return found


def silenced_by(found: list[Window], service_id: int | None) -> UUID | None:
    """The window that silences alerts about a service (None: about nothing in particular)."""
    for window in found:
        if window.whole_desk or service_id in window.services:
            return window.notice_id
    return None
