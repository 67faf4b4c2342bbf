"""Planned maintenance as a calendar to subscribe to, with Maintnote for programs that plan by it.

RFC 5545 and draft-gunter-calext-maintenance-notifications. One VEVENT a window: the UID stays,
SEQUENCE counts what was said since the first word, a window that was called off stays as
CANCELLED so that calendars strike it out. The clock alone changes no SEQUENCE: it changes
X-MAINTNOTE-STATUS and LAST-MODIFIED.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from cms_pages.models import Service
from desk_core.calendar_files import calendar, parameter, text, utc
from notices import current
from notices.current import PublicNotice
from notices.enums import Impact, Kind, Phase
from notices.machine_faces.changes import revised_at
from notices.machine_faces.desk import Desk
from notices.machine_faces.feeds import plain
from notices.querysets import open_q

# How long a window stays in the calendar after its end.
KEPT = timedelta(days=90)
# For all who read: there are no accounts.
ACCOUNT = "public"
# What the notices of a whole desk are about.
WHOLE_DESK = "desk"

_IMPACT = {
    Impact.NONE: "NO-IMPACT",
    Impact.DEGRADED: "DEGRADED",
    Impact.PARTIAL: "DEGRADED",
    Impact.MAJOR: "OUTAGE",
}
_STATUS = {
    Phase.ANNOUNCED: "CONFIRMED",
    Phase.RUNNING: "IN-PROCESS",
    Phase.OVERDUE: "IN-PROCESS",
    Phase.ENDED: "COMPLETED",
    Phase.CANCELLED: "CANCELLED",
}


def maintenance(desk: Desk, at: datetime, service: Service | None = None) -> str:
    """The calendar of all windows, or of those that touch a service, earliest first."""
    condition = Q(notice__kind=Kind.MAINTENANCE) & open_q(at - KEPT, "notice__")
    if service is not None:
        condition &= current.touches_q(service)
    found = current.find(at, condition, updates=True)
    subject = service or _("Planned maintenance")
    name = text(plain(f"{subject} – {desk.name}"))
    head = [
        f"X-WR-CALNAME:{name}",
        f"NAME:{name}",
        f"URL:{desk.page_of(service)}",
        "X-WR-TIMEZONE:Asia/Tehran",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    events = [_event(desk, each) for each in found if each.notice.expected_end]
    return calendar(product="maintenance", head=head, events=events)


def _event(desk: Desk, each: PublicNotice) -> Iterable[str]:
    fact = each.notice
    # Finished early, it was over then; what was called off keeps the hours that it had.
    end = fact.ended_at or fact.expected_end
    assert end is not None  # noqa: S101 – a constraint of the table
    revised = utc(revised_at(each))
    names = [str(row.service) for row in each.affected]
    return [
        f"UID:{each.id}",
        f"DTSTAMP:{revised}",
        f"LAST-MODIFIED:{revised}",
        f"CREATED:{utc(fact.first_published_at)}",
        f"SEQUENCE:{len(each.updates) - 1}",
        f"DTSTART:{utc(fact.starts_at)}",
        # An event lasts a moment at least.
        f"DTEND:{utc(max(end, fact.starts_at + timedelta(seconds=1)))}",
        f"SUMMARY:{text(plain(each.title))}",
        f"DESCRIPTION:{text(plain(each.latest_text))}",
        f"URL:{desk.link(each)}",
        *([f"CATEGORIES:{','.join(text(plain(name)) for name in names)}"] if names else []),
        *([f"ORGANIZER;CN={parameter(desk.body)}:mailto:{desk.email}"] if desk.email else []),
        f"STATUS:{'CANCELLED' if each.phase == Phase.CANCELLED else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "CLASS:PUBLIC",
        *_maintnote(desk, each),
    ]


def _maintnote(desk: Desk, each: PublicNotice) -> Iterable[str]:
    objects = [(row.service.key, Impact(row.impact)) for row in each.affected]
    return [
        f"X-MAINTNOTE-PROVIDER:{desk.sender}",
        f"X-MAINTNOTE-ACCOUNT:{ACCOUNT}",
        f"X-MAINTNOTE-MAINTENANCE-ID:{each.id}",
        f"X-MAINTNOTE-STATUS:{_STATUS[each.phase]}",
        f"X-MAINTNOTE-IMPACT:{_IMPACT[each.impact]}",
        *(
            f"X-MAINTNOTE-OBJECT-ID;X-MAINTNOTE-OBJECT-IMPACT={_IMPACT[impact]}:{key}"
            for key, impact in objects or [(WHOLE_DESK, each.impact)]
        ),
    ]
