"""Visits in person (R9): staff call, the applicant chooses, moves or declines, staff note who came.

Each verb is one step of `transitions.TABLE`, carried out by `workflow`: the case is locked first,
then the slot, so that no time is ever given to more people than it has room for.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_pages.models import Department
from persian.jalali import TEHRAN
from service_requests import (
    appointments,
    history,
    permissions,
    shut_times,
    slots,
    visit_words,
    wording,
    workflow,
)
from service_requests.enums import VisitState
from service_requests.errors import CaseError, NotPossible
from service_requests.models import Case, Message, Visit
from service_requests.slots import Offer
from service_requests.texts import clean_text
from service_requests.transitions import TABLE, Step
from sla.calendar import next_midnight

#: How often one visit may be moved; after that people write.
MOST_MOVES = 5
_BATCH = 200


def call(*, case: Case, actor: Any, expected: int, bring: str = "", text: str = "") -> Case:
    """Ask the applicant to come at a time that they choose among the department's free ones.

    Raises ValidationError where the department publishes no visiting hours. A complaint that lies
    with the complaints office is never sent to the hours of the unit complained of (R2).
    """
    department = wording.office(case)
    if department is None or not slots.are_published(department):
        raise ValidationError(_("This department publishes no visiting hours. Set a fixed time."))
    answer_by = _answer_by(department.pk)

    def open_visit(fresh: Case, message: Message) -> None:
        appointments.open_waiting(case=fresh, message=message, answer_by=answer_by)

    visit = {"bring": clean_text(bring, field="bring", limit=1000, required=False)}
    text = clean_text(text, required=False)
    deed = workflow.Deed(Step.REQUEST_VISIT, case, actor, expected, text, visit, also=open_visit)
    return workflow.carry_out(deed)


def choose(*, case: Case, slot: str, message_id: UUID | None = None) -> Case:
    """The applicant takes a free time, or moves their visit to it; `slot` is an offer's key.

    The time that they have already is no error and changes nothing, and so does the same
    `message_id` again. Raises ValidationError at "slot", NotPossible once the visit has begun.
    """
    for step in (Step.BOOK_VISIT, Step.MOVE_VISIT):
        if _happened(case, message_id, step):
            return Case.objects.get(pk=case.pk)
    visit = _open_visit(case)
    department = wording.office(case)
    offer = slots.find(department, slot) if department is not None else None
    if _has_it_already(visit, slot):
        return Case.objects.get(pk=case.pk)
    if offer is None:
        raise appointments.taken_meanwhile()
    if visit.sequence >= MOST_MOVES:
        raise NotPossible(_("You have moved this visit often. Please write to us."))
    moved = visit.state == VisitState.BOOKED

    def sit_down(fresh: Case, message: Message | None) -> None:
        locked = appointments.lock(fresh, expected=visit)
        if locked.state != visit.state or _has_begun(locked):
            raise NotPossible(_("This visit is no longer open."))
        appointments.take_seat(locked, offer)

    step = Step.MOVE_VISIT if moved else Step.BOOK_VISIT
    hours = offer.hours
    note = visit_words.kept_time(offer.starts_at, place=hours.place, place_en=hours.place_en)
    deed = workflow.Deed(step, case, note=note, message_id=message_id, also=sit_down)
    return workflow.carry_out(deed)


def decline(*, case: Case, text: str = "", message_id: UUID | None = None) -> Case:
    """The applicant will not come, and may say why; the department takes the case up again."""
    text = clean_text(text, required=False)
    if _happened(case, message_id, Step.DECLINE_VISIT):
        return Case.objects.get(pk=case.pk)
    visit = _open_visit(case)

    def let_go(fresh: Case, message: Message | None) -> None:
        locked = appointments.lock(fresh, expected=visit)
        if _has_begun(locked):
            raise NotPossible(_("This visit is no longer open."))
        appointments.end(locked, VisitState.DECLINED)

    deed = workflow.Deed(Step.DECLINE_VISIT, case, text=text, message_id=message_id, also=let_go)
    return workflow.carry_out(deed)


def cancel(*, case: Case, actor: Any, expected: int, text: str) -> Case:
    """Staff call the visit off and say why."""
    text = clean_text(text)
    deed = workflow.Deed(
        Step.CANCEL_VISIT, case, actor, expected, text, also=_ending(VisitState.CANCELLED)
    )
    return workflow.carry_out(deed)


def note_came(*, case: Case, actor: Any, expected: int) -> Case:
    """The applicant was here; from the day of the visit on, for people come early."""
    end = _ending(VisitState.CAME, _is_the_day)
    return workflow.carry_out(workflow.Deed(Step.NOTE_CAME, case, actor, expected, also=end))


def note_missed(*, case: Case, actor: Any, expected: int) -> Case:
    """The applicant did not come, once the time has begun.

    Where the department gives a second try, they may choose another time, once.
    """
    end = _ending(VisitState.MISSED, _has_begun)
    visit = appointments.living(case)
    department = wording.office(case)
    again = (
        visit is not None
        and department is not None
        and visit.attempt == 1
        and slots.rules_of(department.pk).second_try
        and bool(slots.offers(department))
    )
    if not again:
        return workflow.carry_out(workflow.Deed(Step.NOTE_MISSED, case, actor, expected, also=end))
    answer_by = _answer_by(department.pk)  # type: ignore[union-attr]

    def offer_again(fresh: Case, message: Message | None) -> None:
        over = end(fresh, message)
        appointments.open_waiting(
            case=fresh, message=over.message, answer_by=answer_by, attempt=over.attempt + 1
        )

    deed = workflow.Deed(Step.OFFER_AGAIN, case, actor, expected, also=offer_again)
    return workflow.carry_out(deed)


def expire_unanswered(*, at: datetime) -> int:
    """Wait no longer for those who chose no time until the end that they were told; how many.

    Safe to repeat; what somebody does at the same moment goes first.
    """
    rows = Visit.objects.unanswered(at).select_related("case__subject_key", "case__department")
    expired = 0
    for visit in rows.order_by("answer_by", "pk")[:_BATCH]:

        def end(fresh: Case, message: Message | None, visit: Visit = visit) -> None:
            locked = appointments.lock(fresh, expected=visit)
            if locked.state != VisitState.WAITING:
                raise NotPossible
            appointments.end(locked, VisitState.EXPIRED)

        deed = workflow.Deed(Step.EXPIRE_VISIT, visit.case, by_itself=True, also=end)
        try:
            workflow.carry_out(deed)
        except CaseError:
            continue
        expired += 1
    return expired


def call_off_shut(*, at: datetime) -> int:
    """Call off the visits whose time was closed after it was given (`shut_times`); how many.

    The applicant is told, and chooses another time where the department offers any; else the
    department is told as well. Safe to repeat; what somebody does at the same moment goes first.
    """
    called_off = 0
    another_by = cache(_another_by)
    shut = _shut(at)
    for start in range(0, len(shut), _BATCH):
        if called_off >= _BATCH:
            break
        for visit in Visit.objects.filter(pk__in=shut[start : start + _BATCH]).select_related(
            "case__subject_key", "case__department", "slot__visiting_hours"
        ):
            try:
                workflow.carry_out(_calling_off(visit, another_by))
            except CaseError:
                continue
            called_off += 1
    return called_off


def _shut(at: datetime) -> list[UUID]:
    """The visits to come that nobody can be received for, the nearest first; at most four queries.

    Only those on days for which something is entered are read.
    """
    coming = Visit.objects.booked_after(at)
    last = coming.aggregate(last=Max("starts_at"))["last"]
    if last is None:
        return []
    shut = shut_times.ShutTimes(at, last)
    touched = coming.on_days(shut.entered_days()).order_by("starts_at", "pk")
    rows = touched.values_list("pk", "starts_at", "ends_at", *_OFFICE_OF_A_VISIT)
    return [
        pk
        for pk, starts, ends, hours_id, department_id, complained_id in rows.iterator(_BATCH)
        if (hours_id is not None and shut.place_is_shut(hours_id, starts, ends))
        or shut.office_is_shut(
            None if department_id == complained_id else department_id, starts, ends
        )
    ]


_OFFICE_OF_A_VISIT = (
    "slot__visiting_hours_id",
    "case__department_id",
    "case__complained_department_id",
)


def _another_by(department: Department) -> datetime | None:
    """Until when one of a department's free times may be chosen; None where there is none."""
    return _answer_by(department.pk) if slots.offers(department) else None


