"""Scanning files for viruses, in the background: until then a file is handed to nobody.

Fails closed. While clamd is away a file waits; taking `DESK_CLAMD` out of the settings releases
nothing that waits. What is infected is destroyed, and its name stays where it stood.
"""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from desk_core import audit, clamd, vault
from desk_core.sealing import Erased, SealBroken, open_subject
from service_requests.enums import Scan
from service_requests.models import Attachment

#: Within a round of housekeeping, which has other things to do as well.
ROUND_SECONDS = 20.0
_BATCH = 200
# Longer than a scan takes: another worker leaves the file alone, and after a crash it is scanned.
_HELD = timedelta(minutes=5)
_AGAIN = timedelta(minutes=1)
_BROKEN = timedelta(hours=1)

_logger = logging.getLogger(__name__)


def scan_waiting(*, at: datetime | None = None) -> dict[str, int]:
    """Scan what waits, the longest waiting first; how many files were released and removed.

    Safe to repeat and to run twice at once. No database transaction is open while clamd works.
    """
    now = at or timezone.now()
    done = {"files_released": 0, "files_removed": 0}
    done["files_removed"] += _destroy_rest(now)
    if not clamd.is_configured():
        return done
    give_up_at = time.monotonic() + ROUND_SECONDS
    for key in _due(now):
        if time.monotonic() > give_up_at or not _claim(key, now):
            continue
        row = _row(key)
        if row is None:
            continue  # taken out of its draft meanwhile
        try:
            verdict = clamd.scan(_content(row))
        except clamd.NoVerdict as error:
            _logger.warning("A file waits for the scanner: %s.", error)
            _postpone(key, now + _BROKEN)
            continue
        except clamd.Unavailable as error:
            _logger.warning("Files wait for the scanner: %s.", error)
            _postpone(key, now + _AGAIN)
            break
        except (Erased, SealBroken, FileNotFoundError) as error:
            _logger.error("The file %s cannot be scanned: %s.", key, type(error).__name__)
            _postpone(key, now + _BROKEN)
            continue
        if verdict.clean:
            done["files_released"] += _release(key)
        else:
            done["files_removed"] += _condemn(row, verdict.found)
    return done


def _due(now: datetime) -> list[UUID]:
    rows = Attachment.objects.filter(scan=Scan.WAITING, scan_due_at__lte=now)
    return list(rows.order_by("scan_due_at", "id").values_list("pk", flat=True)[:_BATCH])


def _claim(key: UUID, now: datetime) -> bool:
    """Take a file that is due; nobody else takes it for five minutes."""
    waiting = Attachment.objects.filter(pk=key, scan=Scan.WAITING, scan_due_at__lte=now)
    return bool(waiting.update(scan_due_at=now + _HELD))


def _row(key: UUID) -> Attachment | None:
    related = ("case__subject_key", "draft__subject_key")
    return Attachment.objects.select_related(*related).filter(pk=key).first()


def _content(row: Attachment) -> Iterator[bytes]:
    holder = row.case or row.draft
    if holder is None:
        raise FileNotFoundError
    subject = open_subject(holder.subject_key)
    return vault.read(row.path, subject=subject, file_id=row.pk)


def _postpone(key: UUID, until: datetime) -> None:
    Attachment.objects.filter(pk=key, scan=Scan.WAITING).update(scan_due_at=until)


def _release(key: UUID) -> int:
    waiting = Attachment.objects.filter(pk=key, scan=Scan.WAITING)
    return waiting.update(scan=Scan.CLEAN, scan_due_at=None, scanned_at=timezone.now())


def _condemn(row: Attachment, found: str) -> int:
    """Nobody gets the file any more, and it is written down; then its bytes go."""
    with transaction.atomic():
        waiting = Attachment.objects.filter(pk=row.pk, scan=Scan.WAITING)
        if not waiting.update(scan=Scan.INFECTED):
            return 0
        audit.record(
            action="file.infected",
            actor=None,
            target=f"case:{row.case.code}" if row.case else f"draft:{row.draft_id}",
            department_id=row.case.department_id if row.case else None,
            detail={"file": str(row.pk), "found": found, "side": row.side},
        )
    _destroy(row.pk, row.path)
    return 1


def _destroy(key: UUID, path: str) -> None:
    vault.delete(path)
    # Of a case that was made anonymous meanwhile the row goes as well (`attachments`).
    infected = Attachment.objects.filter(pk=key, scan=Scan.INFECTED)
    infected.update(scan_due_at=None, scanned_at=timezone.now())


def _destroy_rest(now: datetime) -> int:
    """What a worker condemned and was killed before it destroyed."""
    left = Attachment.objects.filter(
        scan=Scan.INFECTED, scan_due_at__lte=now, scanned_at=None
    ).values_list("pk", "path")[:_BATCH]
    rows = list(left)
    for key, path in rows:
        _destroy(key, path)
    return len(rows)
