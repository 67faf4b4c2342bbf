"""Reminding people of their visit on the day before: the code and a neutral sentence (R9, R41)."""

from datetime import datetime, time, timedelta

from django.db import transaction

from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import Erased, Subject, open_subject
from persian.jalali import TEHRAN
from service_requests import notify
from service_requests.enums import VisitState
from service_requests.models import Visit

#: From this hour of Tehran on, the day before.
HOUR = time(10)
_BATCH = 200


def remind(*, at: datetime) -> int:
    """Queue a reminder for every visit of tomorrow, and of today where it was missed; how many.

    Safe to repeat. Whoever chose the time after the hour of reminding needs none.
    """
    wall = at.astimezone(TEHRAN)
    days = 2 if wall.time() >= HOUR else 1
    until = datetime.combine(wall.date() + timedelta(days=days), time(), TEHRAN)
    due = Visit.objects.between(at, until).filter(
        state=VisitState.BOOKED, reminded_at=None, case__subject_key__erased_at=None
    )
    count = 0
    while True:
        with transaction.atomic():
            batch = list(
                due.select_for_update(of=("self",))
                .select_related("case__subject_key")
                .order_by("starts_at", "pk")[:_BATCH]
            )
            if not batch:
                return count
            messages = [pair for visit in batch for pair in _messages(visit)]
            count += outbox.queue_all(messages)
            Visit.objects.filter(pk__in=[visit.pk for visit in batch]).update(reminded_at=at)


def _messages(visit: Visit) -> list[tuple[Outgoing, Subject]]:
    """What one applicant is sent on each channel; nothing for a time chosen after the hour."""
    case = visit.case
    if visit.starts_at is None or visit.changed_at >= _hour_before(visit.starts_at):
        return []
    try:
        subject = open_subject(case.subject_key)
    except Erased:
        return []
    contact = subject.open_json(bytes(case.sealed_content), record=case.content_record)["contact"]
    messages = notify.to_applicant(
        case=case,
        contact=contact,
        what="visit_reminder",
        occasion=f"visit:{visit.pk}:{visit.sequence}",
    )
    return [(message, subject) for message in messages]


def _hour_before(starts_at: datetime) -> datetime:
    day = starts_at.astimezone(TEHRAN).date() - timedelta(days=1)
    return datetime.combine(day, HOUR, TEHRAN)
