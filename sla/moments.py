"""Moments before and after a due time, by which people are reminded: pure, in running time.

A share is of the time between the start and the due time in which the clock ran: a quarter before
the due time of two working days is half a working day before it. Hours are working hours of the
office, whatever the promise is counted in. Closed days and pauses move a moment, never skip it.
"""

from datetime import datetime, timedelta

from sla import clock as arithmetic
from sla.calendar import WorkingCalendar
from sla.enums import Unit
from sla.models.clocks import Clock

#: From when a promise is at risk: a quarter of its time is left.
RISK_PERCENT = 25
Pauses = list[arithmetic.Pause]


def percent_before(
    calendar: WorkingCalendar, row: Clock, pauses: Pauses, percent: int
) -> datetime | None:
    """When so many percent of the promised time are left; None without a due time."""
    if row.due_at is None:
        return None
    gone = 100 - percent
    return arithmetic.share(calendar, row.started_at, row.due_at, gone, Unit(row.unit), pauses)


def percent_after(
    calendar: WorkingCalendar, row: Clock, pauses: Pauses, percent: int
) -> datetime | None:
    """When so many percent of the promised time have passed since it was due."""
    if row.due_at is None:
        return None
    whole = arithmetic.elapsed(calendar, row.started_at, row.due_at, Unit(row.unit), pauses)
    return arithmetic.forward(calendar, row.due_at, whole * percent / 100, Unit(row.unit), pauses)


def hours_before(
    calendar: WorkingCalendar, row: Clock, pauses: Pauses, hours: int
) -> datetime | None:
    """When so many working hours are left; the start where there are never so many."""
    if row.due_at is None:
        return None
    unit = Unit.WORKING_HOURS
    whole = arithmetic.elapsed(calendar, row.started_at, row.due_at, unit, pauses)
    gone = whole - timedelta(hours=hours)
    moment = arithmetic.forward(calendar, row.started_at, gone, unit, pauses)
    return None if moment is None else min(moment, row.due_at)


def hours_after(
    calendar: WorkingCalendar, row: Clock, pauses: Pauses, hours: int
) -> datetime | None:
    """When so many working hours have passed since it was due."""
    if row.due_at is None:
        return None
    unit, late = Unit.WORKING_HOURS, timedelta(hours=hours)
    return arithmetic.forward(calendar, row.due_at, late, unit, pauses)


def at_risk(calendar: WorkingCalendar, row: Clock, pauses: Pauses) -> datetime | None:
    """From when the promise is at risk."""
    return percent_before(calendar, row, pauses, RISK_PERCENT)
