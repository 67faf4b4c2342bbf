"""What times and texts a notice may have; pure, asked by pages, forms and verbs alike.

Each function returns field name → translated message; an empty dict means "in order".
"""

import re
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from notices.enums import KINDS_WITH_IMPACT, Certainty, Kind, Severity
from notices.warnings import geocodes, shapes
from persian.digits import grouped

# Older or further off than this is a slip of the finger, usually of a year.
EARLIEST = timedelta(days=366)
LATEST = timedelta(days=2 * 366)
TEXT_LIMIT = 4000
AREA_LIMIT = 500

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<\s*[/!?]?[a-zA-Z][^>]*>|<!--")

Errors = dict[str, str]


def unlikely(value: datetime | None, now: datetime) -> str | None:
    """A message when a time is naive, long ago or far off."""
    if value is None:
        return None
    if is_naive(value):
        return _("This time has no time zone.")
    if value < now - EARLIEST:
        return _("This is more than a year ago. Please check the year.")
    if value > now + LATEST:
        return _("This is more than two years ahead. Please check the year.")
    return None


def times_wrong(starts_at: datetime | None, expected_end: datetime | None, now: datetime) -> Errors:
    """What no notice may have, finished or draft: an end before the start, an absurd year."""
    values = {"starts_at": starts_at, "expected_end": expected_end}
    errors = {
        field: message for field, value in values.items() if (message := unlikely(value, now))
    }
    if not errors and expected_end is not None and expected_end <= (starts_at or now):
        errors["expected_end"] = _("The expected end must be after the start.")
    return errors


def names_no_own_service(kind: str) -> Errors:
    """What a head hears whose notice names no service of the own departments."""
    if kind in KINDS_WITH_IMPACT:
        message = _(
            "Choose the services of your department. Without one it would be said of all "
            "services of the desk."
        )
    else:
        message = _(
            "Choose the services of your department that it concerns. What names none is said "
            "for the whole desk, and only editors change it afterwards."
        )
    return {"affected_services": message}


def times_missing(kind: str, starts_at: datetime | None, expected_end: datetime | None) -> Errors:
    """What a notice needs before it may be published: a window needs both its ends (R28)."""
    if kind == Kind.WARNING and expected_end is None:
        return {"expected_end": _("A warning needs a time until which it holds.")}
    if kind != Kind.MAINTENANCE:
        return {}
    errors = {}
    if starts_at is None:
        errors["starts_at"] = _("Planned maintenance needs a start.")
    if expected_end is None:
        errors["expected_end"] = _("Planned maintenance needs an end.")
    return errors


def warning_missing(
    kind: str, *, event: str, severity: str, certainty: str, area: str, area_en: str
) -> Errors:
    """What a warning needs before it may be published, each as CAP 1.2 asks for it."""
    if kind != Kind.WARNING:
        return {}
    errors = {}
    if not event:
        errors["event"] = _("Say what the warning warns of.")
    if severity not in Severity:
        errors["severity"] = _("Say how severe it is.")
    if certainty not in Certainty:
        errors["certainty"] = _("Say how certain it is.")
    if not area.strip() and not area_en.strip():
        errors["area"] = _("Say in words where the warning holds.")
    return errors


def text_wrong(text: str) -> str | None:
    """A message when a text is no plain text of reasonable length; it may be empty."""
    if len(text) > TEXT_LIMIT:
        limit = {"limit": grouped(TEXT_LIMIT)}
        return _("This text is too long: at most %(limit)s characters.") % limit
    if _TAG.search(text):
        return _("Please write plain text, without HTML tags.")
    if _CONTROL.search(text):
        return _("This text contains control characters.")
    return None


def place_wrong(shape: str, codes: str) -> Errors:
    """What is no area on the map, and what is no code."""
    found = {"shape": shapes.wrong(shape), "geocodes": geocodes.wrong(codes)}
    return {field: message for field, message in found.items() if message}


def area_wrong(text: str) -> str | None:
    """A message when the words for an area are no plain text of a few lines."""
    if len(text) > AREA_LIMIT:
        return _("This text is too long: at most %(limit)s characters.") % {
            "limit": grouped(AREA_LIMIT)
        }
    return text_wrong(text)


def half_english(title_en: str, message_en: str) -> Errors:
    """An English notice needs a title and a text, or neither."""
    if title_en and not message_en:
        return {"message_en": _("Write the English text too, or leave the English title empty.")}
    if message_en and not title_en:
        return {"title_en": _("Write the English title too, or leave the English text empty.")}
    return {}


def refuse(errors: Errors) -> None:
    """Raise ValidationError when there are any."""
    if errors:
        raise ValidationError(errors)
