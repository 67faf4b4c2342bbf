"""What has to be done as time passes: receipts, drafts, visits, replies, clocks, files, trail."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from desk_core import audit_chain, vault
from desk_core.backup import scratch
from desk_core.sealing import erase
from service_requests import (
    case_reports,
    deadlines,
    one_time_codes,
    receipts,
    reminders,
    retention,
    scanning,
    visit_reminders,
    visits,
)
from service_requests.about_notices import answering, recounting
from service_requests.models import Case, Draft, TrackingSession
from service_requests.surveys import occasions, releasing
from service_requests.tracking import ABSOLUTE
from sla import calendar_changes

# "Last opened" on the tracking page looks back this far.
SESSIONS_KEPT = timedelta(days=365)
_BATCH = 200


def sweep(*, at: datetime | None = None) -> dict[str, int]:
    """Wipe receipts, end sessions and forget drafts whose time is over. Safe to repeat.

    People are reminded of tomorrow's visits and of the last day for a reply; who has chosen no time
    is waited for no longer, visits on days that were closed since are called off, and cases close
    whose day is over. Staff are reminded of due times.
    Clocks are looked at again after a change of the working calendar; what a killed verification of
    a backup left on this machine is removed; answers to surveys are released in batches, old
    reports are forgotten. Files are scanned for viruses, the audit trail is sealed, and what was
    kept for as long as it is to be kept is made anonymous.
    """
    now = at or timezone.now()
    done: dict[str, int] = {}
    failed: Exception | None = None
    for step in (_forget_secrets, _keep_days, _settle_surveys, _scan, _keep_trail, _let_go):
        try:
            done |= step(now)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return done


def _forget_secrets(now: datetime) -> dict[str, int]:
    over = TrackingSession.objects.filter(Q(created_at__lte=now - ABSOLUTE), ended_at=None)
    old = TrackingSession.objects.filter(created_at__lte=now - SESSIONS_KEPT)
    return {
        "receipts": receipts.wipe_expired(at=now),
        "sessions": over.update(ended_at=now),
        "old_sessions": old.delete()[0],
        "one_time_codes": one_time_codes.forget_old(at=now),
        "drafts": _forget_drafts(now),
        "verifications": scratch.sweep(),
    }


def _keep_days(now: datetime) -> dict[str, int]:
    return {
        "deadlines": deadlines.settle(at=now),
        "visits_expired": visits.expire_unanswered(at=now),
        "visits_called_off": visits.call_off_shut(at=now),
        "visit_reminders": visit_reminders.remind(at=now),
        "calendar_changes": calendar_changes.settle(at=now),
        "outages_recounted": recounting.settle(at=now),
        "due_reminders": reminders.remind(at=now),
        "group_answers": answering.go_on(at=now),
    }


def _settle_surveys(now: datetime) -> dict[str, int]:
    return {
        "survey_answers": releasing.release(at=now),
        "survey_links": occasions.invite_after_outages(at=now),
        "old_reports": case_reports.forget_old(at=now),
    }


def _scan(now: datetime) -> dict[str, int]:
    return scanning.scan_waiting(at=now)


def _keep_trail(now: datetime) -> dict[str, int]:
    return {"audit_entries_sealed": audit_chain.seal(at=now)}


def _let_go(now: datetime) -> dict[str, int]:
    return retention.settle(at=now)


def _forget_drafts(now: datetime) -> int:
    forgotten = 0
    for draft_id in list(
        Draft.objects.filter(expires_at__lte=now).values_list("pk", flat=True)[:_BATCH]
    ):
        with transaction.atomic():
            draft = (
                Draft.objects.select_for_update(of=("self",))
                .select_related("subject_key")
                .filter(pk=draft_id, expires_at__lte=now)
                .first()
            )
            if draft is None:
                continue
            for path in draft.attachments.values_list("path", flat=True):
                transaction.on_commit(lambda path=path: vault.delete(path))  # type: ignore[misc]
            key = draft.subject_key
            draft.delete()
            # Last line of defence: what a case is sealed under is never erased here.
            if not Case.objects.filter(subject_key=key).exists():
                erase(key)
            forgotten += 1
    return forgotten
