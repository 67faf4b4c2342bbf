"""When something new is known of an outage: the clocks of all cases about it follow.

The task comes with each word that is said of an outage; `settle` finds what a lost task left, and
outages whose start has come. Each case is one short transaction, so that whatever dies, the rest
goes on where it stopped.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from notices.enums import Kind
from service_requests import history, standstills
from service_requests.enums import OPEN_STATES
from service_requests.models import Case, CaseNotice

BATCH = 200


def recount_notice(*, notice_id: UUID) -> int:
    """Count the time of an outage anew in every open case that is or was linked to it."""
    rows = CaseNotice.objects.filter(notice=notice_id, case__state__in=OPEN_STATES).order_by()
    keys = sorted(set(rows.values_list("case", flat=True)))
    return sum(_recount(key) for key in keys)


def settle(*, at: datetime) -> int:
    """Take up what was counted from other facts than those of now; how many cases."""
    stale = Q(lasted_from=None) | (
        Q(notice__over_at__isnull=False)
        & (Q(lasted_until=None) | ~Q(lasted_until=F("notice__over_at")))
    )
    rows = CaseNotice.objects.active().filter(
        stale,
        notice__kind=Kind.OUTAGE,
        notice__starts_at__lte=at,
        case__state__in=OPEN_STATES,
    )
    keys = list(rows.order_by("pk").values_list("case", flat=True)[:BATCH])
    for key in keys:
        _recount(key)
    return len(keys)


def _recount(case_id: UUID) -> int:
    with transaction.atomic():
        case = history.lock(Case(pk=case_id))
        return standstills.recount(case, at=timezone.now())
