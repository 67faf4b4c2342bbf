"""From bytes to JSON values, and from these to times; whatever is odd is `Malformed`."""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from notices.monitors.alerts import Malformed

# Before this there was no Unix time: zero values of several languages lie there.
_FIRST_YEAR = 1971


def read_json(body: bytes) -> Any:
    """The value of a body. Malformed: empty, truncated, not UTF-8, too deep, or no JSON."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Malformed(_("This is no whole JSON text.")) from None


def mapping(value: object, name: str) -> dict[str, Any]:
    """A JSON object, or Malformed with the name of the field."""
    if isinstance(value, dict):
        return value
    raise Malformed(_("“%(field)s” must be an object.") % {"field": name})


def text(value: object, name: str) -> str:
    """A text that is not empty, or Malformed with the name of the field."""
    if isinstance(value, str) and value.strip():
        return value
    raise Malformed(_("“%(field)s” must be a text.") % {"field": name})


def moment(value: object, name: str) -> datetime | None:
    """A time by RFC 3339, aware; None for the zero time and for none."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        utc = found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        utc = None
    if utc is None:
        raise Malformed(_("“%(field)s” is no time with a time zone.") % {"field": name})
    return utc if utc.year >= _FIRST_YEAR else None


def epoch(value: object, name: str) -> datetime | None:
    """Seconds since 1970, aware; None for zero and for none."""
    if value is None or value == 0:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = datetime.fromtimestamp(value, tz=UTC)
        except (ValueError, OverflowError, OSError):
            pass
        else:
            return found if found.year >= _FIRST_YEAR else None
    raise Malformed(_("“%(field)s” is no number of seconds since 1970.") % {"field": name})


def _refuse(constant: str) -> Any:
    """NaN and Infinity are no JSON, though Python would take them."""
    raise ValueError(constant)
