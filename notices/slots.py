"""What notices put into the frame of every page (`cms_pages.slots`).

All slots of one page share one reading: one query.
"""

from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from desk_core import instants
from notices import current
from notices.models import NoticePage
from notices.monitors import states
from notices.overview import Overview, touches

HOME_LIMIT = 5
# More would push the page itself off a phone's screen; the rest is one click away.
BANNER_LIMIT = 3
# So many more wait in the page for a reader to put one of the first away.
BANNER_SPARE = 7


def copy_note(request: HttpRequest) -> SafeString:
    """Above everything on a page of the static copy: that it is one, and when it was made."""
    note = getattr(request, "desk_copy_note", None)
    return _render("copy_note", request, {"note": note}) if note else SafeString("")


def banner(request: HttpRequest) -> SafeString:
    """Above the content of every page; not on the page of the notice itself.

    The place is there without a notice too: an open page may get one.
    """
    page = getattr(request, "desk_page", None)
    own = page.notice_id if isinstance(page, NoticePage) else None
    shown = [each for each in current.recent_for(request) if each.id != own]
    chosen = current.worth_a_banner(shown, instants.now())
    there = chosen[: BANNER_LIMIT + BANNER_SPARE]
    context = {
        "notices": there,
        "limit": BANNER_LIMIT,
        "more": len(chosen) - BANNER_LIMIT,
        "elsewhere": len(chosen) - len(there),
    }
    return _render("banner", request, context)


def status_line(request: HttpRequest) -> SafeString:
    """Home page: one sentence for all services."""
    return _render("status_line", request, {"overview": _overview(request)})


def status_foot(request: HttpRequest) -> SafeString:
    """Foot of every page: the same sentence, small."""
    return _render("status_foot", request, {"overview": _overview(request)})


def home_notices(request: HttpRequest) -> SafeString:
    """Home page: running, coming and lately ended notices, newest first."""
    newest = sorted(
        current.recent_for(request), key=lambda each: each.notice.first_published_at, reverse=True
    )
    chosen = sorted(newest[:HOME_LIMIT], key=lambda each: each.is_over)
    return _render("home_notices", request, {"notices": chosen})


def service_notices(request: HttpRequest) -> SafeString:
    """Page of a service: what is out of order with it, or soon will be."""
    service = getattr(getattr(request, "desk_page", None), "service", None)
    if service is None:
        return SafeString("")
    found = [
        each for each in current.recent_for(request) if not each.is_over and touches(each, service)
    ]
    return _render("service_notices", request, {"notices": found}) if found else SafeString("")


def next_change(at: datetime, request: HttpRequest | None = None) -> datetime | None:
    """For the page cache: from what the page has read, where it was a page with a frame."""
    known = current.known_to(request)
    if known is None or request is None:
        told, seen = current.next_change(at), states.observed(at)
    else:
        told, seen = current.next_change_of(known, at), states.observed_for(request)
    changes = [told, states.next_change(seen.values(), at)]
    return min((change for change in changes if change is not None), default=None)


def _overview(request: HttpRequest) -> Overview:
    found = current.recent_for(request)
    return Overview(
        at=instants.now(),
        lines=[],
        running=[each for each in found if each.is_active],
        coming=[],
        observed=states.observed_for(request),
    )


def _render(name: str, request: HttpRequest, context: dict[str, object]) -> SafeString:
    return render_to_string(f"notices/slots/{name}.html", context, request=request)
