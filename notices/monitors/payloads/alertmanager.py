"""The webhook of Prometheus Alertmanager (version 4), and Grafana's, which is the same and more.

Each alert says for itself whether it fires: the status of the group is that of all together, and
what is missing from a list that `max_alerts` has cut (`truncatedAlerts`) has not recovered.
"""

import hashlib
import json
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
from notices.monitors.payloads.reading import mapping, moment, text
from persian.digits import localised

MOST_ALERTS = 500
VERSION = "4"


def read(payload: Any) -> list[Alert]:
    """The alerts of one post of Alertmanager."""
    found = mapping(payload, "payload")
    if found.get("version") != VERSION:
        raise Malformed(_("This is no payload of Alertmanager in version 4."))
    return _alerts(found)


def read_grafana(payload: Any) -> list[Alert]:
    """The alerts of one post of Grafana's webhook contact point."""
    return _alerts(mapping(payload, "payload"))


def _alerts(payload: dict[str, Any]) -> list[Alert]:
    rows = payload.get("alerts")
    if not isinstance(rows, list):
        raise Malformed(_("“%(field)s” must be a list.") % {"field": "alerts"})
    if len(rows) > MOST_ALERTS:
        raise Malformed(
            _("At most %(most)s alerts in one message; set max_alerts.")
            % {"most": localised(MOST_ALERTS)}
        )
    return [_alert(row, f"alerts[{place}]") for place, row in enumerate(rows)]


def _alert(row: Any, place: str) -> Alert:
    row = mapping(row, place)
    status = row.get("status")
    if status not in ("firing", "resolved"):
        raise Malformed(_("“%(field)s” must be firing or resolved.") % {"field": f"{place}.status"})
    raw = mapping(row.get("labels"), f"{place}.labels")
    labels = plain_labels(raw)
    notes = mapping(row.get("annotations") or {}, f"{place}.annotations")
    summary = plain(notes.get("summary"), TITLE_LIMIT)
    name = labels.get("alertname", "")
    said = row.get("fingerprint")
    fingerprint = text(said, f"{place}.fingerprint") if said is not None else _by_labels(raw)
    firing = status == "firing"
    return Alert(
        fingerprint=fingerprint,
        title=(summary or name or fingerprint)[:TITLE_LIMIT],
        firing=firing,
        starts_at=moment(row.get("startsAt"), f"{place}.startsAt"),
        # While it fires this is when it will be given up, not when it is over.
        ends_at=None if firing else moment(row.get("endsAt"), f"{place}.endsAt"),
        labels=labels,
        details=summed_up(plain(notes.get("description"), DETAILS_LIMIT), labels),
    )


def _by_labels(labels: dict[str, Any]) -> str:
    """Older versions send no fingerprint; it is a digest of the labels there, too."""
    if not labels:
        raise Malformed(_("An alert needs a fingerprint or labels."))
    canonical = json.dumps(labels, sort_keys=True)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]
