"""Telling people with records under a version about its end, in the background (R38).

Of an announced end: first everybody, then whoever registers something meanwhile. Of one that was
called off: everybody who could have been told of it. Each is safe to repeat after a crash.
"""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from desk_core.locks import UNDER_WAY
from sla import beneficiaries
from sla.beneficiaries import News
from sla.models.agreements import AgreementVersion
from sla.models.termination import CalledOffEnd, Termination


def of_announced(*, termination_id: int) -> int:
    """Tell everybody of an announced end, once; how many messages were queued."""
    row = Termination.objects.filter(pk=termination_id, told_at=None).first()
    if row is None:
        return 0
    begun = timezone.now()
    count = beneficiaries.tell(_announced(row))
    Termination.objects.filter(pk=row.pk, told_at=None).update(
        told_at=timezone.now(), told_until=begun, told_count=F("told_count") + count
    )
    return count


def of_called_off(*, called_off_id: int) -> int:
    """Tell that an announced end was called off, once; how many messages were queued."""
    row = CalledOffEnd.objects.filter(pk=called_off_id, told_at=None).first()
    if row is None:
        return 0
    count = beneficiaries.tell(
        News(
            what="agreement_holds",
            version_id=row.version_id,
            occasion=f"termination:{row.termination_key}:called_off",
            day=row.ends_on,
            until=row.called_off_at,
            stands=lambda: _ends_no_more(row.version_id),
        )
    )
    CalledOffEnd.objects.filter(pk=row.pk, told_at=None).update(
        told_at=timezone.now(), told_count=F("told_count") + count
    )
    return count


def of_newcomers(*, termination_id: int) -> int:
    """Tell whoever registered since the others were told; how many messages were queued.

    A transaction may have been under way then, so that time is looked at again.
    """
    # One that is finished has nobody new under it, and is not written to any more.
    running = Termination.objects.filter(pk=termination_id, told_at__isnull=False, finished_at=None)
    row = running.first()
    if row is None:
        return 0
    begun = timezone.now()
    told_until = row.told_until or row.told_at or row.announced_at
    count = beneficiaries.tell(_announced(row, since=told_until - UNDER_WAY))
    running.update(told_until=begun, told_count=F("told_count") + count)
    return count


def whoever_waits() -> int:
    """Tell what background work was lost, and those who registered after an announcement."""
    called_off = CalledOffEnd.objects.filter(told_at=None).values_list("pk", flat=True)
    lost = Termination.objects.filter(told_at=None).values_list("pk", flat=True)
    told = Termination.objects.filter(told_at__isnull=False, finished_at=None)
    running = list(told.values_list("pk", flat=True))
    # What was called off first: an end that was announced since is the last word.
    return (
        sum(of_called_off(called_off_id=pk) for pk in list(called_off))
        + sum(of_announced(termination_id=pk) for pk in list(lost))
        + sum(of_newcomers(termination_id=pk) for pk in running)
    )


def _ends_no_more(version_id: int) -> bool:
    """Whether no end of the version is announced; none is, until the caller's transaction ends."""
    AgreementVersion.objects.select_for_update().get(pk=version_id)
    return not Termination.objects.filter(version=version_id).exists()


def _announced(row: Termination, since: datetime | None = None) -> News:
    locked = Termination.objects.select_for_update().filter(pk=row.pk).values_list("pk")
    return News(
        what="agreement_ends",
        version_id=row.version_id,
        occasion=f"termination:{row.pk}",
        day=row.ends_on,
        since=since,
        certain=row.confirmed_at is not None,
        stands=lambda: locked.first() is not None,
    )
