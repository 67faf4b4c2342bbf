"""Which state may follow which: one table for every kind, and what the clock takes away from it."""

from collections.abc import Iterable
from datetime import datetime

from notices import state
from notices.enums import OVER_PHASES, Kind, Phase, UpdateState
from notices.state import Facts

_S = UpdateState
_FAULT = (_S.INVESTIGATING, _S.IDENTIFIED, _S.MONITORING, _S.RESOLVED)

#: From the state now to what may be said next, in the usual order. A state may be said again. What
#: was thought to be found or repaired may prove not to be. A fault is called off only before it
#: has begun (`allowed`): what happened is resolved. Work that is being checked was done.
TABLE: dict[Kind, dict[UpdateState, tuple[UpdateState, ...]]] = {
    Kind.OUTAGE: {
        _S.INVESTIGATING: (*_FAULT, _S.CANCELLED),
        _S.IDENTIFIED: _FAULT,
        _S.MONITORING: _FAULT,
        _S.RESOLVED: (),
        _S.CANCELLED: (),
    },
    Kind.MAINTENANCE: {
        _S.SCHEDULED: (_S.SCHEDULED, _S.IN_PROGRESS, _S.CANCELLED),
        _S.IN_PROGRESS: (_S.IN_PROGRESS, _S.VERIFYING, _S.COMPLETED, _S.CANCELLED),
        _S.VERIFYING: (_S.IN_PROGRESS, _S.VERIFYING, _S.COMPLETED),
        _S.COMPLETED: (),
        _S.CANCELLED: (),
    },
    Kind.ANNOUNCEMENT: {
        _S.ANNOUNCED: (_S.ANNOUNCED, _S.COMPLETED, _S.CANCELLED),
        _S.COMPLETED: (),
        _S.CANCELLED: (),
    },
    Kind.WARNING: {
        _S.ANNOUNCED: (_S.ANNOUNCED, _S.LIFTED, _S.CANCELLED),
        _S.LIFTED: (),
        _S.CANCELLED: (),
    },
}


def allowed(
    facts: Facts, posted: Iterable[UpdateState], at: datetime, *, begins_now: bool = False
) -> list[UpdateState]:
    """What may be said at `at`, in the usual order; empty when it is over.

    `posted` are the states of the updates, oldest first. Before the start only what was said first
    may be said again, unless the same update moves the start to now (`begins_now`).
    """
    phase = state.phase(facts, at)
    if phase in OVER_PHASES:
        return []
    now = state.progress(facts, posted, at)
    following = list(TABLE[facts.kind][now])
    if phase == Phase.ANNOUNCED and not begins_now:
        return [each for each in following if each in (now, _S.CANCELLED)]
    if facts.kind == Kind.OUTAGE:
        return [each for each in following if each != _S.CANCELLED]
    return following
