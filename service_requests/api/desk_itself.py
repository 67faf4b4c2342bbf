"""The desk itself: what a front end of its own draws around every page (R5, R44)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from cms_pages.frame import Link, frame_for
from cms_pages.models import DeskSettings
from service_requests.api import schemas
from sla import working_time
from sla.calendar import WorkingCalendar
from sla.slots import DAY_NAMES
from sla.state import today

router = Router(tags=["lists"])
_CONTACTS = ("postal_code", "phone", "fax", "email", "website")


@router.get("/desk", response=schemas.DeskOut, summary="The body and its desk")
def desk(request: HttpRequest) -> dict[str, Any]:
    """Names, contacts, emblem, menu and working hours, in the language of the answer."""
    frame = frame_for(request)
    frame.find("")  # as the home page has it: this address stands in no menu
    body, now = frame.settings, timezone.now()
    return {
        "name": body.desk,
        "body": body.body,
        "parent_body": body.parent_body,
        "province": body.province_name,
        "director": {"name": body.director, "post": body.post_of_director},
        "emblem": _emblem(body),
        "address": body.postal_address,
        **{name: getattr(body, name) for name in _CONTACTS},
        "foot": body.foot,
        "home": {"title": frame.home.title if frame.home else "", "url": frame.home_url},
        "menu": [_link(link) for link in frame.menu],
        "actions": frame.actions,
        "privacy_url": frame.privacy_url,
        "accessibility_url": frame.accessibility_url,
        "languages": [
            {"code": link.code, "name": link.name, "url": link.url} for link in frame.languages
        ],
        "hours": hours(working_time.calendar_for(None, now), now),
    }


def hours(calendar: WorkingCalendar, now: datetime) -> dict[str, Any]:
    """When an office works: now, next, and in an ordinary week."""
    return {
        "open": calendar.is_open(now),
        "next_opening": calendar.next_opening(now),
        "sentence": working_time.sentence_of(calendar, now),
        "week": [
            {"day": str(DAY_NAMES[number]), "hours": [str(span) for span in spans]}
            for number, spans in working_time.ordinary_week(calendar, today())
        ],
    }


def _emblem(body: DeskSettings) -> dict[str, Any] | None:
    if not body.emblem:
        return None
    return {
        "url": body.emblem.url,
        "width": body.emblem_width,
        "height": body.emblem_height,
    }


def _link(link: Link) -> dict[str, str]:
    return {"title": link.title, "url": link.url}
