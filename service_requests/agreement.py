"""What a case is registered under, remembered: agreement (R12), privacy statement (R43), places.

The look-ups take longer than storing the case. Every change of an agreement, the working calendar,
a page, a department or a service moves the page cache's shared generation, and by itself the
answer changes at midnight only: a process may keep it for one generation and one day of Tehran.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils import translation

from cms_pages.models import Department, PrivacyPage, Service
from desk_core.page_cache.generation import shared_generation
from sla import agreements
from sla.promises import Promises, of_version
from sla.state import today


@dataclass(frozen=True)
class AtRegistration:
    """The version in force, or a note on what there was instead («هیچ؛ آخرین: نسخهٔ N»).

    Beside it the version of the privacy statement that people accept: that of its live page, or
    the setting `DESK_CONSENT_VERSION` ("1") where there is no such page; what the version promises
    in time, with the working calendar to count in; and the departments and services that may be
    chosen, by their keys.
    """

    version_id: int | None
    note: str
    consent_version: str
    departments: Mapping[str, Department] = field(default_factory=dict, repr=False)
    services: Mapping[str, Service] = field(default_factory=dict, repr=False)
    promises: Promises = field(default_factory=lambda: Promises(None), repr=False, compare=False)


_known: tuple[tuple[str, date], AtRegistration] | None = None


def at_registration() -> AtRegistration:
    """What a case registered now records about agreement and privacy statement."""
    global _known
    key = (shared_generation(), today())
    if _known is not None and _known[0] == key:
        return _known[1]
    found = _look_up(key[1])
    # Without a shared cache there is no mark, and nothing that says when to forget.
    _known = (key, found) if key[0] else None
    return found


def _look_up(day: date) -> AtRegistration:
    version = agreements.in_force(day)
    note = ""
    if version is None:
        with translation.override(settings.LANGUAGE_CODE):
            note = agreements.label_for_case(None, on=day)[:200]
    return AtRegistration(
        version_id=version.pk if version is not None else None,
        note=note,
        consent_version=_consent_version(),
        promises=of_version(version.pk) if version is not None else Promises(None),
        departments={row.key: row for row in Department.objects.active()},
        services={row.key: row for row in Service.objects.active().select_related("department")},
    )


def _consent_version() -> str:
    pages = PrivacyPage.objects.live().order_by("path").values_list("version", flat=True)
    return pages.first() or str(getattr(settings, "DESK_CONSENT_VERSION", "1"))
