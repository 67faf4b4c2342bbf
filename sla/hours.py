"""Office hours of one day as people write them: `۷:۳۰–۱۴:۳۰، ۱۶–۱۸`. Pure; times are wall times."""

import itertools
import re
from dataclasses import dataclass
from datetime import time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from persian.digits import to_ascii

DAY_MINUTES = 24 * 60
MAX_RANGES = 6
_RANGE = re.compile(r"^([0-9]{1,2})(?::([0-9]{2}))?-([0-9]{1,2})(?::([0-9]{2}))?$")


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """From `opens` up to but not including `closes`, in minutes since midnight (0…1440)."""

    opens: int
    closes: int

    def __str__(self) -> str:
        """The canonical form, such as `07:30-14:30`."""
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _isolated(typed: str, longest: int = 20) -> str:
    """What was typed, for a sentence: from left to right, whatever stands around it."""
    return f"\u2066{typed[:longest]}\u2069"


def wall_time(minutes: int) -> time:
    """The time of day at `minutes` after midnight; 1440 is the next day's midnight."""
    return time(minutes // 60 % 24, minutes % 60)


def parse_hours(text: str) -> tuple[Hours, ...]:
    """Read the hours of a day; an empty text is a closed day.

    Raises ValidationError for what is not a list of ranges, an end before its beginning, or
    ranges that overlap.
    """
    plain = to_ascii(text)
    for dash in ("–", "—", "−", "تا", "to"):
        plain = plain.replace(dash, "-")
    plain = re.sub(r"[\s\u200c\u200e\u200f\u2066-\u2069]+", "", plain)
    parts = [part for part in re.split(r"[,،;؛]", plain) if part]
    found = sorted(_one_range(part) for part in parts)
    if len(found) > MAX_RANGES:
        raise ValidationError(_("At most six ranges a day."))
    for earlier, later in itertools.pairwise(found):
        if later.opens < earlier.closes:
            raise ValidationError(
                _("The ranges %(hours)s overlap."), params={"hours": _isolated(text, 40)}
            )
    return tuple(found)


def _one_range(part: str) -> Hours:
    match = _RANGE.match(part)
    if match is None:
        raise ValidationError(
            _("“%(part)s” is not a range of hours. Write 7:30-14:30, or leave the field empty."),
            params={"part": _isolated(part)},
        )
    first_hour, first_minute, last_hour, last_minute = (int(group or 0) for group in match.groups())
    hours = Hours(first_hour * 60 + first_minute, last_hour * 60 + last_minute)
    if max(first_minute, last_minute) > 59 or hours.closes > DAY_MINUTES:
        raise ValidationError(
            _("“%(part)s” is not a time of day."), params={"part": _isolated(part)}
        )
    if hours.closes <= hours.opens:
        raise ValidationError(
            _("In “%(part)s” the end is not after the beginning."), params={"part": _isolated(part)}
        )
    return hours


def hours_text(hours: tuple[Hours, ...]) -> str:
    """The canonical text of a day's hours: `07:30-14:30, 16:00-18:00`."""
    return ", ".join(str(one) for one in hours)


def validate_hours(text: str) -> None:
    """A model field's validator: the text can be read as hours."""
    parse_hours(text)
