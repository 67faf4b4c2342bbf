"""Pages whose time is over: shown no longer from `expire_at` on, also before `publish_due` comes.

Wagtail leaves such a page live until a command takes it down; until then it is not found.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.expressions import BaseExpression
from django.http import HttpRequest
from wagtail.models import Page

from desk_core import instants
from desk_core.statements import Slot


def shown_at(at: datetime) -> Q:
    """Pages whose time is not over."""
    return Q(expire_at=None) | Q(expire_at__gt=at)


def next_expiry() -> BaseExpression:
    """When the time of a live page is over next, to be read along with the frame of every page."""
    return Subquery(_expiries(Slot("expiry_after", Page.expire_at))[:1])


def values_now() -> dict[str, Any]:
    """What its slot holds now."""
    return {"expiry_after": instants.now()}


def next_change(at: datetime, request: HttpRequest | None = None) -> datetime | None:
    """For the page cache: from what the frame has read, where there was a page with a frame."""
    frame: Any = getattr(request, "_desk_frame", None)
    if frame is not None and "sites" in vars(frame):
        return frame.along("expiry")
    return _expiries(at).first()


def _expiries(at: datetime | Slot) -> "QuerySet[Page, datetime]":
    rows = Page.objects.filter(live=True, expire_at__gt=at).order_by("expire_at")
    return rows.values_list("expire_at", flat=True)
