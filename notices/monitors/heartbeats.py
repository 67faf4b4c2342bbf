"""Heartbeats: a program posts that it lives; what is heard of too late is an alert of our own."""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from desk_core.locks import when_unlocked
from notices.enums import MonitorKind
from notices.models import MonitorSource
from notices.monitors.alerts import Alert
from notices.monitors.intake import Taken, take_in

FINGERPRINT = "heartbeat"


def beat(*, source: MonitorSource, at: datetime | None = None) -> Taken:
    """Note a sign of life; an alert about its absence is over with it."""
    moment = at or timezone.now()
    with transaction.atomic():
        MonitorSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
        missed = source.proposals.filter(fingerprint=FINGERPRINT, ended_at=None).first()
        over = [] if missed is None else [_alert(source, missed.started_at, ends_at=moment)]
        return take_in(source=source, alerts=over, at=moment)


def miss(*, at: datetime | None = None) -> int:
    """Propose something for every heartbeat that is late; how many there are. Safe to repeat.

    The start is the instant at which the beat was due, so that every look finds the same alert. A
    source that was never heard of is not late: its watch begins with its first beat.
    """
    moment = at or timezone.now()
    beating = MonitorSource.objects.filter(kind=MonitorKind.HEARTBEAT, active=True)
    late = [source.pk for source in beating if (due := due_at(source)) and due <= moment]
    return sum(when_unlocked(partial(_miss_one, pk, moment)) for pk in late)


def due_at(source: MonitorSource) -> datetime | None:
    """When the next beat is due; None before the first one."""
    if source.last_seen_at is None or source.interval_minutes is None:
        return None
    return source.last_seen_at + timedelta(minutes=source.interval_minutes)


@transaction.atomic
def _miss_one(pk: int, moment: datetime) -> bool:
    """Looked at again under the lock: a beat may have come meanwhile."""
    source = MonitorSource.objects.select_for_update(of=("self",)).get(pk=pk)
    due = due_at(source)
    if due is None or due > moment or not source.active:
        return False
    take_in(source=source, alerts=[_alert(source, due)], at=moment, heard=False)
    return True


def _alert(source: MonitorSource, start: datetime, *, ends_at: datetime | None = None) -> Alert:
    with override(settings.LANGUAGE_CODE):
        title = _("No sign of life: %(name)s") % {"name": source.name}
    return Alert(
        fingerprint=FINGERPRINT,
        title=title,
        firing=ends_at is None,
        starts_at=start,
        ends_at=ends_at,
        labels={"monitor": source.name},
    )
