"""The visit as an entry for people's own calendars: RFC 5545, without a name or a subject.

The UID stays that of the visit, SEQUENCE counts its changes, so that a calendar which already has
the entry moves it. Times are UTC.
"""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from persian.digits import to_ascii
from service_requests.models import Case, Visit

CONTENT_TYPE = "text/calendar; charset=utf-8"
FILE_NAME = "visit.ics"
_LINE = 75


def entry(*, case: Case, visit: Visit, place: str, body: str) -> str:
    """The calendar file of a visit whose time is set; `body` is the name of the organisation."""
    assert visit.starts_at is not None  # noqa: S101 – booked visits have a time
    summary = " – ".join(filter(None, (_("Visit in person"), body)))
    code = " ".join(case.code[at : at + 4] for at in range(0, len(case.code), 4))
    described = _("Tracking code") + f": {to_ascii(code)}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//wagtail-service-desk//visits//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        f"UID:{visit.pk}",
        f"SEQUENCE:{visit.sequence}",
        f"DTSTAMP:{_utc(visit.changed_at)}",
        f"DTSTART:{_utc(visit.starts_at)}",
        *([f"DTEND:{_utc(visit.ends_at)}"] if visit.ends_at else []),
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(described)}",
        *([f"LOCATION:{_text(place)}"] if place else []),
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks are escaped."""
    plain = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets; the rest follows after a space, no letter is cut in two."""
    parts: list[str] = []
    part = ""
    for letter in line:
        room = _LINE if not parts else _LINE - 1
        if len((part + letter).encode()) > room:
            parts.append(part)
            part = ""
        part += letter
    first, *others = [*parts, part]
    return [first, *(f" {rest}" for rest in others)]
