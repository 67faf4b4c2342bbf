"""A rejection by two people, where the rules of the department ask for it.

One proposes it with the reason, which is sealed in an event that the applicant never sees; another
confirms it (`workflow.confirm_rejection`) or does not. A step that moves the case on ends the
proposal by itself.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desk_core.sealing import open_subject
from service_requests import history, permissions
from service_requests.enums import EventKind
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Case, Event
from service_requests.rules import rules_of
from service_requests.texts import clean_text
from service_requests.transitions import TABLE, Step


def takes_two(case: Case) -> bool:
    """Whether the department that has the case lets nobody reject alone."""
    return rules_of(case.department_id).rejection_by_two


def guard(case: Case, actor: Any, *, seconded: bool) -> None:
    """Raise unless this person may reject the locked case, alone or as the second."""
    if not seconded:
        if takes_two(case):
            raise NotPossible(_("Here a rejection takes two people: propose it to a colleague."))
        return
    if not case.rejection_proposed:
        raise NotPossible(_("No rejection is proposed any more."))
    if proposal_of(case).actor_id == actor.pk:
        raise NotAllowed(_("A colleague has to confirm what you proposed."))


def proposal_of(case: Case) -> Event:
    """The proposal that stands, or stood last. Raises NotPossible where there never was one."""
    found = case.events.filter(kind=EventKind.REJECTION_PROPOSED).order_by("-number").first()
    if found is None:
        raise NotPossible(_("No rejection is proposed any more."))
    return found


def proposed_reason(case: Case) -> str:
    """The reason of the proposal, in clear: for staff who read the case, and for its confirming."""
    event = proposal_of(case)
    subject = open_subject(case.subject_key)
    return subject.open(bytes(event.sealed_note or b""), record=event.record).decode()


def propose(*, case: Case, actor: Any, expected: int, reason: str) -> Case:
    """Propose to reject, with the reason that the applicant would read."""
    reason = clean_text(reason, field="reason")
    subject = open_subject(case.subject_key)
    with transaction.atomic():
        fresh = _lock(case, actor, expected)
        if fresh.rejection_proposed:
            raise NotPossible(_("A rejection is proposed already."))
        history.record(
            fresh,
            kind=EventKind.REJECTION_PROPOSED,
            actor=actor,
            note=reason,
            subject=subject,
            public=False,
            changes={"rejection_proposed": True, "unread_by_staff": True},
        )
        history.audit("case.rejection_proposed", fresh, actor)
    return fresh


def refuse(*, case: Case, actor: Any, expected: int, note: str) -> Case:
    """Not confirm it, and say why to the colleagues; or take one's own proposal back."""
    note = clean_text(note, field="note", limit=1000)
    subject = open_subject(case.subject_key)
    with transaction.atomic():
        fresh = _lock(case, actor, expected)
        if not fresh.rejection_proposed:
            raise NotPossible(_("No rejection is proposed any more."))
        history.record(
            fresh,
            kind=EventKind.REJECTION_REFUSED,
            actor=actor,
            note=note,
            subject=subject,
            public=False,
            changes={"rejection_proposed": False},
        )
        history.audit("case.rejection_refused", fresh, actor)
    return fresh


def user_can_propose(user: Any, case: Case) -> bool:
    """Offered where a rejection takes two and none is proposed yet."""
    return (
        not case.rejection_proposed and permissions.user_can_reject(user, case) and takes_two(case)
    )


def user_can_reject_alone(user: Any, case: Case) -> bool:
    """Offered where a rejection takes nobody else."""
    return permissions.user_can_reject(user, case) and not takes_two(case)


def user_can_confirm(user: Any, case: Case) -> bool:
    """Offered to everybody who may reject but the one who proposed it."""
    return (
        case.rejection_proposed
        and permissions.user_can_reject(user, case)
        and proposal_of(case).actor_id != user.pk
    )


def user_can_refuse(user: Any, case: Case) -> bool:
    """Offered to whoever may reject."""
    return case.rejection_proposed and permissions.user_can_reject(user, case)


def _lock(case: Case, actor: Any, expected: int) -> Case:
    fresh = history.lock(case)
    if fresh.version != expected:
        raise Conflict
    if not permissions.user_can_reject(actor, fresh):
        raise NotAllowed
    if fresh.state not in TABLE[Step.REJECT].sources:
        raise NotPossible
    return fresh
