"""Answers that wait go among the others in shuffled batches, each under a new random id.

A batch is everything that waits, once that is `FEWEST` answers or more; what is left of a month
that is over is released as well, for no more of it will come. Within a batch nothing says which
answer came first: all are stored by one transaction, in random order, and words are sealed anew.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from desk_core.models import SubjectKey
from desk_core.page_cache import purge
from desk_core.sealing import Erased, SealBroken, new_subject
from desk_core.suppression import FEWEST
from persian import jalali
from service_requests.models import PendingAnswer, SurveyAnswer
from service_requests.surveys import keys

_MOST = 500


def release(*, at: datetime | None = None) -> int:
    """Release what may be; returns how many. Safe to repeat, also from two workers at once."""
    now = at or timezone.now()
    with transaction.atomic():
        rows = PendingAnswer.objects.select_for_update(of=("self",)).select_related("subject_key")
        waiting = list(rows.order_by("id")[:_MOST])
        if len(waiting) < FEWEST:
            this_month = jalali.month_key(now)
            waiting = [row for row in waiting if row.month < this_month]
        if not waiting:
            return 0
        _store(waiting)
        purge()
    return len(waiting)


def _words(row: PendingAnswer) -> dict[str, str]:
    """What was written; words that nothing opens any more hold up no grade."""
    try:
        return keys.words_of(row)
    except (Erased, SealBroken):
        return {}


def _store(waiting: list[PendingAnswer]) -> None:
    secrets.SystemRandom().shuffle(waiting)
    released = []
    for row in waiting:
        kept = SurveyAnswer(
            month=row.month,
            purpose=row.purpose,
            version_id=row.version_id,
            department_id=row.department_id,
            kind=row.kind,
            answers=row.answers,
        )
        if words := _words(row):
            subject = new_subject()
            keys.save(subject, row.month)
            kept.subject_key = subject.row
            kept.sealed_comment = subject.seal_json(words, record=kept.record)
        released.append(kept)
    SurveyAnswer.objects.bulk_create(released, batch_size=100)
    PendingAnswer.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    old = [row.subject_key_id for row in waiting if row.subject_key_id]
    SubjectKey.objects.filter(pk__in=old).delete()
