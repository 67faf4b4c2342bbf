"""The guarded life of a case: states change here and nowhere else.

Every verb seals what was written, then takes one short transaction: lock the case, compare its
version with the one the person saw, compare its state with `transitions.TABLE`, check the right
again, store. Of two people acting at once the second gets Conflict and nothing of theirs is kept.

What an applicant does may carry a `message_id` of their own: sent again after a lost reply, it is
answered as the first time and not done twice.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from desk_core.sealing import Subject, open_subject
from service_requests import (
    appointments,
    attachments,
    deadlines,
    duplicates,
    four_eyes,
    history,
    look_up,
    notify,
    permissions,
    shut_times,
    visit_words,
)
from service_requests.attachments import IncomingFile
from service_requests.enums import (
    CONCLUDED_STATES,
    OPEN_STATES,
    EventKind,
    Kind,
    Priority,
    SetAside,
    Side,
    State,
    VisitState,
)
from service_requests.errors import CaseError, Conflict, NotAllowed, NotPossible, SentBefore
from service_requests.models import Attachment, Case, Message, Team, WordIndex
from service_requests.surveys import links
from service_requests.texts import REASON_MIN, clean_text, is_repeated, new_message
from service_requests.transitions import TABLE, VISIT_STEPS, Step, Transition, steps_from

# A slip of the keys; the last day of the calendar has no time in every zone.
FARTHEST_VISIT = timedelta(days=20 * 366)
# What the applicant may do for DESK_OBJECTION_DAYS only.
_IN_TIME = frozenset({Step.OBJECT, Step.REOPEN})
# What the applicant knows, or need not know at once; misuse may bear the number of a stranger.
_UNTOLD = frozenset({Step.START_REVIEW, Step.NOTE_CAME, Step.MARK_SPAM})
# Nobody on the staff of the department did it, and somebody there has to go on.
_NEWS_FOR_STAFF = frozenset({Step.REFER, Step.EXPIRE_VISIT, Step.SHUT_VISIT})


@dataclass
class _Deed:
    """One attempt to take a step: who, on what they saw, with what they wrote."""

    step: Step
    case: Case
    actor: Any = None
    expected: int | None = None
    text: str = ""
    visit: dict[str, str] | None = None
    files: Sequence[IncomingFile] = ()
    note: str = ""
    message_id: UUID | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    into: Case | None = None
    seconded: bool = False
    # What else is stored with it, on the locked case; may raise, and nothing is kept then.
    also: Callable[[Case, Any], Any] | None = None
    by_itself: bool = False

    @property
    def rule(self) -> Transition:
        return TABLE[self.step]

    @property
    def side(self) -> Side:
        return Side.STAFF if self.actor is not None or self.by_itself else Side.APPLICANT

    def guard_person(self, case: Case) -> None:
        """Raise unless this person may do this."""
        if self.by_itself != (not self.rule.sides):
            raise NotAllowed
        if self.by_itself:
            return
        if self.side not in self.rule.sides:
            raise NotAllowed
        if self.actor is not None and not permissions.user_may(self.actor, case, self.rule.deed):
            raise NotAllowed

    def guard(self, case: Case) -> None:
        """Raise unless this may be done to the case as it is now (locked)."""
        if self.expected is not None and case.version != self.expected:
            raise Conflict
        self.guard_person(case)
        if case.state not in self.rule.sources:
            raise NotPossible
        self._guard_step(case)
        if self.side == Side.APPLICANT and self.step in _IN_TIME and not _in_time(case):
            raise NotPossible(_("The time in which you could object is over."))

    def _guard_step(self, case: Case) -> None:
        """What one step asks for beyond its place in the table."""
        if self.step == Step.REJECT:
            four_eyes.guard(case, self.actor, seconded=self.seconded)
        if self.step == Step.EXPIRE and not deadlines.is_over(case, timezone.now()):
            raise NotPossible
        if self.step == Step.MARK_SPAM:
            duplicates.guard_alone(case)
        # Staff take up again what was set aside, and nothing else, by the step made for it.
        if self.step == Step.RESTORE and not case.set_aside:
            raise NotPossible
        if self.step == Step.REOPEN and self.actor is not None and case.set_aside:
            raise NotPossible

    def also_locks(self) -> list[Case]:
        """The other cases that this touches, locked together with the first."""
        return [self.into] if self.into is not None else []


def start_review(*, case: Case, actor: Any, expected: int) -> Case:
    """Take the case up, or up again; whoever starts has it, unless somebody had it before.

    A deputy from elsewhere starts it for the department.
    """
    free = case.assigned_to_id is None and permissions.user_can_take(actor, case)
    changes = {"assigned_to": actor} if free else {}
    return _carry_out(_Deed(Step.START_REVIEW, case, actor, expected, changes=changes))


def ask_info(
    *,
    case: Case,
    actor: Any,
    expected: int,
    text: str,
    files: Sequence[IncomingFile] = (),
    reply_by: date | None = None,
) -> Case:
    """Ask the applicant for what is missing; their reply moves the case on.

    `reply_by` is the last day (in Tehran) for a reply: after it the case closes by itself, and the
    applicant is reminded before. Raises ValidationError for a day too near or too far.
    """
    text = clean_text(text)
    changes = {"reply_by": deadlines.clean(reply_by) if reply_by else None}
    return _carry_out(
        _Deed(Step.ASK_INFO, case, actor, expected, text, files=files, changes=changes)
    )


def request_visit(
    *,
    case: Case,
    actor: Any,
    expected: int,
    at: datetime,
    place: str,
    bring: str = "",
    text: str = "",
) -> Case:
    """Ask the applicant to come at a fixed time (aware): where, what to bring (R9).

    `visits.call` lets them choose one of the department's free times instead. ValidationError at
    "at" for a time that is over, and for one on a closed day: it would be called off again.
    """
    if at <= timezone.now():
        raise ValidationError({"at": [_("Choose a time that is still to come.")]})
    if at > timezone.now() + FARTHEST_VISIT:
        raise ValidationError({"at": [_("This time is too far away.")]})
    if shut_times.is_shut(case.office_id, at):
        raise ValidationError(
            {"at": [_("The office is closed then. Choose another time, or enter a day of duty.")]}
        )
    visit = {
        "at": at.isoformat(),
        "place": clean_text(place, field="place", limit=300),
        "bring": clean_text(bring, field="bring", limit=1000, required=False),
    }
    text = clean_text(text, required=False)

    def open_visit(fresh: Case, message: Message) -> None:
        appointments.open_fixed(case=fresh, message=message, at=at)

    deed = _Deed(Step.REQUEST_VISIT, case, actor, expected, text, visit, also=open_visit)
    return _carry_out(deed)


def answer(
    *, case: Case, actor: Any, expected: int, text: str, files: Sequence[IncomingFile] = ()
) -> Case:
    """Give the answer; the applicant is told at once (R7) and may rate it."""
    text = clean_text(text)
    return _carry_out(_Deed(Step.ANSWER, case, actor, expected, text, files=files))


def reject(*, case: Case, actor: Any, expected: int, reason: str) -> Case:
    """Say that the case cannot be dealt with, and why.

    Where the department's rules ask for two people, this is refused: see `four_eyes`.
    """
    reason = clean_text(reason, field="reason")
    return _carry_out(_Deed(Step.REJECT, case, actor, expected, reason))


def confirm_rejection(*, case: Case, actor: Any, expected: int) -> Case:
    """Reject for the reason that a colleague proposed; never by the same person."""
    reason = four_eyes.proposed_reason(case)
    return _carry_out(_Deed(Step.REJECT, case, actor, expected, reason, seconded=True))


def close(*, case: Case, actor: Any, expected: int) -> Case:
    """Close a case that was answered, rejected, or left without the reply it waited for."""
    return _carry_out(_Deed(Step.CLOSE, case, actor, expected))


def refer(*, case: Case, actor: Any, expected: int, department: Department, reason: str) -> Case:
    """Send the case to another department, with a reason that the applicant sees.

    A complaint never goes to the department complained of or to a unit below it (R2).
    """
    reason = clean_text(reason, field="reason", limit=1000)
    if department.pk == case.department_id and case.kind != Kind.COMPLAINT:
        raise ValidationError({"department": [_("The case is in this department already.")]})
    if not department.active:
        raise ValidationError({"department": [_("This department takes no cases now.")]})
    if case.kind == Kind.COMPLAINT and department.is_within(case.complained_department_id):
        raise ValidationError(
            {"department": [_("A complaint is not referred to the department complained of.")]}
        )
    changes = {"department": department, "assigned_to": None, "team": None}
    return _carry_out(_Deed(Step.REFER, case, actor, expected, note=reason, changes=changes))


def reopen(*, case: Case, actor: Any, expected: int, reason: str) -> Case:
    """Open a closed case again, at any time."""
    reason = clean_text(reason, field="reason")
    changes = {"closed_at": None}
    return _carry_out(_Deed(Step.REOPEN, case, actor, expected, reason, changes=changes))


def reopen_for_applicant(*, case: Case, text: str, message_id: UUID | None = None) -> Case:
    """The applicant has a closed case opened again, within DESK_OBJECTION_DAYS of its end."""
    text = clean_text(text, least=REASON_MIN)
    changes = {"closed_at": None}
    return _carry_out(_Deed(Step.REOPEN, case, text=text, message_id=message_id, changes=changes))


def object_to_answer(
    *,
    case: Case,
    text: str,
    files: Sequence[IncomingFile] = (),
    message_id: UUID | None = None,
) -> Case:
    """The applicant objects to the answer, within DESK_OBJECTION_DAYS of it."""
    text = clean_text(text, least=REASON_MIN)
    return _carry_out(_Deed(Step.OBJECT, case, text=text, files=files, message_id=message_id))


def withdraw(*, case: Case, text: str = "", message_id: UUID | None = None) -> Case:
    """The applicant no longer wants it."""
    text = clean_text(text, required=False)
    return _carry_out(_Deed(Step.WITHDRAW, case, text=text, message_id=message_id))


def expire(*, case: Case) -> Case:
    """Close a case whose announced time for a reply is over; the worker's step."""
    return _carry_out(_Deed(Step.EXPIRE, case, by_itself=True))


