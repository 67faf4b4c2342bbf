"""Staff act through the API: by the verbs of the screens, which ask the same permissions."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from ninja import Router

from cms_pages.models import Department
from service_requests import conversation, four_eyes, notes, permissions, visits, workflow
from service_requests.api import staff_schemas
from service_requests.api.staff_doors import Common, bare, door
from service_requests.attachments import IncomingFile
from service_requests.enums import Priority
from service_requests.models import Case, Team

router = Router(tags=["staff"])
#: Step → its verb, and what it asks for beside the version.
_STEPS: dict[str, tuple[Callable[..., Case], tuple[str, ...]]] = {
    "start_review": (workflow.start_review, ()),
    "ask_info": (workflow.ask_info, ("text", "reply_by")),
    "reject": (workflow.reject, ("reason",)),
    "propose_rejection": (four_eyes.propose, ("reason",)),
    "confirm_rejection": (workflow.confirm_rejection, ()),
    "refuse_rejection": (four_eyes.refuse, ("note",)),
    "note_came": (visits.note_came, ()),
    "note_missed": (visits.note_missed, ()),
    "cancel_visit": (visits.cancel, ("text",)),
    "close": (workflow.close, ()),
    "reopen": (workflow.reopen, ("reason",)),
    "mark_spam": (workflow.mark_spam, ()),
    "merge": (workflow.merge, ("into",)),
    "restore": (workflow.restore, ()),
}
_PRIORITIES = {each.name.lower(): each for each in Priority}


@door(router, "transitions", "Take a step")
def take_step(common: Common, body: staff_schemas.StepIn) -> Case:
    """One of the `steps` of the case; `answer`, `refer` and `request_visit` have their own doors.

    409 `conflict`: somebody was faster, look again. 409 `not-possible`: not in this state.
    """
    if body.step not in _STEPS:
        raise _choose("step")
    verb, asked = _STEPS[body.step]
    for name in ("text", "reason", "note", "reply_by", "into"):
        if getattr(body, name) and name not in asked:
            raise ValidationError({name: [_("This step does not ask for it.")]})
    return verb(**common, **{name: getattr(body, name) for name in asked})


@door(router, "answer", "Answer", files=True)
def answer_case(
    common: Common, body: staff_schemas.AnswerIn, files: Sequence[IncomingFile] = ()
) -> Case:
    """Give the answer, while `answer` is among the steps."""
    return workflow.answer(**common, text=body.text, files=files)


@door(router, "assignment", "Assign")
def assign_case(common: Common, body: staff_schemas.AssignIn) -> Case:
    """To a colleague, a team, or nobody; `me` takes what nobody has."""
    if body.to == "me":
        return workflow.take(**common)
    if body.team is not None:
        # A team that may not have this case and one that is none get the same answer.
        team = Team.objects.filter(pk=body.team).first() or Team(pk=body.team)
        return workflow.assign_team(**common, team=team)
    to = None
    if body.to:
        people = permissions.assignable(common["case"])
        to = people.filter(**{get_user_model().USERNAME_FIELD: bare(body.to)}).first()
        if to is None:
            raise ValidationError({"to": [_("This person may not work on this case.")]})
    return workflow.assign(**common, to=to)


@door(router, "referral", "Refer to another department")
def refer_case(common: Common, body: staff_schemas.ReferIn) -> Case:
    """You may no longer know of the case afterwards; the answer is its facts once more."""
    department = Department.objects.filter(key=bare(body.department)).first()
    if department is None:
        raise _choose("department")
    return workflow.refer(**common, department=department, reason=body.reason)


@door(router, "priority", "Change the priority")
def prioritise_case(common: Common, body: staff_schemas.PriorityIn) -> Case:
    """How soon it is taken up among others. No applicant sees it."""
    if body.priority not in _PRIORITIES:
        raise _choose("priority")
    return workflow.prioritise(**common, priority=_PRIORITIES[body.priority])


@door(router, "visit", "Call for a visit")
def call_for_visit(common: Common, body: staff_schemas.VisitIn) -> Case:
    """At a fixed time and place, or without `at` at a time that the applicant chooses.

    That takes visiting hours that the department publishes. Who came is noted, and the visit called
    off, by steps.
    """
    words: dict[str, Any] = {"bring": body.bring, "text": body.text}
    if body.at is not None:
        return workflow.request_visit(**common, at=body.at, place=body.place, **words)
    if body.place:
        raise ValidationError({"at": [_("Say when as well, or leave the place empty.")]})
    return visits.call(**common, **words)


@door(router, "notes", "Add an internal note")
def add_note(common: Common, body: staff_schemas.NoteIn) -> None:
    """No applicant ever sees it."""
    notes.add(**common, text=body.text, note_id=body.note_id)


@door(router, "messages", "Write to the applicant", files=True)
def write_message(
    common: Common, body: staff_schemas.StaffMessageIn, files: Sequence[IncomingFile] = ()
) -> None:
    """Without changing the state; the applicant is told."""
    conversation.staff_writes(**common, text=body.text, files=files, message_id=body.message_id)


def _choose(field: str) -> ValidationError:
    return ValidationError({field: [_("Choose one of these.")]})
