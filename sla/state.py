"""The state of an agreement's version on a day: pure arithmetic, no database, no clock.

Days are Gregorian dates as they are counted in Asia/Tehran; `today()` is the only place that
looks at the clock.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from desk_core import instants
from persian.jalali import TEHRAN
from sla.enums import BINDING_STATES, Ending, State

#: From this many days before its end a version counts as "ends soon".
EXPIRING_DAYS = 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What the state depends on.

    `offered`: its text is published, so it can be signed. `signed_on`: the day of the last
    signature that was needed, None while one is missing. `valid_from`: its first day, None when it
    starts with its signature. `valid_to`: its last day, None when it has no end of its own.
    `replaced_from`: the day a signed later version takes over. `terminated_on`: the day on which
    it was ended, `by_consent` whether both organisations agreed to that. `ending_from`: the day
    from which nothing new is registered under it, because it is being terminated; `announced_end`
    the day that was announced for that, certain only once `ending_from` says so. `ending` is how
    its own clause says that it ends.
    """

    offered: bool
    signed_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaced_from: date | None = None
    terminated_on: date | None = None
    by_consent: bool = False
    ending_from: date | None = None
    announced_end: date | None = None
    ending: Ending = Ending.OPEN

    @property
    def starts(self) -> date | None:
        """The first day on which it binds: never before the last signature (R32)."""
        if not self.offered or self.signed_on is None:
            return None
        return max(self.signed_on, self.valid_from or self.signed_on)


def today() -> date:
    """The day it is in Tehran."""
    return instants.now().astimezone(TEHRAN).date()


def state_on(facts: Facts, on: date) -> State:
    """The one state that `facts` amount to on the day `on`."""
    if not facts.offered:
        return State.DRAFT
    if facts.signed_on is None or on < facts.signed_on:
        return State.AWAITING
    if facts.terminated_on is not None and facts.terminated_on <= on:
        return State.TERMINATED
    if facts.replaced_from is not None and facts.replaced_from <= on:
        return State.REPLACED
    if facts.valid_to is not None and on > facts.valid_to:
        return State.EXPIRED
    if facts.ending_from is not None and facts.ending_from <= on:
        return State.ENDING
    if facts.valid_from is not None and on < facts.valid_from:
        return State.UPCOMING
    if facts.valid_to is not None and (facts.valid_to - on).days <= EXPIRING_DAYS:
        return State.EXPIRING
    return State.IN_FORCE


def binds_on(facts: Facts, on: date) -> bool:
    """Whether the version is in force on that day, ending soon or not."""
    return state_on(facts, on) in BINDING_STATES


def days_left(facts: Facts, on: date) -> int | None:
    """Whole days that follow `on` until the last day; None without an end, never negative."""
    if facts.valid_to is None:
        return None
    return max((facts.valid_to - on).days, 0)


def changes_after(facts: Facts, on: date) -> list[date]:
    """The later days on which the state changes by itself, earliest first."""
    days = {facts.signed_on, facts.valid_from, facts.replaced_from, facts.terminated_on}
    days.add(facts.ending_from)
    if facts.valid_to is not None:
        days |= {
            facts.valid_to - timedelta(days=EXPIRING_DAYS),
            facts.valid_to + timedelta(days=1),
        }
    return sorted(day for day in days if day is not None and day > on)
