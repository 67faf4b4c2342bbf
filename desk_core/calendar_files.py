"""Calendar files (RFC 5545): escaping, folding and the frame around events.

What stands in an event is for the floors above; its lines come here unfolded, as `NAME:value`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LINE = 75


def calendar(*, product: str, events: Iterable[Iterable[str]], head: Iterable[str] = ()) -> str:
    """A whole file. `product` is the middle of its PRODID, `head` lines for the calendar itself."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//wagtail-service-desk//{product}//EN",
        "CALSCALE:GREGORIAN",
        *head,
        *(line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def utc(at: datetime) -> str:
    """A DATE-TIME in UTC."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def text(value: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks are escaped."""
    plain = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(plain.splitlines())


def parameter(value: str) -> str:
    """A quoted value of a parameter, which knows no escapes: what cannot stand in it goes."""
    kept = "".join(letter for letter in value if letter.isprintable() and letter != '"')
    return f'"{kept}"'


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
