"""What a case is registered under, remembered: agreement (R12), privacy statement (R43), places.

The look-ups take longer than storing the case. Every change of an agreement, a page, a department
or a service moves the page cache's shared generation, and by itself the answer changes at midnight
only: a process may keep it for one generation and one day of Tehran.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Case, Value, When
from django.utils import translation
from wagtail.models import Page

from cms_pages.models import Department, DeskSettings, PrivacyPage, Service
from desk_core.page_cache.generation import shared_generation
from sla import agreements
from sla.state import today


@dataclass(frozen=True)
class AtRegistration:
    """The version in force, or a note on what there was instead («هیچ؛ آخرین: نسخهٔ N»).

    Beside it the version of the privacy statement that people accept.
    """

    version_id: int | None
    note: str
    consent_version: str


@dataclass(frozen=True)
class Remembered:
    """What holds on one day: the places that may be chosen, by their keys, and the terms."""

    day: date
    consent_version: str
    departments: Mapping[str, Department] = field(repr=False)
    services: Mapping[str, Service] = field(repr=False)
    _terms: dict[int, AtRegistration] = field(default_factory=dict, repr=False)

    def at_registration(self, department_id: int) -> AtRegistration:
        """What a case registered at this department now records; its own agreement goes first."""
        if department_id not in self._terms:
            self._terms[department_id] = self._look_up(department_id)
        return self._terms[department_id]

    def _look_up(self, department_id: int) -> AtRegistration:
        known = agreements.known_versions(department_id=department_id)
        version = agreements.choose_in_force(known, self.day)
        note = ""
        if version is None:
            last = agreements.choose_latest_expired(known, self.day)
            with translation.override(settings.LANGUAGE_CODE):
                note = agreements.label_of_none(last)[:200]
        return AtRegistration(version.pk if version else None, note, self.consent_version)


_known: tuple[tuple[str, date], Remembered] | None = None


def remembered() -> Remembered:
    """What is known for today; looked up again after every change that may touch it."""
    global _known
    key = (shared_generation(), today())
    if _known is not None and _known[0] == key:
        return _known[1]
    found = Remembered(
        day=key[1],
        consent_version=_consent_version(),
        departments={row.key: row for row in Department.objects.active()},
        services={row.key: row for row in Service.objects.active().select_related("department")},
    )
    # Without a shared cache there is no mark, and nothing that says when to forget.
    _known = (key, found) if key[0] else None
    return found


def at_registration(department_id: int) -> AtRegistration:
    """What a case registered at this department now records about agreement and statement."""
    return remembered().at_registration(department_id)


def _consent_version() -> str:
    """That of the statement which the site's settings link, else of the first live one.

    A translation stands for the linked page where that is not live; without any page it is the
    setting `DESK_CONSENT_VERSION` ("1").
    """
    linked = DeskSettings.objects.filter(site__is_default_site=True).values("privacy_page")
    same = Page.objects.filter(pk__in=linked).values("translation_key")
    nearness = Case(
        When(pk__in=linked, then=Value(0)),
        When(translation_key__in=same, then=Value(1)),
        default=Value(2),
    )
    pages = PrivacyPage.objects.live().order_by(nearness, "path").values_list("version", flat=True)
    return pages.first() or str(getattr(settings, "DESK_CONSENT_VERSION", "1"))