def mark_spam(*, case: Case, actor: Any, expected: int) -> Case:
    """Set aside what is not meant for this desk. The applicant can still open it, and object."""
    changes = {"set_aside": SetAside.SPAM}
    return _carry_out(_Deed(Step.MARK_SPAM, case, actor, expected, changes=changes))


def merge(*, case: Case, actor: Any, expected: int, into: str) -> Case:
    """Join a duplicate with another open case of the same applicant, given by its tracking code.

    The answer to that one is given in this one too. Raises ValidationError({"into": …}).
    """
    if not permissions.user_can_set_aside(actor, case):
        raise NotAllowed
    target = duplicates.find(code=into, case=case, user=actor)
    changes = {"set_aside": SetAside.DUPLICATE, "merged_into": target}
    return _carry_out(_Deed(Step.MERGE, case, actor, expected, changes=changes, into=target))


def restore(*, case: Case, actor: Any, expected: int) -> Case:
    """Undo `mark_spam` or `merge`: the case stands where it stood, its clocks run on."""
    changes = {"closed_at": None}
    return _carry_out(_Deed(Step.RESTORE, case, actor, expected, changes=changes))


def prioritise(*, case: Case, actor: Any, expected: int, priority: int) -> Case:
    """Say how soon the case is taken up among others; for staff alone."""
    if priority not in Priority.values:
        raise ValidationError({"priority": [_("Choose one of these.")]})
    subject = open_subject(case.subject_key)
    with transaction.atomic():
        fresh = _lock_open(case, expected)
        if not permissions.user_can_prioritise(actor, fresh):
            raise NotAllowed
        if fresh.priority == priority:
            return fresh
        history.record(
            fresh,
            kind=EventKind.PRIORITY_SET,
            actor=actor,
            note=Priority(priority).name.lower(),
            subject=subject,
            public=False,
            changes={"priority": priority},
        )
        _audit(fresh, actor, "prioritised", priority=Priority(priority).name.lower())
    return fresh


