"""Notices in the desk API: current and past ones, one of them, the state of every service.

Other programs' formats of the same stand below `/status/` (docs/status-interfaces.md).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema
from ninja.decorators import decorate_view

from notices import listing
from notices.current import as_dict
from notices.enums import Kind, ServiceState
from notices.overview import overview
from service_requests.api.conditional import tagged

router = Router(tags=["notices"])

PUBLIC = decorate_view(tagged)


class NoticeService(Schema):
    """A service affected by a notice."""

    key: str
    name: str
    impact: str


class NoticeUpdateOut(Schema):
    """An update of a notice."""

    state: str
    text: str
    at: datetime


class GeocodeOut(Schema):
    """A code of a place, and in which list it stands."""

    name: str
    code: str


class FeatureCollectionOut(Schema):
    """Polygons, and circles as points with their `radius_km`: GeoJSON (RFC 7946)."""

    type: str
    features: list[dict[str, Any]]


class WarningOut(Schema):
    """What a road or urban warning says beyond other notices, in the words of CAP 1.2."""

    event: str
    certainty: str
    area: str
    shape: FeatureCollectionOut | None
    geocodes: list[GeocodeOut]
    instruction: str


class NoticeOut(Schema):
    """A public notice; its phase was computed for this answer."""

    id: UUID
    kind: str
    severity: str
    impact: str
    phase: str
    state: str
    title: str
    url: str | None
    services: list[NoticeService]
    starts_at: datetime | None
    expected_end: datetime | None
    ended_at: datetime | None
    cancelled_at: datetime | None
    first_published_at: datetime | None
    warning: WarningOut | None
    updates: list[NoticeUpdateOut]


class NoticesIn(Schema):
    """Which notices; past ones (`over`) come by pages of 20."""

    kind: Kind | None = None
    service: str = Field("", max_length=60, pattern=r"^[-\w]*$", description="Key of a service")
    over: bool = False
    page: int = Field(1, ge=1, le=10_000)


class ServiceStateOut(Schema):
    """How one service stands now, and the running notices that make it so."""

    key: str
    name: str
    department: str
    state: ServiceState
    notices: list[UUID]


class StatusOut(Schema):
    """The worst of all services, in one word and one sentence, and each of them."""

    state: ServiceState
    sentence: str
    services: list[ServiceStateOut]


@router.get("/notices", response=list[NoticeOut], summary="Notices")
@PUBLIC
def notices(request: HttpRequest, asked: Query[NoticesIn]) -> list[dict[str, Any]]:
    """Notices that are running or coming, or those that are over, with their updates."""
    language = _language()
    found = listing.listed(timezone.now(), language=language, **asked.dict())
    return [as_dict(each, language) for each in found]


@router.get("/notices/{notice_id}", response=NoticeOut, summary="One notice")
@PUBLIC
def notice(request: HttpRequest, notice_id: UUID) -> dict[str, Any]:
    """A public notice, running, coming or over; what was withdrawn is not there."""
    language = _language()
    found = listing.one(timezone.now(), notice_id, language=language)
    if found is None:
        raise Http404
    return as_dict(found, language)


@router.get("/status", response=StatusOut, summary="State of the services")
@PUBLIC
def status(request: HttpRequest) -> dict[str, Any]:
    """How every service stands now."""
    picture = overview(timezone.now())
    return {
        "state": picture.worst,
        "sentence": picture.sentence,
        "services": [
            {
                "key": line.service.key,
                "name": str(line.service),
                "department": line.service.department.key,
                "state": line.state,
                "notices": [each.id for each in line.because],
            }
            for line in picture.lines
        ],
    }


def _language() -> str:
    return get_language() or "fa"
