"""One view a face: which notices, in which form. `answers.face` does the rest."""

from uuid import UUID

from django.http import Http404, HttpRequest

from cms_pages.models import Service
from desk_core import calendar_files, instants
from notices import overview as picture
from notices.availability.showing import picture as availability
from notices.boxes import box
from notices.machine_faces import badges, calendars, feeds
from notices.machine_faces import widget as boxed
from notices.machine_faces.answers import Face, as_json, face
from notices.machine_faces.desk import desk_of
from notices.machine_faces.statuspage import Statuspage


@face
def statuspage(request: HttpRequest, body: str) -> Face:
    """One of the eight endpoints of the Statuspage v2 API."""
    page = Statuspage(request, instants.now())
    return as_json(getattr(page, body)())


@face
def feed(request: HttpRequest, form: str, key: str = "") -> Face:
    """The feed in one of its forms, of all notices or of one service."""
    return _feed(feeds.feed(desk_of(request), instants.now(), _service(key)), form)


def _feed(found: feeds.Feed, form: str) -> Face:
    if form == "rss":
        return Face(feeds.rss(found), "application/rss+xml; charset=utf-8")
    if form == "atom":
        return Face(feeds.atom(found), "application/atom+xml; charset=utf-8")
    return as_json(feeds.json_feed(found), "application/feed+json; charset=utf-8")


@face
def calendar(request: HttpRequest, key: str = "") -> Face:
    """The calendar of planned maintenance."""
    body = calendars.maintenance(desk_of(request), instants.now(), _service(key))
    return Face(body, calendar_files.CONTENT_TYPE, "maintenance.ics")


@face
def cap_feed(request: HttpRequest, form: str) -> Face:
    """The newest CAP messages, as RSS or Atom."""
    from notices.machine_faces import cap  # lxml costs a start without readers of CAP nothing

    found = cap.feed(desk_of(request), instants.now())
    return _feed(found, form)


@face
def cap_message(request: HttpRequest, notice: UUID, number: int) -> Face:
    """One CAP message."""
    from notices.machine_faces import cap

    body = cap.document(desk_of(request), instants.now(), notice, number)
    if body is None:
        raise Http404
    return Face(body, cap.CONTENT_TYPE)


@face
def badge(request: HttpRequest, key: str = "") -> Face:
    """The state now, of the whole desk or of one service."""
    now = instants.now()
    if not key:
        return _badge(badges.of_desk(picture.overview(now, request=request)))
    service = Service.objects.active().filter(key=key).first()
    if service is None:
        return _badge(None)
    [line] = picture.of_service(service, now, request=request).lines
    return _badge(badges.of_service(line))


@face
def availability_badge(request: HttpRequest, key: str) -> Face:
    """The availability of a service in the last closed Jalali month."""
    shown = availability(request, services=Service.objects.active().filter(key=key))
    line = next(iter(shown.lines), None)
    return _badge(badges.of_month(line.service, line.months[-1]) if line else None)


def _badge(found: badges.Badge | None) -> Face:
    """A picture in any case: a page shows one even where the answer is 404."""
    if found is None:
        return Face(badges.unknown().svg(), badges.CONTENT_TYPE, status=404)
    return Face(found.svg(), badges.CONTENT_TYPE)


@face
def widget(request: HttpRequest, key: str = "") -> Face:
    """What the box of other sites shows."""
    return as_json(boxed.data(desk_of(request), box(request, instants.now(), _service(key))))


@face
def widget_script(request: HttpRequest) -> Face:
    """The script that puts the box into their pages."""
    return Face(boxed.script(), boxed.CONTENT_TYPE)


@face
def nothing(request: HttpRequest, rest: str) -> Face:
    """Any other address of the API."""
    raise Http404


def _service(key: str) -> Service | None:
    """The service of an address that names one; Http404 for one that is not offered."""
    if not key:
        return None
    found = Service.objects.active().filter(key=key).first()
    if found is None:
        raise Http404
    return found