def _calling_off(visit: Visit, another_by: Callable[[Department], datetime | None]) -> Any:
    case, department = visit.case, wording.office(visit.case)
    answer_by = another_by(department) if visit.slot is not None and department else None
    again = answer_by is not None

    def let_go(fresh: Case, message: Message | None) -> None:
        locked = appointments.lock(fresh, expected=visit)
        if (locked.state, locked.starts_at) != (VisitState.BOOKED, visit.starts_at):
            raise NotPossible
        appointments.end(locked, VisitState.CANCELLED)
        if answer_by is not None:
            appointments.open_waiting(
                case=fresh, message=locked.message, answer_by=answer_by, attempt=locked.attempt
            )

    return workflow.Deed(
        Step.OFFER_ANOTHER if again else Step.SHUT_VISIT,
        case,
        text=visit_words.called_off(visit, again=again),
        also=let_go,
        by_itself=True,
    )


def user_may_note(user: Any, case: Case, *, came: bool) -> bool:
    """Whether this person may note now that somebody came, or did not."""
    visit = appointments.living(case)
    if visit is None or visit.state != VisitState.BOOKED:
        return False
    if not permissions.user_can_receive(user, case):
        return False
    return _is_the_day(visit) if came else _has_begun(visit)


def free_times(case: Case) -> list[Offer]:
    """What the applicant may choose now, but for the time that they have."""
    visit, department = appointments.living(case), wording.office(case)
    if visit is None or department is None or not can_choose(visit):
        return []
    return [offer for offer in slots.offers(department) if not _has_it_already(visit, offer.key)]


