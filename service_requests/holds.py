"""Legal holds: while a case is held, nothing of it is destroyed, whatever its age.

Nor anything of the cases that were joined with it (`retention`).
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from desk_core.sealing import open_subject
from service_requests import history, permissions
from service_requests.enums import EventKind
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Case
from service_requests.texts import clean_text


def hold(*, case: Case, actor: Any, expected: int, reason: str) -> Case:
    """Set a legal hold; who, when and why stand in the timeline, which the applicant is not shown.

    Raises ValidationError({"reason": …}), NotAllowed, Conflict, NotPossible when it is held.
    """
    return _record(case, actor, expected, reason, holding=True)


def lift(*, case: Case, actor: Any, expected: int, reason: str) -> Case:
    """Lift it; a case whose time is over is made anonymous in the next round then."""
    return _record(case, actor, expected, reason, holding=False)


def _record(case: Case, actor: Any, expected: int, reason: str, *, holding: bool) -> Case:
    reason = clean_text(reason, field="reason", limit=1000)
    if not permissions.user_can_hold(actor, case):
        raise NotAllowed
    subject = open_subject(case.subject_key)
    with transaction.atomic():
        fresh = history.lock(case)
        if not permissions.user_can_hold(actor, fresh):
            raise NotAllowed
        if fresh.version != expected:
            raise Conflict
        if (fresh.held_at is not None) == holding:
            raise NotPossible
        kind = EventKind.HOLD_SET if holding else EventKind.HOLD_LIFTED
        history.record(
            fresh,
            kind=kind,
            actor=actor,
            note=reason,
            subject=subject,
            public=False,
            changes={"held_at": timezone.now() if holding else None},
        )
        history.audit(f"case.{kind.value}", fresh, actor)
    return fresh
