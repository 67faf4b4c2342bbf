"""The status page, its history and the state of one service: public, cacheable, without JS."""

from csp.decorators import csp_replace
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cms_pages.frame import frame_for
from cms_pages.models import Service
from desk_core import instants
from desk_core.page_cache import cacheable
from notices import addresses, current
from notices import history as past
from notices import live as standing
from notices import overview as picture
from notices import own_site as elsewhere
from notices.availability import bars
from notices.availability.showing import picture as availability
from notices.boxes import box
from notices.months import parse_month
from sla.performance.views import note_shown


@require_safe
@cacheable
def status(request: HttpRequest) -> HttpResponse:
    """One sentence for all, every service now and in the past 90 days, what is planned or fails."""
    now = instants.now()
    _frame = frame_for(request).pages  # first: then Wagtail asks nothing again for an address
    note_shown(request)
    found = bars.every(request, now)
    overview = picture.overview(now, services=[each.service for each in found], request=request)
    context = {
        "overview": overview,
        "rows": list(zip(overview.lines, found, strict=True)),
        "past": past.newest(now),
    }
    return render(request, "notices/status.html", context)


@require_safe
@cacheable
def history(request: HttpRequest, month: str | None = None) -> HttpResponse:
    """The past, one Jalali month a page; without a month the newest that has anything to tell."""
    chosen = parse_month(month) if month else None
    if month and chosen is None:
        raise Http404
    now = instants.now()
    chapter = past.chapter(now, chosen)
    if month and not chapter.lies_within(now):
        raise Http404
    context = {
        "chapter": chapter,
        "breadcrumbs": [(_("State of the services"), reverse("notices:status"))],
    }
    return render(request, "notices/history.html", context)


@require_safe
def short(request: HttpRequest, key: str) -> HttpResponse:
    """From the short address of a notice to its page, as long as the public sees one.

    A copy of the site has no redirects: there it is a page that leads on.
    """
    notice = addresses.of_short_key(key)
    found = current.find(instants.now(), Q(notice=notice)) if notice else []
    url = found[0].url if found else None
    if url is None:
        raise Http404
    if hasattr(request, "desk_copy_note"):
        return render(request, "notices/short.html", {"notice": found[0], "url": url})
    return redirect(url)


@require_safe
@cacheable
def service(request: HttpRequest, key: str) -> HttpResponse:
    """One service under the three headings: availability, planned downtime, issues."""
    now = instants.now()
    _frame = frame_for(request).pages  # first: then Wagtail asks nothing again for an address
    note_shown(request)
    shown = availability(request, services=Service.objects.active().filter(key=key), at=now)
    if not shown.lines:
        raise Http404
    [months] = shown.lines
    overview = picture.of_service(months.service, now, request=request)
    context = {
        "line": overview.lines[0],
        "overview": overview,
        "months": months,
        "bars": shown.bars(months),
        "breadcrumbs": [(_("State of the services"), reverse("notices:status"))],
    }
    return render(request, "notices/service.html", context)


@require_safe
@cacheable
def live(request: HttpRequest) -> HttpResponse:
    """What every page asks for once a minute: parts of its frame, and a mark of all the rest."""
    return render(request, "notices/live.html", {"mark": standing.mark(request)})


@require_safe
@cacheable
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def embed(request: HttpRequest, key: str = "") -> HttpResponse:
    """The box as a page that any site may put into a frame: this one alone, and without cookies."""
    now = instants.now()
    shown = box(request, now, _offered(key) if key else None)
    return render(request, "notices/embed.html", {"box": shown, "at": now})


@require_safe
@cacheable
def own_site(request: HttpRequest, key: str = "") -> HttpResponse:
    """Badges and the box, to be copied into pages of other sites."""
    context = elsewhere.offers(request, _offered(key) if key else None, instants.now())
    context["breadcrumbs"] = [(_("State of the services"), reverse("notices:status"))]
    return render(request, "notices/own_site.html", context)


def _offered(key: str) -> Service:
    return get_object_or_404(Service.objects.active().select_related("department"), key=key)