def take(*, case: Case, actor: Any, expected: int) -> Case:
    """Take a case that nobody has."""
    if case.assigned_to_id not in (None, actor.pk):
        raise NotPossible(_("Somebody else has taken this case already."))
    return _assign(case, actor, expected, actor, permissions.user_can_take)


def assign(*, case: Case, actor: Any, expected: int, to: Any) -> Case:
    """Give the case to a colleague who may work on it, or (None) to nobody."""
    if to is not None and not permissions.user_can_be_assigned(to, case):
        raise ValidationError({"to": [_("This person may not work on this case.")]})
    return _assign(case, actor, expected, to, permissions.user_can_assign)


def assign_team(*, case: Case, actor: Any, expected: int, team: Team) -> Case:
    """Give the case to a team of its department, of which somebody takes it; never a complaint."""
    if not Team.objects.of_case(case).filter(pk=team.pk).exists():
        raise ValidationError({"team": [_("This team may not work on this case.")]})
    return _assign(case, actor, expected, None, permissions.user_can_assign, team)


def objection_days() -> int:
    """For how many days after the answer the applicant may object or reopen."""
    return int(getattr(settings, "DESK_OBJECTION_DAYS", 30))


def objection_until(case: Case) -> datetime | None:
    """Until when the applicant may object to the answer, or have the case opened again."""
    concluded = case.closed_at or case.answered_at
    if case.set_aside == SetAside.DUPLICATE and case.answered_at is not None:
        # The answer to the other case may come long after this one was joined with it.
        concluded = max(case.answered_at, case.closed_at or case.answered_at)
    return concluded + timedelta(days=objection_days()) if concluded else None


