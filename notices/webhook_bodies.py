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

from notices import addresses
from notices.current import PublicNotice
from notices.enums import Impact, Kind, ServiceState, UpdateState
from notices.models import Notice, NoticeUpdate
from notices.overview import effect, overview
from notices.statuspage_words import COMPONENT, incident_id, page_key, status, update_id

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
        {"page": page(at), "incident": incident(shown, at, language)},
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


def incident(shown: PublicNotice, at: datetime, language: str) -> dict[str, Any]:
    """The notice, with its updates newest first and the services that it names."""
    fact = shown.notice
    newest = shown.updates[0].at if shown.updates else fact.first_published_at
    watched = [row.at for row in shown.updates if row.state == UpdateState.MONITORING]
    maintenance = shown.kind == Kind.MAINTENANCE
    over = shown.over_at if shown.is_over else None
    return {
        "id": incident_id(fact),
        "name": shown.title,
        "status": status(shown.kind, shown.progress),
        "created_at": stamp(fact.first_published_at),
        "updated_at": stamp(max(newest, over or newest)),
        "monitoring_at": stamp(min(watched)) if watched else None,
        "resolved_at": stamp(over) if over else None,
        "impact": fact.severity,
        "shortlink": shown.page.full_url or "",
        "started_at": stamp(fact.starts_at),
        "backfilled": False,
        "impact_override": None,
        "postmortem_ignored": True,
        "postmortem_body": None,
        "postmortem_body_last_updated_at": None,
        "postmortem_published_at": None,
        "postmortem_notified_subscribers": False,
        "postmortem_notified_twitter": False,
        "scheduled_for": stamp(fact.starts_at) if maintenance else None,
        "scheduled_until": stamp(fact.expected_end) if maintenance else None,
        "scheduled_remind_prior": False,
        "scheduled_reminded_at": None,
        "scheduled_auto_in_progress": maintenance,
        "scheduled_auto_completed": maintenance,
        "incident_updates": [_update(fact, shown.kind, row, language) for row in shown.updates],
        "components": components(shown),
    }


def components(shown: PublicNotice) -> list[dict[str, Any]]:
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


def stamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _update(notice: Notice, kind: Kind, row: NoticeUpdate, language: str) -> dict[str, Any]:
    return {
        "id": update_id(row),
        "incident_id": incident_id(notice),
        "status": status(kind, UpdateState(row.state)),
        "body": row.text_for(language),
        "created_at": stamp(row.at),
        "updated_at": stamp(row.at),
        "display_at": stamp(row.at),
        "affected_components": None,
    }


def _page_id() -> str:
    return page_key(
        Site.objects.filter(is_default_site=True).select_related("root_page").first()
    ).hex


def _meta(**more: str) -> dict[str, str]:
    documentation = f"{addresses.root()}/status/"
    return {**more, "documentation": documentation, "generated_at": str(stamp(timezone.now()))}


def _as_json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
