"""What has to be done about monitors as time passes; safe to repeat.

A window that ends needs nothing: what it kept silent is a proposal from that instant on, because
silence is computed when read (`ProposalQuerySet.silent`).
"""

from datetime import datetime, timedelta

from django.utils import timezone

from notices.enums import ProposalState
from notices.models import Proposal
from notices.monitors import heartbeats

KEPT = timedelta(days=180)
_BATCH = 500


def sweep(*, at: datetime | None = None) -> dict[str, int]:
    """Propose something for late heartbeats, forget old proposals; how many of each.

    What a notice was written from is kept: it tells when the fault was first heard of.
    """
    moment = at or timezone.now()
    return {"late_heartbeats": heartbeats.miss(at=moment), "forgotten": _forget(moment)}


def _forget(moment: datetime) -> int:
    """Those that ended half a year ago and of which no notice came."""
    over = Proposal.objects.filter(
        ended_at__lt=moment - KEPT,
        page=None,
        state__in=(ProposalState.RECOVERED, ProposalState.DISMISSED),
    )
    keys = list(over.order_by("pk").values_list("pk", flat=True)[:_BATCH])
    return Proposal.objects.filter(pk__in=keys).delete()[0] if keys else 0
