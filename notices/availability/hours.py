"""The agreed service time as spans of minutes: around the clock, or by a working calendar. Pure."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from notices.availability.announced import floor_minute, span_of
from notices.availability.engine import Span, merge
from notices.availability.periods import CalendarMonth
from sla.calendar import WorkingCalendar, moment_of


class ServiceHours(models.TextChoices):
    """In which hours a service is promised."""

    ALWAYS = "always", _("day and night, every day")
    OFFICE = "office", _("in the working hours of its department")
    WEEK = "week", _("in the hours of its own week")


def agreed(period: CalendarMonth, calendar: WorkingCalendar | None) -> list[Span]:
    """The agreed time of a period; without a calendar all of it.

    With one the open hours of its days in Tehran: week, holidays, half days and closures.
    """
    if calendar is None:
        return [span_of(period.starts, period.ends)]
    found = []
    for number in range((period.last - period.first).days + 1):
        day = period.first + timedelta(days=number)
        for hours in calendar.hours_on(day):
            found.append(
                (
                    floor_minute(moment_of(day, hours.opens)),
                    floor_minute(moment_of(day, hours.closes)),
                )
            )
    return merge(found)
