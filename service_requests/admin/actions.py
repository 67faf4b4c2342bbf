"""What staff can do with a case: offered where the table and the permissions allow it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from service_requests import (
    appointments,
    conversation,
    credentials,
    enquiries,
    four_eyes,
    holds,
    letters,
    notes,
    permissions,
    slots,
    visits,
    wording,
    workflow,
)
from service_requests.about_notices import linking
from service_requests.admin.action_forms import (
    ActionForm,
    AskForm,
    AssignForm,
    CallForm,
    CancelVisitForm,
    ConfirmForm,
    EnquireForm,
    LinkNoticeForm,
    MergeForm,
    MessageForm,
    NoteForm,
    PriorityForm,
    ReasonForm,
    ReferForm,
    RefuseForm,
    RevokeForm,
    SlipForm,
    TextForm,
    UnlinkNoticeForm,
    VisitForm,
)
from service_requests.admin.letter_forms import IncomingForm, OutgoingForm, VoidForm
from service_requests.attachments import IncomingFile
from service_requests.enums import OPEN_STATES, Direction
from service_requests.models import Case
from service_requests.transitions import TABLE, Step

Text = str | Promise
#: Keys of what is done most; `keyboard_shortcuts_dialog.html` says them.
SHORTCUTS = {
    **{"start_review": "r", "answer": "a", "ask_info": "i", "refer": "f"},
    **{"take": "t", "message": "m", "note": "n"},
}
Run = Callable[[Case, Any, dict[str, Any]], Any]


@dataclass(frozen=True)
class Action:
    """One thing to do: where it stands on the screen, who may, how it is done.

    What is done `at_once` is a button that asks nothing more. `shortcut` is the key that opens it.
    """

    key: str
    label: Text
    done: Text
    form_class: type[ActionForm]
    may: Callable[[Any, Case], bool]
    run: Run
    step: Step | None = None
    group: str = "steps"
    primary: bool = False
    at_once: bool = False
    hint: Text = ""

    @property
    def shortcut(self) -> str:
        """Its key, while its reader has keys switched on in Wagtail's account settings."""
        return SHORTCUTS.get(self.key, "")

    def offered(self, user: Any, case: Case) -> bool:
        """Whether this person may do it to the case as it is."""
        possible = self.step is None or case.state in TABLE[self.step].sources
        return possible and self.may(user, case)


