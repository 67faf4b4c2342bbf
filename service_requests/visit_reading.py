"""The visit that a case waits for, as its applicant sees it: when, where, and what to choose."""

from dataclasses import dataclass, field
from datetime import datetime

from service_requests import appointments, reading, visit_words, visits
from service_requests.enums import VisitState
from service_requests.models import Visit
from service_requests.slots import Offer


@dataclass(frozen=True)
class ShownVisit:
    """`offers` are the times that may be chosen instead; empty once the visit has begun."""

    visit: Visit
    place: str = field(repr=False)
    bring: str = field(repr=False)
    when: str
    can_choose: bool
    offers: list[Offer]

    @property
    def booked(self) -> bool:
        """Whether a time is set."""
        return self.visit.state == VisitState.BOOKED

    @property
    def answer_by(self) -> datetime | None:
        """Until when a time is to be chosen; None where one is set."""
        return None if self.booked else self.visit.answer_by


def for_applicant(view: reading.ApplicantView) -> ShownVisit | None:
    """The living visit of an opened case; six queries, none where the case waits for no visit."""
    visit = appointments.living(view.case)
    if visit is None:
        return None
    call = next((each for each in view.messages if each.id == visit.message_id), None)
    asked = (call.visit if call else None) or {}
    booked = visit.state == VisitState.BOOKED
    slot = visit.slot
    return ShownVisit(
        visit=visit,
        place=slot.visiting_hours.where
        if booked and slot is not None
        else str(asked.get("place", "")),
        bring=str(asked.get("bring", "")),
        when=visit_words.when(visit),
        can_choose=visits.can_choose(visit),
        offers=visits.free_times(view.case),
    )