def applicant_steps(case: Case) -> list[Step]:
    """What the applicant may do now; page and API have a door for each."""
    steps = steps_from(case.state, Side.APPLICANT)
    if VISIT_STEPS.intersection(steps):
        possible = _visit_steps(case)
        steps = [step for step in steps if step not in VISIT_STEPS or step in possible]
    return [step for step in steps if step not in _IN_TIME or _in_time(case)]


def _visit_steps(case: Case) -> set[Step]:
    """What the visit that the case waits for allows its applicant."""
    visit = appointments.living(case)
    if visit is None or (visit.starts_at is not None and visit.starts_at <= timezone.now()):
        return set()
    booked = visit.state == VisitState.BOOKED
    return {Step.MOVE_VISIT if booked else Step.BOOK_VISIT, Step.DECLINE_VISIT}


def _in_time(case: Case) -> bool:
    until = objection_until(case)
    return until is None or timezone.now() <= until


def _lock_open(case: Case, expected: int) -> Case:
    """The case as this person saw it, locked and open."""
    fresh = history.lock(case)
    if fresh.version != expected:
        raise Conflict
    if fresh.state not in OPEN_STATES:
        raise NotPossible
    return fresh


def _assign(
    case: Case, actor: Any, expected: int, to: Any, may: Any, team: Team | None = None
) -> Case:
    with transaction.atomic():
        fresh = _lock_open(case, expected)
        if not may(actor, fresh):
            raise NotAllowed
        if team is None and to is not None:
            # Taken out of a team's queue, it is still the team's to know of.
            team = fresh.team
        given = (to.pk if to else None, team.pk if team else None)
        if (fresh.assigned_to_id, fresh.team_id) == given:
            return fresh
        changes = {"assigned_to": to, "team": team}
        history.record(fresh, kind=EventKind.ASSIGNED, actor=actor, public=False, changes=changes)
        _audit(fresh, actor, "assigned", to=given[0], team=given[1])
    return fresh


def _carry_out(deed: _Deed) -> Case:
    if _happened(deed):
        return Case.objects.get(pk=deed.case.pk)
    deed.guard_person(deed.case)
    subject = open_subject(deed.case.subject_key)
    content = subject.open_json(bytes(deed.case.sealed_content), record=deed.case.content_record)
    message = None
    if deed.text or deed.visit or deed.files:
        message = new_message(
            deed.case,
            subject,
            side=deed.side,
            author=deed.actor,
            text=deed.text,
            visit=deed.visit,
            purpose=deed.rule.purpose,
            message_id=deed.message_id,
        )
    stored = attachments.store(deed.files, subject=subject, side=deed.side)
    try:
        with ExitStack() as kept:
            kept.enter_context(attachments.discarded_on_failure(stored))
            copies = []
            for copy in duplicates.copies_of(deed.case, message, deed.text, deed.files):
                kept.enter_context(attachments.discarded_on_failure(copy.stored))
                copies.append(copy)
            kept.enter_context(transaction.atomic())
            return _store(deed, subject, message, stored, content, copies)
    except (IntegrityError, CaseError):
        # The same, sent twice at once: the first one did it.
        if _happened(deed):
            return Case.objects.get(pk=deed.case.pk)
        raise


def _happened(deed: _Deed) -> bool:
    """Whether this very step was taken, with these words. Raises NotPossible for another one."""
    if deed.message_id is None:
        return False
    if not history.happened(deed.case, deed.message_id, deed.rule.event):
        return False
    message = Message.objects.filter(pk=deed.message_id).first()
    subject = open_subject(deed.case.subject_key)
    if message is None and not deed.text:
        return True
    if message and is_repeated(message, subject, side=deed.side, text=deed.text):
        return True
    raise SentBefore


