"""Working hours in words: those of a day, and a week with its like days together."""

import itertools

from django.utils.translation import gettext as _

from persian.digits import localised
from sla.hours import parse_hours
from sla.models.calendar import WeeklySchedule

#: As the week runs in Iran.
DAYS = ("saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday")


def hours_words(text: str) -> str:
    """The hours of a day: «۷:۳۰ تا ۱۴:۳۰، ۱۶:۰۰ تا ۱۸:۰۰»; "" for a closed one."""
    return _(", ").join(
        _("%(opens)s to %(closes)s") % {"opens": _clock(one.opens), "closes": _clock(one.closes)}
        for one in parse_hours(text)
    )


def week_words(schedule: WeeklySchedule) -> list[str]:
    """The week, a line for each run of like days: «شنبه تا چهارشنبه: ۷:۳۰ تا ۱۴:۳۰»."""
    labels = {field.name: str(field.verbose_name) for field in WeeklySchedule._meta.fields}
    days = [(labels[name], getattr(schedule, name)) for name in DAYS]
    lines = []
    for hours, run in itertools.groupby(days, key=lambda day: day[1]):
        names = [name for name, _hours in run]
        span = _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
        values = {"days": span if len(names) > 1 else names[0]}
        values["hours"] = hours_words(hours) or _("closed")
        lines.append(_("%(days)s: %(hours)s") % values)
    return lines


def _clock(minutes: int) -> str:
    return localised(f"{minutes // 60}:{minutes % 60:02d}")
