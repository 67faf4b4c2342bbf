"""The visit as an entry for people's own calendars: RFC 5545, without a name or a subject.

The UID stays that of the visit, SEQUENCE counts its changes, so that a calendar which already has
the entry moves it. Times are UTC.
"""

from django.utils.translation import gettext as _

from desk_core import calendar_files
from desk_core.calendar_files import text, utc
from persian.digits import to_ascii
from service_requests.models import Case, Visit

CONTENT_TYPE = calendar_files.CONTENT_TYPE
FILE_NAME = "visit.ics"


def entry(*, case: Case, visit: Visit, place: str, body: str) -> str:
    """The calendar file of a visit whose time is set; `body` is the name of the organisation."""
    assert visit.starts_at is not None  # noqa: S101 – booked visits have a time
    summary = " – ".join(filter(None, (_("Visit in person"), body)))
    code = " ".join(case.code[at : at + 4] for at in range(0, len(case.code), 4))
    described = _("Tracking code") + f": {to_ascii(code)}"
    event = [
        f"UID:{visit.pk}",
        f"SEQUENCE:{visit.sequence}",
        f"DTSTAMP:{utc(visit.changed_at)}",
        f"DTSTART:{utc(visit.starts_at)}",
        *([f"DTEND:{utc(visit.ends_at)}"] if visit.ends_at else []),
        f"SUMMARY:{text(summary)}",
        f"DESCRIPTION:{text(described)}",
        *([f"LOCATION:{text(place)}"] if place else []),
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CLASS:PRIVATE",
    ]
    return calendar_files.calendar(product="visits", events=[event])
