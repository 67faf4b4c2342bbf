"""A target and a measured time in words. Pure, in the reader's language."""

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from persian.digits import grouped
from sla import sentences
from sla.enums import Unit
from sla.measures import is_of_minutes
from sla.targets import Target

#: Minutes of a unit that has a length of its own; a working day has that of the calendar.
_MINUTES = {Unit.WORKING_HOURS: 60, Unit.HOURS: 60, Unit.DAYS: 24 * 60}


def sentence(target: Target, names: Mapping[str, Any]) -> str:
    """The promise as a sentence in the reader's language.

    `names` gives labels for "department:key" and "service:key"; without one the name stands that
    the signed text gives.
    """

    def name(part: str) -> str:
        return str(names.get(f"{part}:{getattr(target, part)}") or getattr(target, f"{part}_name"))

    shown = replace(target, department_name=name("department"), service_name=name("service"))
    return sentences.sentence(shown, get_language() or "fa")


def unit_of(target: Target, day_minutes: int) -> tuple[Unit, int]:
    """The unit in which a measured time is said, and its minutes.

    The target's own; working hours instead of working days where the calendar knows no day.
    """
    if target.unit == Unit.WORKING_DAYS:
        return (Unit.WORKING_DAYS, day_minutes) if day_minutes else (Unit.WORKING_HOURS, 60)
    return target.unit, _MINUTES[target.unit]


def in_unit(minutes: float, unit_minutes: int) -> Decimal:
    """A time in tenths of a unit, rounded up: nothing looks quicker than it was."""
    return Decimal(-(-int(minutes) * 10 // unit_minutes)) / 10


def time_text(minutes: float | None, target: Target, day_minutes: int) -> str:
    """A measured time: "2.5 working days"; "not yet answered" where the case is still open."""
    if minutes is None:
        return ""
    if math.isinf(minutes):
        return _("not yet answered")
    unit, length = unit_of(target, day_minutes)
    return _("%(amount)s %(unit)s") % {
        "amount": grouped(_plain(in_unit(minutes, length))),
        "unit": unit.label,
    }


def count_labels(target: Target) -> tuple[str, str, str]:
    """What the counts of a target are called: the whole, the kept and the missed part."""
    if is_of_minutes(target.measure):
        return _("Agreed minutes"), _("Available minutes"), _("Minutes of downtime")
    return _("Decided cases"), _("Kept in time"), _("Missed")


def percent_text(percent: Decimal) -> str:
    """A share in percent, in the reader's digits: «۹۷٫۴٪»."""
    return _("%(percent)s%%") % {"percent": grouped(_plain(percent))}


def _plain(number: Decimal) -> Decimal | int:
    """Without a needless ".0"."""
    return int(number) if number == number.to_integral_value() else number
