"""How long personal data are kept: closing date and the days of the rule, then they are destroyed.

What a legal hold keeps stays, whatever its age, with all that was joined with it. So does what an
agreement's announced end promised to keep readable, and a case that was joined with one that is
still kept.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from desk_core.sealing import erase
from persian.jalali import TEHRAN, month_key
from service_requests import attachments, erasing, history
from service_requests.enums import State
from service_requests.models import Case, RetentionRule, SurveyAnswer

_BATCH = 100
_OVER = (State.CLOSED, State.WITHDRAWN)


def settle(*, at: datetime | None = None) -> dict[str, int]:
    """Make anonymous what was kept for long enough; how many cases, comments and files.

    A hundred cases of each kind in a round, each in a transaction of its own. Safe to repeat:
    a round that was killed goes on where it stopped. Comments of the survey lead to no case; they
    go with the month in which they were written.
    """
    now = at or timezone.now()
    done = comments = 0
    rules = list(RetentionRule.objects.all())
    for rule in rules:
        due = _due(rule, now)
        for key in list(due.order_by("closed_at").values_list("pk", flat=True)[:_BATCH]):
            with transaction.atomic():
                # Locked first, so that a legal hold that is being set on any of them counts.
                history.lock_all(Case.objects.joined_with(Case.objects.get(pk=key)))
                case = due.filter(pk=key).first()
                if case is not None:
                    erasing.anonymise(case=case)
                    done += 1
        comments += _forget_comments(rule.kind, rule.days, now)
    if rules:
        # Of the desk's general survey, which is about no kind, as long as of the longest.
        comments += _forget_comments("", max(rule.days for rule in rules), now)
    return {
        "cases_anonymised": done,
        "survey_comments_destroyed": comments,
        "files_destroyed": attachments.destroy_erased(at=now),
    }


def kept_until(case: Case) -> datetime | None:
    """From when on the data of a closed case may be destroyed; None: not foreseen."""
    if case.closed_at is None or case.anonymised_at is not None or case.state not in _OVER:
        return None
    rule = RetentionRule.objects.filter(kind=case.kind).first()
    return case.closed_at + timedelta(days=rule.days) if rule else None


def _forget_comments(kind: str, days: int, now: datetime) -> int:
    """Destroy comments of whole months that are over for long enough; the grades stay."""
    month = month_key(now - timedelta(days=days))
    old = SurveyAnswer.objects.filter(
        kind=kind, month__lt=month, sealed_comment__isnull=False
    ).select_related("subject_key")
    rows = list(old.order_by("month")[:_BATCH])
    for row in rows:
        with transaction.atomic():
            SurveyAnswer.objects.filter(pk=row.pk).update(sealed_comment=None)
            if row.subject_key is not None:
                erase(row.subject_key)
    return len(rows)


def _due(rule: RetentionRule, now: datetime) -> "QuerySet[Case]":
    """The cases of a kind whose time is over and that nothing keeps."""
    cut = now - timedelta(days=rule.days)
    alone = Q(merged_into=None) | Q(merged_into__closed_at__lte=cut)
    return (
        Case.objects.kept_by_no_hold()
        .filter(
            alone,
            kind=rule.kind,
            state__in=_OVER,
            closed_at__lte=cut,
            anonymised_at=None,
        )
        .exclude(agreement_version__termination__readable_until__gte=now.astimezone(TEHRAN).date())
    )
