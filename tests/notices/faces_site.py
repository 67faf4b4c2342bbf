"""Reading the machine faces as programs do."""

import json

from django.urls import URLPattern

from notices.machine_faces.urls import urlpatterns

BASE = "/status/"
ENDPOINTS = {
    "summary": {"components", "incidents", "scheduled_maintenances", "status"},
    "status": {"status"},
    "components": {"components"},
    "incidents": {"incidents"},
    "incidents/unresolved": {"incidents"},
    "scheduled-maintenances": {"scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"scheduled_maintenances"},
    "scheduled-maintenances/active": {"scheduled_maintenances"},
}


def addresses(**arguments):
    """Every machine face there is, from the addresses themselves: none can be forgotten."""
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        if pattern.name is None or pattern.name == "cap_message":
            continue
        for name, value in arguments.items():
            route = route.replace(f"<slug:{name}>", value)
        assert "<" not in route, f"{route}: with what is it asked for?"
        found.append(BASE + route)
    return found


def message(notice, number=1):
    """The one face that is asked for by the id of a notice."""
    return f"{BASE}cap/{notice}/{number}.xml"


def get(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200, (address, response.status_code)
    return response


def statuspage(client, endpoint, prefix=""):
    response = get(client, f"{prefix}{BASE}api/v2/{endpoint}.json")
    assert response["Content-Type"].startswith("application/json")
    return json.loads(response.content)
