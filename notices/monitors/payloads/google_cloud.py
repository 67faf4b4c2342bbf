"""The webhook of Google Cloud Monitoring, version 1.2: one incident, opened or closed."""

from typing import Any

from django.utils.translation import gettext as _

from notices.monitors.alerts import (
    DETAILS_LIMIT,
    TITLE_LIMIT,
    Alert,
    Malformed,
    plain,
    plain_labels,
    summed_up,
)
from notices.monitors.payloads.reading import epoch, mapping, text

_OWN_LABELS = ("policy_name", "condition_name", "resource_name", "resource_type_display_name")


def read(payload: Any) -> list[Alert]:
    """The incident of one post; the console's test message (version "test") holds none."""
    found = mapping(payload, "payload")
    incident = mapping(found.get("incident"), "incident")
    if found.get("version") == "test":
        return []
    state = str(incident.get("state")).lower()
    if state not in ("open", "closed"):
        raise Malformed(_("“%(field)s” must be open or closed.") % {"field": "incident.state"})
    fingerprint = text(incident.get("incident_id"), "incident.incident_id")
    labels = _labels(incident)
    policy = plain(incident.get("policy_name"), TITLE_LIMIT)
    condition = plain(incident.get("condition_name"), TITLE_LIMIT)
    title = " – ".join(part for part in (policy, condition) if part) or fingerprint
    closed = state == "closed"
    return [
        Alert(
            fingerprint=fingerprint,
            title=title[:TITLE_LIMIT],
            firing=not closed,
            starts_at=epoch(incident.get("started_at"), "incident.started_at"),
            ends_at=epoch(incident.get("ended_at"), "incident.ended_at") if closed else None,
            labels=labels,
            details=summed_up(plain(incident.get("summary"), DETAILS_LIMIT), labels),
        )
    ]


def _labels(incident: dict[str, Any]) -> dict[str, str]:
    """Its names, the labels of its policy, and those of its resource as `resource.NAME`."""
    own = {name: incident[name] for name in _OWN_LABELS if incident.get(name)}
    resource = incident.get("resource")
    resource = resource if isinstance(resource, dict) else {}
    if resource.get("type"):
        own["resource_type"] = resource["type"]
    return {
        **plain_labels(incident.get("policy_user_labels")),
        **plain_labels(own),
        **plain_labels(resource.get("labels"), prefix="resource."),
    }
