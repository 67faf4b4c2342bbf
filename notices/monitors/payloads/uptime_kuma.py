"""The webhook of Uptime Kuma: `{heartbeat, monitor, msg}` with its preset body in JSON.

It names no episode. A monitor that is down is one alert from its first message until "up"; every
message tells when Uptime Kuma looked, in UTC without saying so, and newer versions tell with "up"
when it had gone down.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

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
from notices.monitors.payloads.reading import mapping

_DOWN, _UP, _PENDING, _MAINTENANCE = range(4)


def read(payload: Any) -> list[Alert]:
    """The alert of one post; tests and reminders of certificates hold no heartbeat, so none."""
    found = mapping(payload, "payload")
    if not {"heartbeat", "monitor", "msg"} & found.keys():
        raise Malformed(_("This is no payload of Uptime Kuma."))
    if found.get("heartbeat") is None:
        return []
    beat = mapping(found["heartbeat"], "heartbeat")
    monitor = mapping(found.get("monitor") or {}, "monitor")
    status = beat.get("status")
    if isinstance(status, bool) or status not in range(4):
        raise Malformed(_("“%(field)s” must be a number from 0 to 3.") % {"field": "status"})
    if status in (_PENDING, _MAINTENANCE):
        return []
    fingerprint = _fingerprint(beat, monitor)
    labels = _labels(monitor)
    looked_at = _moment(beat.get("time"), "heartbeat.time")
    down = status == _DOWN
    went_down = _moment(beat.get("lastDownTime"), "heartbeat.lastDownTime")
    return [
        Alert(
            fingerprint=fingerprint,
            title=labels.get("name", "") or fingerprint,
            firing=down,
            starts_at=looked_at if down else went_down,
            ends_at=None if down else looked_at,
            labels=labels,
            details=summed_up(plain(beat.get("msg"), DETAILS_LIMIT), labels),
            exact=False,
        )
    ]


def _fingerprint(beat: dict[str, Any], monitor: dict[str, Any]) -> str:
    number = beat.get("monitorID", monitor.get("id"))
    if isinstance(number, int | str) and not isinstance(number, bool) and str(number).strip():
        return f"monitor-{number}"
    raise Malformed(_("“%(field)s” is missing.") % {"field": "heartbeat.monitorID"})


def _labels(monitor: dict[str, Any]) -> dict[str, str]:
    """Name, type, host, and the tags by their names."""
    found = plain_labels({name: monitor.get(name) for name in ("name", "type", "hostname")})
    url = monitor.get("url")
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:
        host = None
    if host:
        found.setdefault("hostname", plain(host, TITLE_LIMIT))
    tags = monitor.get("tags")
    pairs = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    own = {tag["name"]: tag.get("value") for tag in pairs if isinstance(tag.get("name"), str)}
    found = {name: value for name, value in found.items() if value}
    return {**plain_labels(own), **found, "name": found.get("name", "")[:TITLE_LIMIT]}


def _moment(value: object, name: str) -> datetime | None:
    """`2026-11-27 09:54:12.345`, which is UTC."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is not None:
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year < 1971:
        raise Malformed(_("“%(field)s” is no time.") % {"field": name})
    return found
