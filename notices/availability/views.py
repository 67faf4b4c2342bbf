"""The pages of availability and their files: public, cacheable, without JavaScript."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms_pages.frame import frame_for
from cms_pages.models import Service
from desk_core import instants, spreadsheets
from desk_core.page_cache import cacheable
from notices.availability import plain, tables
from notices.availability.periods import CALENDARS, GREGORIAN, JALALI
from notices.availability.showing import Picture, picture
from persian.jalali import format_date
from sla.performance.views import note_shown

QUERY = ("calendar",)


@require_safe
@cacheable(query=QUERY)
def every(request: HttpRequest) -> HttpResponse:
    """All services: this month and the last twelve, against what was promised."""
    context = _context(request, None)
    return render(request, "notices/availability.html", context)


@require_safe
@cacheable(query=QUERY)
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One service month by month, with each stretch of downtime and its notice."""
    context = _context(request, key)
    context["line"] = context["picture"].lines[0]
    return render(request, "notices/availability_service.html", context)


@require_safe
@cacheable(query=QUERY)
def data(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """The same figures for programs."""
    note_shown(request)
    found = plain.picture_json(request, _picture(request, key), get_language() or "fa")
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})


@require_safe
def file(request: HttpRequest, file_format: str, key: str | None = None) -> HttpResponseBase:
    """The same figures as CSV or XLSX, in the language of the address."""
    day = format_date(timezone.localdate(instants.now()), digits=False).replace("/", "-")
    return spreadsheets.respond(
        head=tables.headings(),
        body=list(tables.rows(_picture(request, key))),
        name="-".join(part for part in ("availability", key, day) if part),
        file_format=file_format,
    )


def _context(request: HttpRequest, key: str | None) -> dict[str, Any]:
    note_shown(request)
    shown = _picture(request, key)
    crumbs = [(_("State of the services"), reverse("notices:status"))]
    if key is not None:
        crumbs.append((_("Availability of the services"), reverse("notices:availability")))
    return {
        "picture": shown,
        "gregorian": shown.calendar == GREGORIAN,
        "addresses": _addresses(key),
        "query": f"?calendar={GREGORIAN}" if shown.calendar == GREGORIAN else "",
        "breadcrumbs": crumbs,
    }


def _addresses(key: str | None) -> dict[str, str]:
    names = ("page", "csv", "xlsx", "json")
    if key is None:
        routes = ["notices:availability", *(f"notices:availability_{name}" for name in names[1:])]
        return dict(zip(names, map(reverse, routes), strict=True))
    routes = [f"notices:availability_of_{name}" for name in names]
    found = [reverse(route, kwargs={"key": key}) for route in routes]
    return dict(zip(names, found, strict=True))


def _picture(request: HttpRequest, key: str | None) -> Picture:
    """What the address asks for; 404 for a service or a calendar that there is not."""
    calendar = request.GET.get("calendar", JALALI)
    if calendar not in CALENDARS:
        raise Http404
    _frame = frame_for(request).pages  # first: then Wagtail asks nothing again for an address
    services = Service.objects.active()
    shown = picture(
        request, services=services if key is None else services.filter(key=key), calendar=calendar
    )
    if key is not None and not shown.lines:
        raise Http404
    return shown