def _common(case: Case, user: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {"case": case, "actor": user, "expected": data["expected"]}


def _files(data: dict[str, Any]) -> list[IncomingFile]:
    return [IncomingFile.of(upload) for upload in data["files"]]


def give(common: dict[str, Any], data: dict[str, Any]) -> Case:
    """Give a case to the team or the colleague that was chosen, or to nobody."""
    if data.get("team"):
        return workflow.assign_team(**common, team=data["team"])
    return workflow.assign(**common, to=data["to"])


def _may_take(user: Any, case: Case) -> bool:
    return case.assigned_to_id is None and permissions.user_can_take(user, case)


def _may_enquire(user: Any, case: Case) -> bool:
    """Whoever reads the case as part of their work: the forms name its files and parties."""
    return permissions.user_can_enquire(user, case) and not permissions.user_must_give_reason(
        user, case
    )


def _register(verb: Callable[..., Any], case: Case, user: Any, data: dict[str, Any]) -> Any:
    """Both directions alike; `data` was cleaned by a LetterForm."""
    return verb(
        case=case,
        actor=user,
        book=data["book"],
        message=data["message"],
        entry=data["entry"],
        letter_id=data["letter_id"],
    )


def _may_call(user: Any, case: Case) -> bool:
    department = wording.office(case)
    if department is None or not permissions.user_can_request_visit(user, case):
        return False
    return slots.are_published(department)


def _may_cancel_visit(user: Any, case: Case) -> bool:
    return permissions.user_can_request_visit(user, case) and (
        appointments.living(case) is not None
    )


def _is_open(case: Case) -> bool:
    return case.state in OPEN_STATES


ACTIONS = (
    Action(
        "note_came",
        _("Came to the visit"),
        _("It is noted that the applicant came."),
        ConfirmForm,
        lambda user, case: visits.user_may_note(user, case, came=True),
        lambda case, user, data: visits.note_came(**_common(case, user, data)),
        Step.NOTE_CAME,
        primary=True,
    ),
    Action(
        "note_missed",
        _("Did not come"),
        _("It is noted that the applicant did not come."),
        ConfirmForm,
        lambda user, case: visits.user_may_note(user, case, came=False),
        lambda case, user, data: visits.note_missed(**_common(case, user, data)),
        Step.NOTE_MISSED,
        hint=_("Where your rules give a second try, the applicant may choose another time, once."),
    ),
    Action(
        "start_review",
        _("Start the review"),
        _("The review has started."),
        ConfirmForm,
        permissions.user_can_review,
        lambda case, user, data: workflow.start_review(**_common(case, user, data)),
        Step.START_REVIEW,
        primary=True,
        hint=_("The case becomes yours unless a colleague has it."),
    ),
    Action(
        "answer",
        _("Write the answer"),
        _("The answer was given, and the applicant is told."),
        TextForm,
        permissions.user_can_answer,
        lambda case, user, data: workflow.answer(
            **_common(case, user, data), text=data["text"], files=_files(data)
        ),
        Step.ANSWER,
        primary=True,
    ),
    Action(
        "ask_info",
        _("Ask for more information"),
        _("The applicant is asked."),
        AskForm,
        permissions.user_can_ask,
        lambda case, user, data: workflow.ask_info(
            **_common(case, user, data),
            text=data["text"],
            files=_files(data),
            reply_by=data["reply_by"],
        ),
        Step.ASK_INFO,
    ),
    Action(
        "call_visit",
        _("Ask to come at a time of their choice"),
        _("The applicant is asked to choose a time."),
        CallForm,
        _may_call,
        lambda case, user, data: visits.call(
            **_common(case, user, data), bring=data["bring"], text=data["text"]
        ),
        Step.REQUEST_VISIT,
        hint=_("The applicant chooses one of the free times of your visiting hours."),
    ),
    Action(
        "request_visit",
        _("Ask to come in person"),
        _("The applicant is asked to come."),
        VisitForm,
        permissions.user_can_request_visit,
        lambda case, user, data: workflow.request_visit(
            **_common(case, user, data),
            at=data["at"],
            place=data["place"],
            bring=data["bring"],
            text=data["text"],
        ),
        Step.REQUEST_VISIT,
        hint=_("At a fixed time and place."),
    ),
    Action(
        "cancel_visit",
        _("Call the visit off"),
        _("The visit was called off, and the applicant is told."),
        CancelVisitForm,
        _may_cancel_visit,
        lambda case, user, data: visits.cancel(**_common(case, user, data), text=data["text"]),
        Step.CANCEL_VISIT,
    ),
    Action(
        "refer",
        _("Refer to another department"),
        _("The case was referred."),
        ReferForm,
        permissions.user_can_refer,
        lambda case, user, data: workflow.refer(
            **_common(case, user, data), department=data["department"], reason=data["reason"]
        ),
        Step.REFER,
    ),
    Action(
        "reject",
        _("Cannot be dealt with"),
        _("The applicant is told why it cannot be dealt with."),
        ReasonForm,
        four_eyes.user_can_reject_alone,
        lambda case, user, data: workflow.reject(
            **_common(case, user, data), reason=data["reason"]
        ),
        Step.REJECT,
    ),
    Action(
        "propose_rejection",
        _("Propose: cannot be dealt with"),
        _("The rejection is proposed. A colleague has to confirm it."),
        ReasonForm,
        four_eyes.user_can_propose,
        lambda case, user, data: four_eyes.propose(
            **_common(case, user, data), reason=data["reason"]
        ),
        Step.REJECT,
        hint=_("In this department a colleague confirms it before the applicant is told."),
    ),
    Action(
        "confirm_rejection",
        _("Confirm the rejection"),
        _("The applicant is told why it cannot be dealt with."),
        ConfirmForm,
        four_eyes.user_can_confirm,
        lambda case, user, data: workflow.confirm_rejection(**_common(case, user, data)),
        Step.REJECT,
        primary=True,
        hint=_("The applicant gets the reason as it was proposed."),
    ),
    Action(
        "refuse_rejection",
        _("Do not reject"),
        _("The proposal is off the table."),
        RefuseForm,
        four_eyes.user_can_refuse,
        lambda case, user, data: four_eyes.refuse(**_common(case, user, data), note=data["note"]),
        Step.REJECT,
    ),
    Action(
        "close",
        _("Close the case"),
        _("The case is closed."),
        ConfirmForm,
        permissions.user_can_close,
        lambda case, user, data: workflow.close(**_common(case, user, data)),
        Step.CLOSE,
    ),
    Action(
        "reopen",
        _("Open the case again"),
        _("The case is open again."),
        ReasonForm,
        lambda user, case: not case.set_aside and permissions.user_can_reopen(user, case),
        lambda case, user, data: workflow.reopen(
            **_common(case, user, data), reason=data["reason"]
        ),
        Step.REOPEN,
    ),
    Action(
        "restore",
        _("Take it up again on its own"),
        _("The case stands where it stood before."),
        ConfirmForm,
        lambda user, case: bool(case.set_aside) and permissions.user_can_set_aside(user, case),
        lambda case, user, data: workflow.restore(**_common(case, user, data)),
        Step.RESTORE,
        primary=True,
        hint=_("It was set aside by mistake. Its times run on as if it had not been."),
    ),
    Action(
        "merge",
        _("Join with another case"),
        _("The case was joined with the other one, and the applicant is told."),
        MergeForm,
        permissions.user_can_set_aside,
        lambda case, user, data: workflow.merge(**_common(case, user, data), into=data["into"]),
        Step.MERGE,
        hint=_("The same applicant asked for the same twice. One answer will stand in both."),
    ),
    Action(
        "mark_spam",
        _("Not meant for this desk"),
        _("The case was set aside."),
        ConfirmForm,
        permissions.user_can_set_aside,
        lambda case, user, data: workflow.mark_spam(**_common(case, user, data)),
        Step.MARK_SPAM,
        hint=_(
            "For advertising and misuse. No message is sent; the applicant can still open the case "
            "with its password and have it taken up again."
        ),
    ),
    Action(
        "take",
        _("Take it"),
        _("The case is yours."),
        ConfirmForm,
        _may_take,
        lambda case, user, data: workflow.take(**_common(case, user, data)),
        group="people",
        primary=True,
        at_once=True,
    ),
    Action(
        "assign",
        _("Assign to somebody"),
        _("The case was assigned."),
        AssignForm,
        permissions.user_can_assign,
        lambda case, user, data: give(_common(case, user, data), data),
        group="people",
    ),
    Action(
        "prioritise",
        _("Change the priority"),
        _("The priority was changed."),
        PriorityForm,
        permissions.user_can_prioritise,
        lambda case, user, data: workflow.prioritise(
            **_common(case, user, data), priority=data["priority"]
        ),
        group="people",
    ),
    Action(
        "link_notice",
        _("Link to a notice"),
        _("The case is linked to the notice; the applicant sees it on the tracking page."),
        LinkNoticeForm,
        lambda user, case: _is_open(case) and permissions.user_can_link_notice(user, case),
        lambda case, user, data: linking.link(**_common(case, user, data), notice=data["notice"]),
        group="notices",
    ),
    Action(
        "unlink_notice",
        _("Take the link back"),
        _("The case is no longer linked to the notice."),
        UnlinkNoticeForm,
        lambda user, case: (
            permissions.user_can_link_notice(user, case) and case.notice_links.active().exists()
        ),
        lambda case, user, data: linking.unlink(
            **_common(case, user, data), notice=data["notice"], reason=data["reason"]
        ),
        group="notices",
    ),
    Action(
        "hold",
        _("Set a legal hold"),
        _("The case is held: nothing of it is destroyed."),
        ReasonForm,
        lambda user, case: case.held_at is None and permissions.user_can_hold(user, case),
        lambda case, user, data: holds.hold(**_common(case, user, data), reason=data["reason"]),
        group="keeping",
        hint=_("For a court or an authority, for example. The applicant does not see it."),
    ),
    Action(
        "lift_hold",
        _("Lift the legal hold"),
        _("The legal hold is lifted."),
        ReasonForm,
        lambda user, case: case.held_at is not None and permissions.user_can_hold(user, case),
        lambda case, user, data: holds.lift(**_common(case, user, data), reason=data["reason"]),
        group="keeping",
        hint=_("A case whose time is over is made anonymous soon after."),
    ),
    Action(
        "reissue",
        _("New tracking password"),
        _("A new password was issued."),
        SlipForm,
        permissions.user_can_reissue,
        lambda case, user, data: credentials.reissue(
            **_common(case, user, data),
            slip_key=data["slip_key"],
            identity=data["identity"],
            reason=data["reason"],
        ),
        group="credential",
        hint=_("The old password ends at once. The applicant gets a printed slip."),
    ),
    Action(
        "end_credential",
        _("End the tracking password"),
        _("The tracking password no longer works."),
        ConfirmForm,
        permissions.user_can_end_credential,
        lambda case, user, data: credentials.end(case=case, actor=user),
        group="credential",
        hint=_("The applicant can no longer follow the case until a new one is issued."),
    ),
    Action(
        "register_incoming",
        _("Register as an incoming letter"),
        _("The letter is registered, and the applicant is told."),
        IncomingForm,
        lambda user, case: letters.can_register(user, case, Direction.INCOMING),
        lambda case, user, data: _register(letters.register_incoming, case, user, data),
        group="letters",
    ),
    Action(
        "register_outgoing",
        _("Register the answer as an outgoing letter"),
        _("The letter is registered, and the applicant is told."),
        OutgoingForm,
        lambda user, case: letters.can_register(user, case, Direction.OUTGOING),
        lambda case, user, data: _register(letters.register_outgoing, case, user, data),
        group="letters",
    ),
    Action(
        "void_letter",
        _("Void a letter number"),
        _("The number was voided; it stays in the book."),
        VoidForm,
        lambda user, case: (
            permissions.user_can_register_letter(user, case) and case.letters.valid().exists()
        ),
        lambda case, user, data: letters.void(
            letter=data["letter"], actor=user, reason=data["reason"]
        ),
        group="letters",
        hint=_("A number that was given is never given again. The applicant sees that it is void."),
    ),
    Action(
        "message",
        _("Write to the applicant"),
        _("The message was written, and the applicant is told."),
        MessageForm,
        lambda user, case: _is_open(case) and permissions.user_can_message(user, case),
        lambda case, user, data: conversation.staff_writes(
            case=case,
            actor=user,
            text=data["text"],
            files=_files(data),
            message_id=data["message_id"],
        ),
        group="talk",
    ),
    Action(
        "enquire",
        _("Ask a third party"),
        _("The question was asked."),
        EnquireForm,
        lambda user, case: _is_open(case) and _may_enquire(user, case),
        lambda case, user, data: enquiries.ask(
            **_common(case, user, data),
            **{name: data[name] for name in ("party", "question", "shown", "days", "email")},
            files=[UUID(each) for each in data.get("chosen", ())],
        ),
        group="enquiries",
        hint=_(
            "One question by a link that ends. They see what you write and choose here and nothing "
            "else; the applicant does not see it."
        ),
    ),
    Action(
        "revoke_enquiry",
        _("Withdraw a question"),
        _("The question was withdrawn; its link opens nothing any more."),
        RevokeForm,
        lambda user, case: _may_enquire(user, case) and bool(enquiries.open_of(case)),
        lambda case, user, data: enquiries.revoke(
            enquiry=case.enquiries.get(pk=data["enquiry"]), actor=user
        ),
        group="enquiries",
    ),
    Action(
        "note",
        _("Add a note"),
        _("The note was added. Only staff see it."),
        NoteForm,
        permissions.user_can_note,
        lambda case, user, data: notes.add(
            case=case, actor=user, text=data["text"], note_id=data["note_id"]
        ),
        group="notes",
    ),
)


def offered(user: Any, case: Case) -> list[Action]:
    """The actions that one person may take now, in the order of the screen."""
    return [action for action in ACTIONS if action.offered(user, case)]
