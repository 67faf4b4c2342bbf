"""A notice as a Statuspage incident: one and the same in the API and in outgoing webhooks.

Each adds what only its readers know; how they write a time and a text, they say.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from notices.conf import strict_statuspage
from notices.current import PublicNotice
from notices.enums import Kind, UpdateState
from notices.machine_faces.changes import changed_at
from notices.models import NoticeUpdate
from notices.statuspage_words import incident_id, status, update_id

Body = dict[str, Any]
Stamp = Callable[[datetime], str]


def incident(each: PublicNotice, stamp: Stamp, *, link: str) -> Body:
    """What is said of the whole."""
    fact = each.notice
    watched = [row.at for row in each.updates if row.state == UpdateState.MONITORING]
    return {
        "id": incident_id(fact),
        "name": each.title,
        "status": status(each.kind, each.progress),
        "created_at": stamp(fact.first_published_at),
        "updated_at": stamp(changed_at(each)),
        "monitoring_at": stamp(min(watched)) if watched else None,
        "resolved_at": stamp(each.over_at) if each.is_over and each.over_at else None,
        "impact": _impact(each),
        "shortlink": link,
        "started_at": stamp(fact.starts_at),
    }


def update(
    each: PublicNotice, row: NoticeUpdate, stamp: Stamp, *, text: str, told: bool = False
) -> Body:
    """One of its updates; `told`: to subscribers."""
    said = stamp(row.at)
    return {
        "id": update_id(row),
        "status": status(each.kind, UpdateState(row.state)),
        "body": text,
        "incident_id": incident_id(each.notice),
        "created_at": said,
        "updated_at": said,
        "display_at": said,
        "affected_components": None,
        "deliver_notifications": told,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _impact(each: PublicNotice) -> str:
    if each.kind != Kind.MAINTENANCE:
        return each.notice.severity
    return "none" if strict_statuspage() else "maintenance"