def _store(
    deed: _Deed,
    subject: Subject,
    message: Message | None,
    stored: list[Attachment],
    content: dict[str, Any],
    copies: Sequence[duplicates.Copy],
) -> Case:
    """The one short transaction of a step."""
    locked = history.lock_all([deed.case, *deed.also_locks(), *(copy.case for copy in copies)])
    fresh = locked[deed.case.pk]
    deed.guard(fresh)
    if deed.into is not None:
        duplicates.join(fresh, locked[deed.into.pk], deed.actor)
    awaited = fresh.state == State.VISIT_REQUESTED
    if message is not None:
        message.case = fresh
        message.save(force_insert=True)
        attachments.save(stored, case=fresh, message=message)
    if deed.also is not None:
        deed.also(fresh, message)
    target = deed.rule.target or history.state_before_aside(fresh)
    if awaited and target != State.VISIT_REQUESTED:
        _call_off_the_visit(fresh, deed, subject)
    history.record(
        fresh,
        kind=deed.rule.event,
        actor=deed.actor,
        state=target,
        message=message,
        note=deed.note,
        subject=subject,
        changes={**_consequences(fresh, deed), **deed.changes},
        step_id=deed.message_id,
    )
    if deed.step == Step.REFER:
        WordIndex.objects.filter(case=fresh).delete()
        look_up.store_words(fresh, look_up.words_of(fresh, content))
    for copy in copies:
        duplicates.give(copy, locked[copy.case.pk], fresh, deed.actor)
    _tell(fresh, deed, subject, content["contact"])
    if fresh.survey_invited and fresh.state in CONCLUDED_STATES:
        links.invite(case=fresh, subject=subject, contact=content["contact"])
    _audit(fresh, deed.actor, deed.step)
    return fresh


def _call_off_the_visit(case: Case, deed: _Deed, subject: Subject) -> None:
    """Nobody comes for nothing: the timeline says that the visit is off, before what came of it."""
    visit = appointments.end_with_the_wait(case)
    if visit is not None:
        history.record(
            case,
            kind=EventKind.VISIT_CANCELLED,
            actor=deed.actor,
            note=visit_words.kept_time(visit.starts_at),
            subject=subject,
        )


def _consequences(case: Case, deed: _Deed) -> dict[str, Any]:
    """What every step of this kind does to the times and marks of the case."""
    now = timezone.now()
    changes: dict[str, Any] = {"unread_by_applicant": deed.side == Side.STAFF}
    news = deed.side == Side.APPLICANT or deed.step in _NEWS_FOR_STAFF
    # What happens by itself is nobody's look at the case: what was unread stays so.
    if news or not deed.by_itself:
        changes["unread_by_staff"] = news
    if deed.side == Side.STAFF and case.first_action_at is None:
        changes["first_action_at"] = now
    if deed.step in (Step.ANSWER, Step.REJECT):
        changes["answered_at"] = now
    if deed.rule.target in CONCLUDED_STATES and "set_aside" not in deed.changes:
        changes["survey_invited"] = True
    if deed.rule.target in (State.CLOSED, State.WITHDRAWN):
        changes["closed_at"] = now
    return changes


def _tell(case: Case, deed: _Deed, subject: Subject, contact: dict[str, str]) -> None:
    if deed.side == Side.APPLICANT:
        # So that they hear of what somebody else did with their password.
        notify.tell_applicant(case=case, subject=subject, contact=contact, what="own_step")
    elif deed.step not in _UNTOLD:
        notify.tell_applicant(case=case, subject=subject, contact=contact, what="news")
    if deed.step == Step.REFER:
        notify.tell_staff(case=case, subject=subject, what="staff_new")
    elif deed.side == Side.APPLICANT or deed.step in _NEWS_FOR_STAFF:
        notify.tell_staff(case=case, subject=subject, what="staff_news")


def _audit(case: Case, actor: Any, deed: str, **detail: Any) -> None:
    """Staff alone: what applicants do stands in the timeline."""
    if actor is not None:
        history.audit(f"case.{deed}", case, actor, state=case.state, **detail)


# For the verbs of other modules whose steps stand in the table as well (`visits`).
Deed, carry_out = _Deed, _carry_out
