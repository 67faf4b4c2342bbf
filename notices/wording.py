"""One sentence about the time of a notice, in the words of its phase and the reader's language."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from notices import state
from notices.enums import Kind, Phase
from notices.state import Facts
from notices.warnings.shapes import Circle, Point, Shape
from persian.digits import grouped, localised
from persian.jalali import TEHRAN, format_datetime


def when(facts: Facts, at: datetime) -> str:
    """«از … تا …»; an end on the day of the start says the hour alone."""
    phase = state.phase(facts, at)
    if phase == Phase.CANCELLED and facts.cancelled_at is not None:
        return _("Cancelled: %(moment)s; it was announced: %(window)s") % {
            "moment": format_datetime(facts.cancelled_at, "long"),
            "window": announced(facts, facts.starts_at, facts.expected_end),
        }
    end = state.over_at(facts) if phase == Phase.ENDED else facts.expected_end
    words = {"start": format_datetime(facts.starts_at, "long")}
    if end is None:
        since = _("Since %(start)s") if phase != Phase.ANNOUNCED else _("From %(start)s")
        return since % words
    words["end"] = _clock_or_date(facts.starts_at, end)
    if facts.kind == Kind.WARNING and phase == Phase.RUNNING:
        return _("Since %(start)s; holds until %(end)s") % words
    sentences = {
        Phase.ANNOUNCED: _("From %(start)s to %(end)s"),
        Phase.RUNNING: _("Since %(start)s; expected to end: %(end)s"),
        Phase.OVERDUE: _("Since %(start)s; expected to end %(end)s, still going on"),
        Phase.ENDED: _("From %(start)s to %(end)s"),
    }
    return sentences[phase] % words


def announced(facts: Facts, starts_at: datetime, expected_end: datetime | None) -> str:
    """The times that were announced at some point, whatever came of them."""
    planned = Facts(facts.kind, starts_at, expected_end)
    return when(planned, starts_at - timedelta(seconds=1))


def borders(shape: Shape) -> str:
    """One shape of an area on the map."""
    if isinstance(shape, Circle):
        words = {"radius": grouped(shape.radius), "middle": point(shape.middle)}
        return _("%(radius)s kilometres around %(middle)s") % words
    points = "\u00a0· ".join(point(corner) for corner in shape.corners)
    return _("between %(corners)s") % {"corners": points}


def point(place: Point) -> str:
    """Latitude and longitude, kept in this order whichever way the line runs."""
    north, east = (grouped(number) for number in place)
    return f"\u2066{north},\u00a0{east}\u2069"


def _clock_or_date(start: datetime, end: datetime) -> str:
    if start.astimezone(TEHRAN).date() != end.astimezone(TEHRAN).date():
        return format_datetime(end, "long")
    clock = localised(end.astimezone(TEHRAN).strftime("%H:%M"))
    return _("%(clock)s the same day") % {"clock": clock}
