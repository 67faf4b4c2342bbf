"""Monitors, and what their products really post."""

import copy
from datetime import UTC, datetime, timedelta

from notices.enums import Impact, MonitorKind
from notices.models import MonitorSource
from notices.monitors import sources
from tests.cms_pages.factories import UserFactory

INTAKE = "/api/monitors/v1/alerts"
# The instant around which the payloads below were sent.
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def make_source(kind=MonitorKind.ALERTMANAGER, **fields):
    """A monitor with a token, which is left on it as `token`."""
    given = {"name": "نگهبان", "kind": kind, "impact": Impact.PARTIAL} | fields
    if kind == MonitorKind.HEARTBEAT:
        given.setdefault("interval_minutes", 10)
    if kind == MonitorKind.PROBE:
        given.setdefault("address", "https://desk.example/")
    source = MonitorSource.objects.create(**given)
    if kind != MonitorKind.PROBE:
        source.token = sources.new_token(source=source, actor=UserFactory())
    return source


def post(client, source, payload, **more):
    """Post as the product does, with the token as bearer."""
    headers = {"Authorization": f"Bearer {source.token}"} | more.pop("headers", {})
    return client.post(INTAKE, payload, content_type="application/json", headers=headers, **more)


def changed(payload, **fields):
    """A copy with other fields at the top."""
    return copy.deepcopy(payload) | fields


def stamp(moment):
    """As Go writes a time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def alertmanager(*alerts, **fields):
    """A group of alerts, as Alertmanager 0.2x posts it."""
    alerts = list(alerts) or [alert()]
    everything = all(each["status"] == "resolved" for each in alerts)
    return {
        "receiver": "service-desk",
        "status": "resolved" if everything else "firing",
        "alerts": alerts,
        "groupLabels": {"alertname": "ProbeFailure"},
        "commonLabels": {"alertname": "ProbeFailure", "job": "blackbox", "severity": "critical"},
        "commonAnnotations": {"summary": "The portal does not answer"},
        "externalURL": "http://alertmanager.example:9093",
        "version": "4",
        "groupKey": '{}/{severity="critical"}:{alertname="ProbeFailure"}',
        "truncatedAlerts": 0,
    } | fields


def alert(*, ended=None, start=NOW - timedelta(hours=1), fingerprint="1a30ba71cca2921f", **labels):
    """One of its alerts."""
    return {
        "status": "resolved" if ended else "firing",
        "labels": {
            "alertname": "ProbeFailure",
            "instance": "https://portal.example/",
            "job": "blackbox",
            "severity": "critical",
        }
        | labels,
        "annotations": {
            "summary": "The portal does not answer",
            "description": "probe_success is 0 for https://admin:geheim@portal.example/?key=abc",
        },
        "startsAt": stamp(start),
        "endsAt": stamp(ended) if ended else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=probe_success+%3D%3D+0",
        "fingerprint": fingerprint,
    }


def grafana(*alerts):
    """The same from Grafana's contact point, with what it adds."""
    own = {
        "silenceURL": "https://grafana.example/alerting/silence/new?alertmanager=grafana",
        "dashboardURL": "",
        "panelURL": "",
        "values": {"B": 44.23943737541908, "C": 1},
        "valueString": "[ var='B' labels={instance=portal} value=44.239 ]",
        "orgId": 1,
    }
    rows = [each | own for each in (alerts or [alert()])]
    return alertmanager(*rows) | {
        "version": "1",
        "orgId": 1,
        "title": "[FIRING:1] The portal does not answer",
        "state": "alerting",
        "message": "**Firing**\n\nValue: B=44.23",
        "groupKey": '{}:{alertname="ProbeFailure"}',
    }


def uptime_kuma(status, at, *, last_down=None, **monitor):
    """Uptime Kuma 2.x, preset body in JSON: 0 is down, 1 up, 2 pending, 3 maintenance."""
    beat = {
        "monitorID": 7,
        "status": status,
        "time": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        "msg": "connect ECONNREFUSED 192.0.2.7:443" if status == 0 else "200 - OK",
        "ping": None if status == 0 else 41,
        "important": True,
        "duration": 60,
        "retries": 2,
        "timezone": "Asia/Tehran",
        "timezoneOffset": "+03:30",
        "localDateTime": "2026-11-22 13:30:00",
    }
    if last_down is not None:
        beat["lastDownTime"] = last_down.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return {
        "heartbeat": beat,
        "monitor": {
            "id": 7,
            "name": "درگاه",
            "description": None,
            "pathName": "درگاه",
            "parent": None,
            "childrenIDs": [],
            "url": "https://user:geheim@portal.example/health?key=abc",
            "method": "GET",
            "hostname": None,
            "port": None,
            "maxretries": 2,
            "weight": 2000,
            "active": True,
            "type": "http",
            "interval": 60,
            "keyword": None,
            "accepted_statuscodes": ["200-299"],
            "notificationIDList": {"1": True},
            "tags": [{"id": 1, "monitor_id": 7, "tag_id": 2, "name": "unit", "value": "roads"}],
        }
        | monitor,
        "msg": "[درگاه] [🔴 Down] connect ECONNREFUSED"
        if status == 0
        else "[درگاه] [✅ Up] 200 - OK",
    }


KUMA_TEST = {"heartbeat": None, "monitor": None, "msg": "نگهبان Testing"}


def google_cloud(*, started=NOW - timedelta(hours=1), ended=None, **incident):
    """Google Cloud Monitoring, version 1.2."""
    return {
        "version": "1.2",
        "incident": {
            "incident_id": "0.opqiw61fsv7p",
            "scoping_project_id": "desk-project",
            "scoping_project_number": 12345,
            "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0.opqiw61fsv7p",
            "started_at": int(started.timestamp()),
            "ended_at": int(ended.timestamp()) if ended else None,
            "state": "closed" if ended else "open",
            "summary": "Uptime health check on portal has failed.",
            "observed_value": "0",
            "threshold_value": "1",
            "resource_id": "",
            "resource_name": "desk-project uptime_url labels {host=portal.example}",
            "resource_type_display_name": "Uptime Check URL",
            "resource": {"type": "uptime_url", "labels": {"host": "portal.example"}},
            "metric": {
                "type": "monitoring.googleapis.com/uptime_check/check_passed",
                "displayName": "Check passed",
                "labels": {"checker_location": "eur-belgium"},
            },
            "metadata": {"system_labels": {}, "user_labels": {}},
            "policy_name": "Portal is down",
            "policy_user_labels": {"team": "desk"},
            "condition_name": "Failure of uptime check_id portal",
            "condition": {
                "name": "projects/desk-project/alertPolicies/1/conditions/2",
                "displayName": "Failure of uptime check_id portal",
                "conditionThreshold": {"comparison": "COMPARISON_GT", "duration": "60s"},
            },
            "documentation": {"content": "Call the night watch.", "mime_type": "text/markdown"},
        }
        | incident,
    }


GOOGLE_TEST = {
    "version": "test",
    "incident": {
        "incident_id": "12345",
        "url": "http://www.example.com",
        "started_at": 0,
        "ended_at": 0,
        "state": "OPEN",
        "summary": "Test Incident",
        "documentation": "Test documentation",
    },
}
