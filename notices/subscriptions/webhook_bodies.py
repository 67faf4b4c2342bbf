"""JSON bodies of outgoing webhooks, in the shape that readers of Statuspage know.

An event has `meta`, `page` and `incident` with its `incident_updates` and `components`; a code is
sent as `meta` and `verification`. Times are RFC 3339 in UTC with milliseconds. Words and ids are
those of the API (`statuspage_words`); an announcement is an incident without impact, a warning one
of its severity.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from wagtail.models import Site

from notices import addresses, statuspage_incidents
from notices.current import PublicNotice
from notices.enums import Impact, Kind, ServiceState
from notices.models import Notice
from notices.overview import effect, overview
from notices.statuspage_incidents import Body
from notices.statuspage_words import COMPONENT, page_key

_INDICATOR = {
    ServiceState.OPERATIONAL: "none",
    ServiceState.MAINTENANCE: "none",
    ServiceState.DEGRADED: "minor",
    ServiceState.PARTIAL: "major",
    ServiceState.MAJOR: "critical",
}


@dataclass(frozen=True)
class EventBody:
    """What an event says to every program, computed once; `for_subscriber` adds their own words."""

    shared: dict[str, Any]

    def for_subscriber(self, unsubscribe: str) -> str:
        """The body with this subscriber's way out."""
        return _as_json({"meta": _meta(unsubscribe=unsubscribe), **self.shared})


def event_body(shown: PublicNotice, at: datetime, language: str) -> EventBody:
    """The body of an event of a notice as it stands at `at`; with the updates of the notice."""
    return EventBody(
        {"page": page(at), "incident": incident(shown, language)},
    )


def verification(purpose: str, code: str, link: str, expires_at: datetime) -> str:
    """The first post to an address: the code that its owner types or opens as a link."""
    return _as_json(
        {
            "meta": _meta(),
            "verification": {
                "purpose": purpose,
                "code": code,
                "url": link,
                "expires_at": stamp(expires_at),
            },
        }
    )


def page(at: datetime) -> dict[str, str]:
    """The state of the whole desk."""
    picture = overview(at)
    return {
        "id": _page_id(),
        "status_indicator": _INDICATOR[picture.worst],
        "status_description": picture.sentence,
    }


def incident(shown: PublicNotice, language: str) -> Body:
    """The notice, with its updates newest first and the services that it names."""
    fact = shown.notice
    maintenance = shown.kind == Kind.MAINTENANCE
    told = _told(fact)
    return statuspage_incidents.incident(shown, stamp, link=shown.page.full_url or "") | {
        "backfilled": False,
        "impact_override": None,
        "postmortem_ignored": True,
        "postmortem_body": None,
        "postmortem_body_last_updated_at": None,
        "postmortem_published_at": None,
        "postmortem_notified_subscribers": False,
        "postmortem_notified_twitter": False,
        "scheduled_for": stamp(fact.starts_at) if maintenance else None,
        "scheduled_until": stamp(fact.expected_end or fact.starts_at) if maintenance else None,
        "scheduled_remind_prior": False,
        "scheduled_reminded_at": None,
        "scheduled_auto_in_progress": maintenance,
        "scheduled_auto_completed": maintenance,
        "incident_updates": [
            statuspage_incidents.update(
                shown, row, stamp, text=row.text_for(language), told=row.pk in told
            )
            for row in shown.updates
        ],
        "components": components(shown),
    }


def _told(notice: Notice) -> set[int | None]:
    """The updates of which subscribers are told, or were."""
    events = notice.events.filter(dropped=False, update__isnull=False)
    return set(events.values_list("update", flat=True))


def components(shown: PublicNotice) -> list[Body]:
    """The services that a notice names, with what it makes of them now."""
    found = []
    page_id = _page_id() if shown.affected else ""
    for position, row in enumerate(shown.affected, start=1):
        state = effect(shown, row.service) if shown.is_active else ServiceState.OPERATIONAL
        language = shown.page.locale.language_code
        name = (row.service.name_en if language == "en" else "") or row.service.name
        found.append(
            {
                "id": row.service.key,
                "name": name,
                "status": COMPONENT[state],
                "impact": row.impact if row.impact != Impact.NONE else "none",
                "position": position,
                "description": None,
                "showcase": False,
                "page_id": page_id,
                "group_id": None,
            }
        )
    return found


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _page_id() -> str:
    return page_key(
        Site.objects.filter(is_default_site=True).select_related("root_page").first()
    ).hex


def _meta(**more: str) -> dict[str, str]:
    documentation = f"{addresses.root()}/status/"
    return {**more, "documentation": documentation, "generated_at": stamp(timezone.now())}


def _as_json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
