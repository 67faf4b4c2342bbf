"""A reader of calendar files that keeps to RFC 5545 and to what Maintnote's readers ask for."""

import re
from datetime import UTC, datetime

ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "LAST-MODIFIED", "SUMMARY"}
STATUS = {"TENTATIVE", "CONFIRMED", "CANCELLED"}
MAINTNOTE_STATUS = STATUS | {"IN-PROCESS", "COMPLETED"}
MAINTNOTE_IMPACT = {"NO-IMPACT", "REDUCED-REDUNDANCY", "DEGRADED", "OUTAGE"}
_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]+))*):(.*)')


def unfolded(raw):
    """The logical lines of a file of at most 75 octets a line, each ended by CRLF."""
    assert raw.endswith(b"\r\n")
    lines = raw[:-2].split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()  # no letter is cut in two
    return raw.decode().replace("\r\n ", "").split("\r\n")[:-1]


def events(raw):
    """Each VEVENT as name → list of (parameters, value)."""
    lines = unfolded(raw)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert sum(line.startswith("PRODID:") for line in lines) == 1
    found, inside = [], None
    for line in lines[1:-1]:
        match = _LINE.fullmatch(line)
        assert match, line
        parameters = dict(re.findall(r";([^=]+)=([^;]+)", match[2]))
        if line == "BEGIN:VEVENT":
            inside = {}
        elif line == "END:VEVENT":
            found.append(_checked(inside))
            inside = None
        elif inside is not None:
            inside.setdefault(match[1], []).append((parameters, match[3]))
    keys = [value(each, "UID") for each in found]
    assert len(keys) == len(set(keys))
    return found


def value(event, name):
    ((_parameters, found),) = event[name]
    return found


def time(event, name):
    """A time in UTC."""
    return datetime.strptime(value(event, name), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _checked(event):
    assert event.keys() >= ONCE, ONCE - event.keys()
    assert all(len(event[name]) == 1 for name in ONCE)
    assert time(event, "DTSTART") < time(event, "DTEND")
    assert time(event, "DTSTAMP") == time(event, "LAST-MODIFIED")
    assert int(value(event, "SEQUENCE")) >= 0
    assert value(event, "STATUS") in STATUS
    for name in ("PROVIDER", "ACCOUNT", "MAINTENANCE-ID"):
        assert value(event, f"X-MAINTNOTE-{name}")
    assert value(event, "X-MAINTNOTE-STATUS") in MAINTNOTE_STATUS
    assert value(event, "X-MAINTNOTE-IMPACT") in MAINTNOTE_IMPACT
    for parameters, key in event["X-MAINTNOTE-OBJECT-ID"]:
        assert key
        assert parameters["X-MAINTNOTE-OBJECT-IMPACT"] in MAINTNOTE_IMPACT
    return event
