"""The row of a visit: opened, given a place, ended. Always on a locked case, in its transaction.

A case has one living visit exactly while it waits for a visit. Whoever takes a place in a slot
holds the slot's row until the transaction ends; the case is always locked before the slot.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.inserts import insert
from service_requests.enums import LIVE_VISITS, State, VisitState
from service_requests.errors import NotPossible
from service_requests.models import Case, Message, Visit, VisitSlot
from service_requests.slots import Offer

_KEPT = "_desk_living_visit"


def living(case: Case) -> Visit | None:
    """The visit that a case waits for; one query, kept with the version seen, none in other states.

    Case and message come with it, for whoever may read where it is.
    """
    if case.state != State.VISIT_REQUESTED:
        return None
    version, visit = vars(case).get(_KEPT, (None, None))
    if version != case.version:
        visit = _living(case).select_related("slot__visiting_hours", "message").first()
        if visit is not None:
            visit.case = case
        vars(case)[_KEPT] = case.version, visit
    return visit


def lock(case: Case, *, expected: Visit | None = None) -> Visit:
    """The living visit of a locked case; NotPossible without one, or where it is another by now."""
    visit = _living(case).first()
    if visit is None or (expected is not None and visit.pk != expected.pk):
        raise NotPossible(_("This visit is no longer open."))
    return visit


def open_waiting(*, case: Case, message: Message, answer_by: datetime, attempt: int = 1) -> Visit:
    """A visit whose time the applicant chooses, until `answer_by`."""
    return Visit.objects.create(
        case=case,
        message=message,
        state=VisitState.WAITING,
        answer_by=answer_by,
        attempt=attempt,
    )


def open_fixed(*, case: Case, message: Message, at: datetime) -> Visit:
    """A visit at a time that staff have set; its place stands in the message."""
    return Visit.objects.create(case=case, message=message, state=VisitState.BOOKED, starts_at=at)


def take_seat(visit: Visit, offer: Offer) -> None:
    """Give a visit a place in a slot, leaving the one it had. Raises ValidationError when full."""
    slot = _locked_slot(offer)
    taken = set(
        Visit.objects.holding()
        .filter(slot=slot)
        .exclude(pk=visit.pk)
        .values_list("seat", flat=True)
    )
    if len(taken) >= offer.capacity:
        raise taken_meanwhile()
    first_free = min(set(range(1, len(taken) + 2)) - taken)
    if visit.state == VisitState.BOOKED:
        visit.sequence += 1
    visit.state, visit.slot, visit.seat = VisitState.BOOKED, slot, first_free
    visit.starts_at, visit.ends_at = offer.starts_at, offer.ends_at
    visit.reminded_at, visit.changed_at = None, timezone.now()
    visit.save()


def end(visit: Visit, state: VisitState) -> None:
    """A visit is over, or will not be; who came or could have come keeps the place."""
    visit.state, visit.changed_at = state, timezone.now()
    if state not in _KEEPS_SEAT:
        visit.seat = None
        visit.sequence += 1
    visit.save()


def end_with_the_wait(case: Case) -> Visit | None:
    """The case goes on without the visit it waited for; that visit if it is called off by this.

    One that is over and not noted only ends.
    """
    visit = _living(case).first()
    if visit is None:
        return None
    over = visit.starts_at is not None and visit.starts_at <= timezone.now()
    end(visit, VisitState.UNMARKED if over else VisitState.CANCELLED)
    return None if over else visit


def taken_meanwhile() -> ValidationError:
    """What somebody is told whose time went to another."""
    return ValidationError({"slot": [_("This time is not free any more. Choose another one.")]})


_KEEPS_SEAT = (VisitState.CAME, VisitState.MISSED, VisitState.UNMARKED)


def _living(case: Case) -> Any:
    return Visit.objects.filter(case=case, state__in=LIVE_VISITS)


def _locked_slot(offer: Offer) -> VisitSlot:
    """The row of a slot, made where it is the first time, held until the transaction ends."""
    row = VisitSlot(visiting_hours=offer.hours, starts_at=offer.starts_at, ends_at=offer.ends_at)
    insert([row], ignore_conflicts=True)
    return VisitSlot.objects.select_for_update().get(
        visiting_hours=offer.hours, starts_at=offer.starts_at
    )
