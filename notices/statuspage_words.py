"""Statuspage's words and ids: one and the same in what programs ask for and in what they are sent.

A service's id is its key. What Statuspage has no word for is said in its nearest one: an
announcement is `monitoring` until it is over; what was called off, and a lifted warning, is
`resolved`, or `completed` for maintenance.
"""

from uuid import UUID

from wagtail.models import Site

from notices.enums import Kind, ServiceState, UpdateState
from notices.models import Notice, NoticeUpdate

COMPONENT = {
    ServiceState.OPERATIONAL: "operational",
    ServiceState.MAINTENANCE: "under_maintenance",
    ServiceState.DEGRADED: "degraded_performance",
    ServiceState.PARTIAL: "partial_outage",
    ServiceState.MAJOR: "major_outage",
}
_OVER = (UpdateState.CANCELLED, UpdateState.COMPLETED, UpdateState.LIFTED)


def status(kind: Kind, progress: UpdateState) -> str:
    """How far a notice is."""
    if progress in _OVER:
        return "completed" if kind == Kind.MAINTENANCE else "resolved"
    return "monitoring" if progress == UpdateState.ANNOUNCED else progress.value


def incident_id(notice: Notice) -> str:
    """The id of a notice."""
    return str(notice.pk)


def update_id(row: NoticeUpdate) -> str:
    """The id of one of its updates."""
    return str(row.pk)


def page_key(site: Site | None) -> UUID:
    """The key of a site's desk: that of its home page, in all languages; its `hex` is the id."""
    return site.root_page.translation_key if site else UUID(int=0)
