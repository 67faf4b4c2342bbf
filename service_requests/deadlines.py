"""The time for a reply: a day after which a case that waits for its applicant closes by itself.

It never closes unannounced: the applicant is reminded NOTICE before, and where the worker was away
at that time, the day moves until it has been.
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desk_core import outbox
from desk_core.sealing import Erased, Subject, open_subject
from persian.digits import localised
from persian.jalali import TEHRAN
from service_requests import history, notify
from service_requests.days import end_of, last_day, today
from service_requests.enums import EventKind, State
from service_requests.errors import NotPossible
from service_requests.models import Case
from service_requests.models.rules import REPLY_DAYS_LEAST
from service_requests.rules import rules_of

LEAST_DAYS, MOST_DAYS = REPLY_DAYS_LEAST, 365
NOTICE = timedelta(days=2)
_BATCH = 200


def offered(department_id: int) -> date | None:
    """The last day that is offered for a reply to a question asked now; None: no date."""
    days = rules_of(department_id).reply_days
    return today() + timedelta(days=max(days, LEAST_DAYS)) if days else None


def clean(day: date) -> datetime:
    """When a case closes whose applicant may reply until this day. Raises ValidationError."""
    days = (day - today()).days
    if not LEAST_DAYS <= days <= MOST_DAYS:
        message = _("Choose a day from %(least)s to %(most)s days from now.")
        params = {"least": localised(LEAST_DAYS), "most": localised(MOST_DAYS)}
        raise ValidationError({"reply_by": [ValidationError(message, params=params)]})
    return end_of(day)


def is_over(case: Case, at: datetime) -> bool:
    """Whether the applicant was reminded, and the time for a reply is over."""
    return case.reply_by is not None and case.reply_announced_at is not None and case.reply_by <= at


def settle(*, at: datetime) -> int:
    """Remind, then close what is over; how many cases. Safe to repeat, one transaction each."""
    waiting = Case.objects.filter(state=State.NEEDS_INFO, reply_by__isnull=False)
    near = waiting.filter(reply_by__lte=at + NOTICE, reply_announced_at=None)
    done = sum(_announce(case, at) for case in near.order_by("reply_by")[:_BATCH])
    over = waiting.filter(reply_by__lte=at, reply_announced_at__isnull=False)
    return done + sum(_close(case) for case in over.order_by("reply_by")[:_BATCH])


def _close(case: Case) -> int:
    from service_requests import workflow

    try:
        workflow.expire(case=case)
    except NotPossible:
        return 0  # the applicant was faster
    except Erased:
        return _forget(case)
    return 1


def _announce(case: Case, at: datetime) -> int:
    try:
        subject = open_subject(case.subject_key)
    except Erased:
        return _forget(case)
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    with transaction.atomic():
        fresh = history.lock(case)
        if fresh.reply_by is None or fresh.reply_announced_at is not None:
            return 0
        in_time = end_of((at + NOTICE).astimezone(TEHRAN).date())
        late = fresh.reply_by < at + NOTICE / 2
        history.record(
            fresh,
            kind=EventKind.REPLY_DUE,
            changes={
                "reply_announced_at": at,
                "reply_by": in_time if late else fresh.reply_by,
                "unread_by_applicant": True,
            },
        )
        _tell(fresh, subject, content["contact"])
    return 1


def _tell(case: Case, subject: Subject, contact: dict[str, str]) -> None:
    if case.reply_by is None:
        return
    day = last_day(case.reply_by).isoformat()
    messages = notify.to_applicant(case=case, contact=contact, what="reply_due", more={"day": day})
    outbox.queue_many(messages, subject=subject)


def _forget(case: Case) -> int:
    """Whose words were erased cannot be told anything: the day goes, staff close the case."""
    Case.objects.filter(pk=case.pk).update(reply_by=None, reply_announced_at=None)
    return 0
