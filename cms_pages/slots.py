"""Places in the page frame that floors above fill: a small registry.

`cms_pages` draws the frame of every page but knows no agreement and no outage. A floor above
registers a function for a named place in its `AppConfig.ready()`; templates print the place with
`{% slot "banner" %}`. A function that fails is logged and prints nothing: a fault in the footer
must never take down the page a citizen came for.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Filler = Callable[[HttpRequest], SafeString | str]

# The places, and where each is printed.
PLACES = {
    "head_note": "above everything else, of what the page itself is",
    "banner": "above the content of every page",
    "home_status": "home page: are all services in order",
    "home_agreement": "home page: the agreement as a card",
    "home_notices": "home page: the latest notices",
    "footer_agreement": "foot of every page: state of the agreement",
    "footer_status": "foot of every page: state of the services",
    "footer_hours": "foot of every page: working hours, open now or next open",
    "department_hours": "page of a department: its working hours",
    "department_visits": "page of a department: when people are received who were asked to come",
    "service_notices": "page of a service: what is out of order with it",
    "service_promise": "page of a service: the promised time, beside what was measured",
}

logger = logging.getLogger(__name__)
_fillers: dict[str, list[Filler]] = {}


def register(slot: str, fn: Filler) -> None:
    """Fill a place; several functions print one after another, the same one only once."""
    if slot not in PLACES:
        raise ValueError(f"There is no slot {slot!r}; there are {', '.join(sorted(PLACES))}.")
    fillers = _fillers.setdefault(slot, [])
    if fn not in fillers:
        fillers.append(fn)


def unregister(slot: str, fn: Filler) -> None:
    """Take a function out again."""
    if fn in _fillers.get(slot, []):
        _fillers[slot].remove(fn)


def render(slot: str, request: HttpRequest) -> SafeString:
    """Everything registered for the place; text that is not marked safe is escaped."""
    parts = [_render_one(slot, fn, request) for fn in _fillers.get(slot, [])]
    return mark_safe("".join(parts))  # noqa: S308 – every part is escaped or was safe


def _render_one(slot: str, fn: Filler, request: HttpRequest) -> str:
    try:
        return conditional_escape(fn(request))
    except Exception:
        if settings.DEBUG:
            raise
        logger.exception("The slot %s could not be filled", slot)
        return ""
