"""How far the telling of subscribers is: for editors, beside the notice."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from notices.enums import Occasion, Outcome
from notices.models import Notice, NoticeEvent


@dataclass(frozen=True)
class Progress:
    """One event: of `total` subscribers so many were handed over; of these, what is known.

    `total` is None before the first batch. `held` wait for the end of quiet hours or a digest;
    `others` are people of registered audiences.
    """

    occasion: str
    at: datetime
    total: int | None
    handed_over: int
    held: int
    sent: int
    failed: int
    others: int
    is_through: bool
    dropped: bool


def of_notice(notice: Notice) -> list[Progress]:
    """Every event of a notice, newest first; one query."""
    rows = NoticeEvent.objects.filter(notice=notice).annotate(
        held=Count("deliveries", filter=Q(deliveries__handed_at=None)),
        sent=Count("deliveries", filter=Q(deliveries__outcome=Outcome.SENT)),
        failed=Count("deliveries", filter=Q(deliveries__outcome=Outcome.FAILED)),
    )
    return [
        Progress(
            occasion=str(Occasion(row.occasion).label),
            at=row.at,
            total=row.total,
            handed_over=row.handed_over,
            held=row.held,
            sent=row.sent,
            failed=row.failed,
            others=sum(each["count"] for each in row.audiences.values()),
            is_through=row.finished_at is not None,
            dropped=row.dropped,
        )
        for row in rows.order_by("-at", "-pk")
    ]
