"""Where a notice stands, computed from the clock when read: no database, no settings, no clock.

Nothing has to run at the minute a window opens or closes. Three rules carry everything:

* an outage goes on until somebody says that it is resolved; its expected end is only a hope, and
  when the hope has passed the outage is *overdue*;
* a maintenance window (and an announcement) ends at its announced end, unless it was extended or
  completed before;
* a cancelled notice is over at the instant it was cancelled.

Intervals are half open, [start, end): at the instant of the end it is over. All times are aware.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notices.enums import CLOSING_STATE, STATES_OF_KIND, Kind, Phase, UpdateState


@dataclass(frozen=True, slots=True)
class Facts:
    """The times that decide everything; aware datetimes, None where not known or not happened."""

    kind: Kind
    starts_at: datetime
    expected_end: datetime | None = None
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """How long before its start and after its end a notice is worth a banner."""

    before: timedelta
    after: timedelta


def over_at(facts: Facts) -> datetime | None:
    """The instant from which the notice is over, as far as is known now; None: open end.

    The database computes the same in the column `Notice.over_at`.
    """
    if facts.cancelled_at is not None:
        return facts.cancelled_at
    if facts.ended_at is not None:
        return facts.ended_at
    return None if facts.kind == Kind.OUTAGE else facts.expected_end


def phase(facts: Facts, now: datetime) -> Phase:
    """The phase at the instant `now`."""
    if facts.cancelled_at is not None and facts.cancelled_at <= now:
        return Phase.CANCELLED
    if now < facts.starts_at:
        return Phase.ANNOUNCED
    end = over_at(facts)
    if end is not None and end <= now:
        return Phase.ENDED
    if facts.expected_end is not None and facts.expected_end <= now:
        return Phase.OVERDUE
    return Phase.RUNNING


def on_banner(facts: Facts, now: datetime, window: Window) -> bool:
    """Whether readers of any page should be told: soon, now, or over for a few hours only.

    What was called off before it came near was on no banner, and its calling off is on none.
    """
    end = over_at(facts)
    if end is not None and end + window.after <= now:
        return False
    called_off = facts.cancelled_at is not None and facts.cancelled_at <= now
    seen_until = facts.cancelled_at if called_off and facts.cancelled_at else now
    return facts.starts_at - window.before <= seen_until


def instants(facts: Facts, window: Window) -> list[datetime]:
    """Every instant at which `phase` or `on_banner` may change, in order."""
    end = over_at(facts)
    found = {facts.starts_at - window.before, facts.starts_at}
    found.update(t for t in (facts.expected_end, facts.ended_at, facts.cancelled_at) if t)
    if end is not None:
        found.add(end + window.after)
    return sorted(found)


def next_change(facts: Facts, now: datetime, window: Window) -> datetime | None:
    """The first instant after `now` at which what is shown may change; None: never by itself."""
    return next((instant for instant in instants(facts, window) if instant > now), None)


def progress(facts: Facts, posted: Iterable[UpdateState], now: datetime) -> UpdateState:
    """The word for how far it is: the clock decides what it can, the updates say the rest.

    `posted` are the states of the updates, oldest first. A maintenance that was only "planned" is
    in progress once its window has opened, although nobody has posted anything.
    """
    current = phase(facts, now)
    if current == Phase.CANCELLED:
        return UpdateState.CANCELLED
    if current == Phase.ENDED:
        return CLOSING_STATE[facts.kind]
    open_states = STATES_OF_KIND[facts.kind][:-1]
    if current == Phase.ANNOUNCED:
        return open_states[0]
    first = open_states[1] if facts.kind == Kind.MAINTENANCE else open_states[0]
    said = [state for state in posted if state in open_states]
    if not said or (facts.kind == Kind.MAINTENANCE and said[-1] == UpdateState.SCHEDULED):
        return first
    return said[-1]
