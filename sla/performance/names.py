"""What departments, services and kinds are called, kept beside the figures of each month.

Public pages show a promise and its evidence without another query for the names, and a closed
month with the names of its time, whatever its departments and services are called today.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import get_language

from cms_pages.models import Department, Service
from sla.enums import Measure
from sla.measures import source_of

Names = dict[str, Any]


def stored_names() -> dict[str, list[str]]:
    """All departments and services: "department:key" to the name in Persian and in English."""
    found = {}
    for part, model in (("department", Department), ("service", Service)):
        rows = model._default_manager.order_by().values_list("key", "name", "name_en")
        found.update({f"{part}:{key}": [name, english] for key, name, english in rows})
    return found


def names_said(keys: Collection[str]) -> dict[str, list[str]]:
    """Of all departments and services those that a report speaks of."""
    return {key: names for key, names in stored_names().items() if key in keys}


def names_in_language(stored: Mapping[str, list[str]]) -> Names:
    """The same in the reader's language, with the kinds that the measures know."""
    english = get_language() == "en"
    names: Names = {
        key: (name_en if english else "") or name for key, (name, name_en) in stored.items()
    }
    for measure in Measure:
        source = source_of(measure)
        for kind, text in source.kinds.items() if source is not None else ():
            names[f"kind:{kind}"] = text
    return names
