"""How the departments and services that targets name are called: one query for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import CharField, F, Value

from cms_pages.models import Department, Service
from sla.targets import Target

DEPARTMENT, SERVICE = "d", "s"


@dataclass(frozen=True, slots=True)
class Names:
    """Names by key in one language; for a service also the key of its department."""

    departments: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    department_of: dict[str, str] = field(default_factory=dict)


def read(departments: Iterable[str], services: Iterable[str], language: str) -> Names:
    """Read the names of these keys; without keys no query. Keys that do not exist are left out."""
    # No key has a NUL in it, and PostgreSQL takes none.
    wanted = [{key for key in keys if key and "\0" not in key} for keys in (departments, services)]
    names = Names()
    if not any(wanted):
        return names
    columns = ("what", "key", "name", "name_en", "place")
    offices = Department.objects.filter(key__in=wanted[0]).order_by()
    catalogue = Service.objects.filter(key__in=wanted[1]).order_by()
    rows = (
        offices.annotate(what=Value(DEPARTMENT, CharField()), place=Value("", CharField()))
        .values_list(*columns)
        .union(
            catalogue.annotate(
                what=Value(SERVICE, CharField()), place=F("department__key")
            ).values_list(*columns),
            all=True,
        )
        .order_by()
    )
    for what, key, name, name_en, place in rows:
        shown = (name_en if language == "en" else "") or name
        if what == DEPARTMENT:
            names.departments[key] = shown
        else:
            names.services[key] = shown
            names.department_of[key] = place
    return names


def named(targets: Sequence[Target], language: str) -> tuple[Target, ...]:
    """The targets with the names of what they are about; "" for what does not exist (any more)."""
    names = read(
        (target.department for target in targets), (target.service for target in targets), language
    )
    return tuple(
        replace(
            target,
            department_name=names.departments.get(target.department, ""),
            service_name=names.services.get(target.service, ""),
        )
        for target in targets
    )
