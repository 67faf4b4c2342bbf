"""When a subscriber may be told, by the hours of Tehran; pure.

Quiet hours go from one full hour until before another and may cross midnight: 22 to 7 is quiet
from 22:00 until 6:59. Equal hours would be no time at all and are refused where they are chosen.
"""

from datetime import UTC, datetime, time, timedelta

from notices.enums import Severity
from persian.jalali import TEHRAN

#: Notices of the highest severity do not wait for the end of quiet hours.
WAKES = frozenset({Severity.CRITICAL})


def is_quiet(at: datetime, quiet_from: int, quiet_until: int) -> bool:
    """Whether an aware moment lies in the quiet hours."""
    hour = at.astimezone(TEHRAN).hour
    if quiet_from < quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def after_quiet(at: datetime, quiet_from: int | None, quiet_until: int | None) -> datetime:
    """`at` itself, or the end of the quiet hours that it lies in; UTC."""
    if quiet_from is None or quiet_until is None or not is_quiet(at, quiet_from, quiet_until):
        return at
    return next_hour(at, quiet_until)


def next_hour(at: datetime, hour: int) -> datetime:
    """The first moment after `at` at which a clock in Tehran shows this full hour; UTC."""
    local = at.astimezone(TEHRAN)
    wanted = datetime.combine(local.date(), time(hour), TEHRAN)
    while wanted.astimezone(UTC) <= at:
        wanted = datetime.combine(wanted.date() + timedelta(days=1), time(hour), TEHRAN)
    return wanted.astimezone(UTC)


def due_at(
    at: datetime,
    *,
    severity: str,
    quiet_from: int | None,
    quiet_until: int | None,
    digest_hour: int | None,
) -> datetime:
    """When to tell a subscriber of what happened at `at`: at once, after quiet hours, or with the
    next digest (`digest_hour` None: no digest), which keeps quiet hours as well.

    The highest severity waits for no quiet hours; whoever chose the digest still gets it there.
    """
    if digest_hour is not None:
        return after_quiet(next_hour(at, digest_hour), quiet_from, quiet_until)
    if severity in WAKES:
        return at
    return after_quiet(at, quiet_from, quiet_until)
