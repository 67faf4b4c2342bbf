"""Filling the calendar with the public holidays of Iran, from the library `holidays`."""

from collections import Counter
from datetime import date
from importlib.metadata import version

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from persian.digits import localised
from persian.jalali import from_jalali, jalali_parts, last_day_of_year
from sla import calendar_changes
from sla.models.calendar import Holiday

#: How the library marks a lunar day whose date is only calculated.
ESTIMATED = "(تخمینی)"
#: A day of the solar calendar comes again on the same day within so many years, 30 Esfand too;
#: a lunar one does so after 33.
YEARS_AROUND = 6


@transaction.atomic
def fill(*, year: int) -> tuple[int, int]:
    """Add the holidays of a Jalali year; returns how many were added and how many were known.

    Every day that is not fixed in the solar calendar is provisional until somebody confirms it.
    What staff moved, confirmed or cancelled stays as it is, also when this is repeated. Running
    clocks follow the new days.
    """
    first, last = from_jalali(year, 1, 1), last_day_of_year(year)
    wanted = [found for found in _library(year) if first <= found[0] <= last]
    known = set(Holiday.objects.filter(day__range=(first, last)).values_list("day", "name"))
    known_names = {name for _day, name in known}
    rows = [
        Holiday(day=day, name=name, provisional=provisional, source=_source())
        for day, name, provisional in wanted
        if (day, name) not in known and not (provisional and name in known_names)
    ]
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        with override(settings.LANGUAGE_CODE):
            reason = _("public holidays of %(year)s filled in") % {"year": localised(year)}
            calendar_changes.note(reason=reason)
    return len(rows), len(wanted) - len(rows)


def _library(year: int) -> list[tuple[date, str, bool]]:
    """Day, name and whether it is provisional, for the year and those around it."""
    from holidays import country_holidays

    first = from_jalali(year, 1, 1).year
    around = range(first - YEARS_AROUND, first + YEARS_AROUND + 2)
    named = [
        (day, name.replace(ESTIMATED, "").strip())
        for day, names in sorted(country_holidays("IR", years=around, language="fa_IR").items())
        for name in names.split("; ")
    ]
    times = Counter((name, jalali_parts(day)[1:]) for day, name in named)
    return [(day, name, times[name, jalali_parts(day)[1:]] < 2) for day, name in named]


def _source() -> str:
    return f"holidays {version('holidays')}"
