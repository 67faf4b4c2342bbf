"""What each product posts, read into alerts. Fields that nobody asked for are passed over."""

from collections.abc import Callable
from typing import Any

from notices.enums import MonitorKind
from notices.monitors.alerts import Alert
from notices.monitors.payloads import alertmanager, google_cloud, uptime_kuma

READERS: dict[str, Callable[[Any], list[Alert]]] = {
    MonitorKind.ALERTMANAGER: alertmanager.read,
    MonitorKind.GRAFANA: alertmanager.read_grafana,
    MonitorKind.UPTIME_KUMA: uptime_kuma.read,
    MonitorKind.GOOGLE_CLOUD: google_cloud.read,
}
