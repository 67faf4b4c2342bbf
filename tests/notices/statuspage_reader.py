"""A reader of the Statuspage API that takes nothing but what the shapes and words allow."""

import re
from datetime import datetime

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")
COMPONENT_STATUS = {
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
}
INCIDENT_STATUS = {"investigating", "identified", "monitoring", "resolved", "postmortem"}
MAINTENANCE_STATUS = {"scheduled", "in_progress", "verifying", "completed"}
LISTS = {"components", "incidents", "scheduled_maintenances"}


class Rejected(Exception):
    """What a strict reader says."""


def need(condition, what):
    if not condition:
        raise Rejected(what)


def moment(value, what):
    need(isinstance(value, str) and TIME.fullmatch(value), f"{what}: no time: {value!r}")
    return datetime.fromisoformat(value)


def fields(found, types, what):
    """Exactly these fields, each of its type."""
    need(isinstance(found, dict), f"{what} is no object")
    need(set(found) == set(types), f"{what}: {sorted(set(found) ^ set(types))}")
    for name, kind in types.items():
        value = found[name]
        if kind == "time":
            moment(value, name)
        elif kind == "time?":
            need(value is None or moment(value, name), name)
        else:
            need(isinstance(value, kind), f"{what}.{name}: {value!r}")
            need(kind is not str or value, f"{what}.{name} is empty")


def distinct(found, what):
    ids = [each["id"] for each in found]
    need(len(ids) == len(set(ids)), f"{what}: an id twice")


def page(found):
    fields(
        found,
        {"id": str, "name": str, "url": str, "time_zone": str, "updated_at": "time"},
        "page",
    )
    need(re.fullmatch(r"https?://[^?#]+[^/]", found["url"]), "page.url")


def status(found, *, strict=False):
    fields(found, {"indicator": str, "description": str}, "status")
    known = {"none", "minor", "major", "critical"} | (set() if strict else {"maintenance"})
    need(found["indicator"] in known, "indicator")


def component(found, page_id):
    types = {
        "id": str,
        "name": str,
        "status": str,
        "created_at": "time",
        "updated_at": "time",
        "position": int,
        "description": str | None,
        "showcase": bool,
        "start_date": str | None,
        "group_id": str | None,
        "page_id": str,
        "group": bool,
        "only_show_if_degraded": bool,
    }
    if isinstance(found, dict) and found.get("group") is True:
        types["components"] = list
    fields(found, types, "component")
    need(found["status"] in COMPONENT_STATUS, "component.status")
    need(found["page_id"] == page_id, "component.page_id")


def components(found, page_id):
    distinct(found, "components")
    by_id = {each["id"]: each for each in found}
    for each in found:
        component(each, page_id)
        if each["group"]:
            for key in each["components"]:
                need(by_id[key]["group_id"] == each["id"], "a member of another group")
        elif each["group_id"] is not None:
            need(each["id"] in by_id[each["group_id"]]["components"], "a group without its member")


def update(found, incident, words):
    types = {
        "id": str,
        "status": str,
        "body": str,
        "incident_id": str,
        "created_at": "time",
        "updated_at": "time",
        "display_at": "time",
        "affected_components": list | None,
        "deliver_notifications": bool,
        "custom_tweet": str | None,
        "tweet_id": int | None,
    }
    fields(found, types, "incident_update")
    need(found["status"] in words, "incident_update.status")
    need(found["incident_id"] == incident["id"], "incident_update.incident_id")
    for each in found["affected_components"] or []:
        fields(
            each,
            {"code": str, "name": str, "old_status": str, "new_status": str},
            "affected_components",
        )
        need({each["old_status"], each["new_status"]} <= COMPONENT_STATUS, "affected status")


def incident(found, page_id, *, maintenance, strict):
    types = {
        "id": str,
        "name": str,
        "status": str,
        "created_at": "time",
        "updated_at": "time",
        "monitoring_at": "time?",
        "resolved_at": "time?",
        "impact": str,
        "shortlink": str,
        "started_at": "time",
        "page_id": str,
        "incident_updates": list,
        "components": list,
    }
    if maintenance:
        types |= {"scheduled_for": "time", "scheduled_until": "time"}
    fields(found, types, "incident")
    words = MAINTENANCE_STATUS if maintenance else INCIDENT_STATUS
    need(found["status"] in words, "incident.status")
    impacts = {"none", "minor", "major", "critical"}
    if maintenance and not strict:
        impacts |= {"maintenance"}
    need(found["impact"] in impacts, "impact")
    need(found["page_id"] == page_id, "incident.page_id")
    need(found["shortlink"].startswith("http"), "shortlink")
    need(found["incident_updates"], "an incident without a word")
    distinct(found["incident_updates"], "incident_updates")
    for each in found["incident_updates"]:
        update(each, found, words)
    times = [moment(each["created_at"], "created_at") for each in found["incident_updates"]]
    need(times == sorted(times, reverse=True), "updates: oldest first")
    for each in found["components"]:
        component(each, page_id)
    if maintenance:
        begin, end = (moment(found[f"scheduled_{name}"], name) for name in ("for", "until"))
        need(begin < end, "a window that ends before it starts")


def read(body, expected, *, strict=False):
    """Check a whole answer that must have these parts, "page" aside; returns it."""
    need(set(body) == {"page", *expected}, f"parts: {sorted(body)}")
    page(body["page"])
    key = body["page"]["id"]
    if "status" in expected:
        status(body["status"], strict=strict)
    if "components" in expected:
        components(body["components"], key)
    for name in {"incidents", "scheduled_maintenances"} & set(expected):
        distinct(body[name], name)
        for each in body[name]:
            incident(each, key, maintenance=name != "incidents", strict=strict)
    return body
