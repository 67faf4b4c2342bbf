"""What has to go when a person's data key goes, and what stays: figures that name nobody."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from desk_core import vault
from desk_core.sealing import erase
from service_requests import history
from service_requests.enums import EndReason, EventKind, Scan
from service_requests.errors import NotPossible
from service_requests.models import (
    Attachment,
    Case,
    Credential,
    Draft,
    IdentifierIndex,
    OneTimeCode,
    Receipt,
    TrackingSession,
    VerifiedContact,
    WordIndex,
)


def anonymise(*, case: Case) -> None:
    """Destroy the personal data of a locked case, in the caller's transaction, for good.

    The data key goes, and with it all that was sealed under it; the look-up rows, the password and
    its sessions go; files are destroyed by the next round (`attachments.destroy_erased`). The row
    stays as a tombstone: kind, department, service, states and times, which statistics count.
    Raises NotPossible while the case, or one that it was joined with, is held. Safe to repeat.
    """
    if case.anonymised_at is not None:
        return
    if Case.objects.joined_with(case).filter(held_at__isnull=False).exists():
        raise NotPossible
    history.record(
        case,
        kind=EventKind.ANONYMISED,
        public=False,
        changes={"anonymised_at": timezone.now(), "unread_by_staff": False},
    )
    history.audit("case.anonymised", case, None)
    forget_subjects([case.subject_key_id])
    erase(case.subject_key)


def forget_subjects(subjects: Sequence[uuid.UUID]) -> None:
    """Delete what leads to these data keys or waits to be opened by them, in the transaction.

    Look-up rows, drafts, passwords and sessions go, files are marked to be destroyed. The cases
    stay as operational facts that nobody can be found by. Safe to repeat; a restore asks it too.
    """
    now = timezone.now()
    IdentifierIndex.objects.filter(case__subject_key__in=subjects).delete()
    WordIndex.objects.filter(case__subject_key__in=subjects).delete()
    VerifiedContact.objects.filter(case__subject_key__in=subjects).delete()
    OneTimeCode.objects.filter(case__subject_key__in=subjects).delete()
    TrackingSession.objects.filter(credential__case__subject_key__in=subjects).delete()
    Receipt.objects.filter(credential__case__subject_key__in=subjects).update(sealed=None)
    Credential.objects.active().filter(case__subject_key__in=subjects).update(
        ended_at=now, reason=EndReason.ERASED
    )
    Attachment.objects.filter(case__subject_key__in=subjects).update(
        scan=Scan.ERASED, scan_due_at=now
    )
    cases = Case.objects.filter(subject_key__in=subjects)
    cases.filter(anonymised_at=None).update(anonymised_at=now, held_at=None)
    cases.update(sealed_content=b"", assigned_to=None, team=None)
    files = Attachment.objects.filter(draft__subject_key__in=subjects)
    for path in list(files.values_list("path", flat=True)):
        transaction.on_commit(lambda path=path: vault.delete(path))  # type: ignore[misc]
    Draft.objects.filter(subject_key__in=subjects).delete()
