"""A case as programs of staff read it: the facts, and the conversation as far as its person may.

What is shown of the applicant is decided in one place (`person_shown`), as on the screen: masked.
"""

from collections.abc import Callable, Iterable
from typing import Any

from service_requests import (
    appointments,
    four_eyes,
    history,
    permissions,
    promises,
    reading,
    visits,
    wording,
)
from service_requests.about_notices import shown
from service_requests.enums import Priority, Side
from service_requests.models import Case
from service_requests.transitions import TABLE, Step, steps_from


def person_shown(view: reading.StaffView) -> dict[str, str]:
    """What a program is shown of the applicant: masked, whatever else its person could open."""
    return view.masked_person


def facts(case: Case) -> dict[str, Any]:
    """What a list shows of a case; nothing sealed."""
    assigned = case.assigned_to
    return {
        "code": case.code,
        "version": case.version,
        "kind": case.kind,
        "state": case.state,
        "state_label": case.get_state_display(),
        "department": case.department.key,
        "service": case.service.key if case.service else None,
        "priority": Priority(case.priority).name.lower(),
        "priority_label": case.get_priority_display(),
        "assigned_to": assigned.get_username() if assigned is not None else None,
        "unread": case.unread_by_staff,
        "registered_at": case.registered_at,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "set_aside": case.set_aside or None,
    }


def whole(case: Case, user: Any, reason: str = "") -> dict[str, Any]:
    """The case with its conversation where the user may read it; recorded as on the screen.

    Raises ValidationError at `reason` for those who must say why. Auditors get facts and steps.
    """
    view = None
    if permissions.user_can_read_content(user, case):
        # A program that reads is nobody who has seen it.
        view = reading.for_staff(case=case, user=user, reason=reason, leaves_marks=False)
    else:
        history.audit("case.seen", case, user)
    events = view.timeline if view else reading.timeline(case, subject=None, public=False)
    return {
        **facts(case),
        "due": [
            {
                **{name: getattr(due, name) for name in ("measure", "label", "state", "why")},
                "due_at": due.at,
            }
            for due in promises.explained_dues(case, to_applicant=False)
        ],
        "steps": steps(case, user),
        "person_type": case.person_type,
        "person": person_shown(view) if view else {},
        "subject": view.content["subject"] if view else None,
        "body": view.content["body"] if view else None,
        "form": view.form.plain() if view and view.form else None,
        "files": view.files if view else [],
        "messages": [_message(case, each) for each in view.messages] if view else [],
        "notes": [
            {"written_at": note.written_at, "author": _name(note.author), "text": note.text}
            for note in view.notes
        ]
        if view
        else [],
        "timeline": [
            {
                "number": event.number,
                "at": event.at,
                "kind": event.kind,
                "label": event.label,
                "state": event.to_state,
                "department": event.department.key if event.department else None,
                "by": event.doer,
                "note": event.note,
                "public": event.public,
            }
            for event in events
        ],
        "letters": _letters(view.letters) if view else letters(case),
        "visit": _visit(case, opened=view is not None),
        "notices": shown.for_staff(case, may_link=permissions.user_can_link_notice(user, case)),
    }


def letters(case: Case) -> list[dict[str, Any]]:
    """The entries of a case in the books, without what is sealed."""
    return _letters(reading.letters(case, subject=None))


def steps(case: Case, user: Any) -> list[str]:
    """What the user may do to the state of the case now, as the screen offers it."""
    return [
        name
        for step in steps_from(case.state, Side.STAFF)
        if permissions.user_may(user, case, TABLE[step].deed)
        for name in _WAYS.get(step, (step.value,))
        if name not in _FITS or _FITS[name](user, case)
    ]


# A rejection is taken in one of several ways; that somebody may come again follows from a step.
_WAYS: dict[Step, tuple[str, ...]] = {
    Step.REJECT: ("reject", "propose_rejection", "confirm_rejection", "refuse_rejection"),
    Step.OFFER_AGAIN: (),
}
# What the table alone does not say.
_FITS: dict[str, Callable[[Any, Case], bool]] = {
    "reject": four_eyes.user_can_reject_alone,
    "propose_rejection": four_eyes.user_can_propose,
    "confirm_rejection": four_eyes.user_can_confirm,
    "refuse_rejection": four_eyes.user_can_refuse,
    "restore": lambda user, case: bool(case.set_aside),
    "reopen": lambda user, case: not case.set_aside,
    "note_came": lambda user, case: visits.user_may_note(user, case, came=True),
    "note_missed": lambda user, case: visits.user_may_note(user, case, came=False),
    "cancel_visit": lambda user, case: appointments.living(case) is not None,
}


def _letters(found: Iterable[reading.ReadLetter]) -> list[dict[str, Any]]:
    return [{**vars(each), "secretariat": str(each.secretariat)} for each in found]


def _visit(case: Case, *, opened: bool) -> dict[str, Any] | None:
    """As on the screen: a place that is sealed only where the case is opened."""
    visit = appointments.living(case)
    if visit is None:
        return None
    times = {name: getattr(visit, name) for name in ("state", "starts_at", "ends_at", "answer_by")}
    place = reading.place_of(visit) if opened or visit.slot is not None else ""
    return {**times, "place": str(place)}


def _message(case: Case, message: reading.ReadMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "side": message.side,
        "purpose": message.purpose,
        "written_at": message.written_at,
        "read_at": message.read_at,
        "text": message.text,
        "visit": message.visit,
        "files": message.files,
        "department": wording.holder(case, message.department),
        "author": _name(message.author),
    }


def _name(user: Any) -> str | None:
    return str(user.get_full_name() or user.get_username()) if user is not None else None
