"""What may stand in the passport of a service: a small registry of rules.

Floors above know more than this one: the agreement in force says that nothing costs money (R30).
They register a rule in `AppConfig.ready()`. A rule gets the service and the values about to be
stored (`{"fee": 0, …}`, amounts in rials) and returns its objections, each a full translated
sentence with the reason; an empty list means that it agrees.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cms_pages.models import Service

Rule = Callable[["Service", dict[str, Any]], list[str]]

_rules: list[Rule] = []


def register(rule: Rule) -> None:
    """Ask this rule too, whenever a passport is checked."""
    if rule not in _rules:
        _rules.append(rule)


def unregister(rule: Rule) -> None:
    """Ask this rule no longer."""
    if rule in _rules:
        _rules.remove(rule)


def objections(service: "Service", values: Mapping[str, Any]) -> list[str]:
    """All objections of all rules to these values, each once, in the order of registration."""
    found = [text for rule in _rules for text in rule(service, dict(values))]
    return list(dict.fromkeys(found))


def free_among(services: "Iterable[Service]") -> "set[Service]":
    """Those of many services that cost nothing, whatever fee is stored.

    The rules are asked once for each department that takes a fee at all, as agreements speak for
    whole departments; a list of free services asks nothing.
    """
    by_department: dict[int, bool] = {}
    free = set()
    for service in services:
        department = service.department_id
        if service.fee and department not in by_department:
            by_department[department] = service.is_free
        if not service.fee or by_department[department]:
            free.add(service)
    return free
