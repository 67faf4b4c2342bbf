"""What a case was promised in time: its clocks follow what happens to it (R8).

| what happens | first response | final answer |
|---|---|---|
| registration | starts | starts |
| the first deed of staff that the applicant sees | ends | – |
| more information or a visit asked for | – | pauses |
| the case goes on | – | runs again |
| answered, rejected, closed | ends | ends |
| referred | follows the new department's calendar | the same |
| objection, or opened again by the applicant | a new round | a new round |
| opened again by staff | – | a new round |
| withdrawn, or set aside | ends | ends |
| taken up again after it was set aside | runs on as if it had not | the same |
| linked to an outage, where its agreement says so | may stand still | stands still |
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service_requests import standstills, wording
from service_requests.enums import CONCLUDED_STATES, WAITING_FOR_APPLICANT, EventKind, State
from service_requests.models import Case
from sla import clocks, dues, explaining
from sla.enums import Measure
from sla.models import Clock
from sla.promises import Promises, of_version

#: Deeds of staff that the applicant sees: the first of them is the first response.
RESPONSES = frozenset(
    {
        EventKind.REFERRED,
        EventKind.REVIEW_STARTED,
        EventKind.INFO_REQUESTED,
        EventKind.VISIT_REQUESTED,
        EventKind.ANSWERED,
        EventKind.REJECTED,
        EventKind.CLOSED,
        EventKind.STAFF_WROTE,
    }
)
_ENDED = (*CONCLUDED_STATES, State.WITHDRAWN)
_BEGUN_ANEW = (EventKind.OBJECTED, EventKind.REOPENED)


def prepared(case: Case, promises: Promises) -> list[Clock]:
    """The clocks of a case that is about to be registered, unsaved; no query."""
    return clocks.prepared(
        promises=promises,
        subject=case.code,
        department=case.department,
        service=case.service,
        kind=case.kind,
        office_id=_office_id(case),
        at=case.registered_at,
    )


def follow(
    case: Case,
    *,
    kind: EventKind,
    before: str,
    actor: Any,
    at: datetime,
    aside_since: datetime | None = None,
) -> None:
    """Let the clocks follow an event of a locked case, in its transaction.

    `aside_since`: when the case had been set aside. Whoever was wrong about that does not win time
    by it: its clocks go on as if they had never ended.
    """
    if case.agreement_version_id is None or (case.state == before and kind not in RESPONSES):
        return
    if aside_since is not None:
        clocks.revive(subject=case.code, stopped_at=aside_since, at=at, actor=actor)
        standstills.recount(case, at=at, actor=actor)
    running = clocks.running(case.code)
    if kind == EventKind.REFERRED:
        clocks.move(
            clocks=running,
            department_id=case.department_id,
            office_id=_office_id(case),
            at=at,
            actor=actor,
        )
    if case.state in _ENDED:
        unwanted = case.state == State.WITHDRAWN or bool(case.set_aside)
        clocks.stop(clocks=running, at=at, actor=actor, withdrawn=unwanted)
        return
    final = [row for row in running if row.measure == Measure.RESOLUTION]
    if actor is not None and kind in RESPONSES:
        first = [row for row in running if row.measure == Measure.FIRST_RESPONSE]
        clocks.stop(clocks=first, at=at, actor=actor)
    if case.state in WAITING_FOR_APPLICANT:
        clocks.pause(clocks=final, at=at, actor=actor)
    else:
        clocks.resume(clocks=final, at=at, actor=actor)
    if kind in _BEGUN_ANEW and aside_since is None:
        _start_anew(case, actor, at)
        standstills.recount(case, at=at, actor=actor)


def dues_of(case: Case) -> list[dues.Due]:
    """By when what was promised; nothing, without a query, where nothing can have been."""
    return dues.dues_of(case.code) if case.agreement_version_id is not None else []


def explained_dues(case: Case, *, to_applicant: bool) -> list[dues.Due]:
    """The same, each open one with how its time came about; three queries more."""
    return explaining.explained(dues_of(case), to_applicant=to_applicant)


def dues_of_many(cases: Iterable[Case]) -> dict[str, list[dues.Due]]:
    """The same for several cases by code, in one query; those without an agreement are left out."""
    return dues.dues_of_many([row.code for row in cases if row.agreement_version_id is not None])


def _start_anew(case: Case, actor: Any, at: datetime) -> None:
    """A new round, under what was promised when the case was registered."""
    by_applicant = actor is None
    clocks.start(
        promises=of_version(case.agreement_version_id, at=at),
        subject=case.code,
        department=case.department,
        service=case.service,
        kind=case.kind,
        office_id=_office_id(case),
        at=at,
        measures=clocks.FROM_REGISTRATION if by_applicant else (Measure.RESOLUTION,),
        actor=actor,
    )


def _office_id(case: Case) -> int | None:
    """Whose working hours count: never those of a unit complained of, but the whole body's."""
    office = wording.office(case)
    return office.pk if office is not None else None
