"""Cases under an agreement that is being ended: who is told, and when they last changed (R38)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from desk_core import outbox
from desk_core.outbox import Outgoing
from desk_core.sealing import Erased, Subject, open_subject
from service_requests import notify
from service_requests.enums import OPEN_STATES
from service_requests.models import Attachment, Case
from sla.beneficiaries import News

_BATCH = 200


def tell(news: News) -> int:
    """Queue a message to everybody with an open case under the version; how many new messages.

    In batches, each one insert; the same occasion is never told twice (`dedupe`). What is no
    longer true is not told any further.
    """
    open_cases = Case.objects.filter(
        agreement_version_id=news.version_id, state__in=OPEN_STATES
    ).order_by("pk")
    if news.since is not None:
        open_cases = open_cases.filter(registered_at__gte=news.since)
    if news.until is not None:
        open_cases = open_cases.filter(registered_at__lte=news.until)
    count, last = 0, None
    while True:
        rows = open_cases.filter(pk__gt=last) if last is not None else open_cases
        batch = list(rows.select_related("subject_key")[:_BATCH])
        if not batch:
            return count
        last = batch[-1].pk
        messages = [pair for case in batch for pair in _messages(case, news)]
        with transaction.atomic():
            if not news.stands():
                return count
            count += outbox.queue_all(messages)


def last_change(version_id: int) -> datetime | None:
    """When a case under the version, or a file of one, last changed (UTC).

    The stamp is older than the commit: whoever compares it leaves time for that (`UNDER_WAY`).
    """
    cases = Case.objects.filter(agreement_version_id=version_id)
    files = Attachment.objects.filter(case__agreement_version_id=version_id)
    found = (
        cases.aggregate(at=Max("last_activity_at"))["at"],
        files.aggregate(at=Max("added_at"))["at"],
    )
    return max((at for at in found if at is not None), default=None)


def _messages(case: Case, news: News) -> list[tuple[Outgoing, Subject]]:
    """What the applicant of one case is told, on each channel; nothing once they are erased."""
    try:
        subject = open_subject(case.subject_key)
    except Erased:
        return []
    contact = subject.open_json(bytes(case.sealed_content), record=case.content_record)["contact"]
    messages = notify.to_applicant(
        case=case,
        contact=contact,
        what=news.what,
        occasion=news.occasion,
        more={"day": news.day.isoformat(), "certain": "1" if news.certain else ""},
    )
    return [(message, subject) for message in messages]