def can_choose(visit: Visit | None) -> bool:
    """Whether the applicant may still choose, move or decline."""
    return visit is not None and not _has_begun(visit)


def _ending(
    state: VisitState, may: Callable[[Visit], bool] | None = None
) -> Callable[[Case, Message | None], Visit]:
    def end(fresh: Case, message: Message | None) -> Visit:
        visit = appointments.lock(fresh)
        if may is not None and (visit.state != VisitState.BOOKED or not may(visit)):
            raise NotPossible(_("The time of this visit is still to come."))
        appointments.end(visit, state)
        return visit

    return end


def _open_visit(case: Case) -> Visit:
    """What the applicant may act on. Raises NotPossible."""
    visit = appointments.living(case)
    if visit is None or _has_begun(visit):
        raise NotPossible(_("This visit is no longer open."))
    return visit


def _has_begun(visit: Visit) -> bool:
    return visit.starts_at is not None and visit.starts_at <= timezone.now()


def _is_the_day(visit: Visit) -> bool:
    today = timezone.now().astimezone(TEHRAN).date()
    return visit.starts_at is not None and visit.starts_at.astimezone(TEHRAN).date() <= today


def _has_it_already(visit: Visit, key: str) -> bool:
    slot = visit.slot
    if visit.state != VisitState.BOOKED or slot is None:
        return False
    return key == f"{slot.visiting_hours_id}-{int(slot.starts_at.timestamp()) // 60}"


def _happened(case: Case, message_id: UUID | None, step: Step) -> bool:
    """Whether this very step was taken; an id that stands for its sibling is no error here."""
    try:
        return history.happened(case, message_id, TABLE[step].event)
    except NotPossible:
        if step == Step.BOOK_VISIT:
            return False
        raise


def _answer_by(department_id: int) -> datetime:
    """The midnight in Tehran at which the time to choose is over."""
    days = slots.rules_of(department_id).answer_days
    return next_midnight(timezone.now() + timedelta(days=days))
