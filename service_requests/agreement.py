"""What a case is registered under: agreement (R12) and privacy statement (R43), remembered.

The look-up takes longer than storing the case. Every change of an agreement, of the working
calendar or of a page moves the page cache's shared generation, and by itself the answer changes at
midnight only: a process may keep it for one generation and one day of Tehran.
"""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils import translation

from cms_pages.models import PrivacyPage
from desk_core.page_cache.generation import shared_generation
from sla import agreements
from sla.promises import Promises, of_version
from sla.state import today


@dataclass(frozen=True)
class AtRegistration:
    """The version in force, or a note on what there was instead («هیچ؛ آخرین: نسخهٔ N»).

    Beside it the version of the privacy statement that people accept: that of its live page, or
    the setting `DESK_CONSENT_VERSION` ("1") where there is no such page. `promises` is what that
    version promises in time, with the working calendar to count in.
    """

    version_id: int | None
    note: str
    consent_version: str
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
    if version is not None:
        return AtRegistration(version.pk, "", _consent_version(), of_version(version.pk))
    with translation.override(settings.LANGUAGE_CODE):
        note = agreements.label_for_case(None, on=day)[:200]
    return AtRegistration(None, note, _consent_version())


def _consent_version() -> str:
    pages = PrivacyPage.objects.live().order_by("path").values_list("version", flat=True)
    return pages.first() or str(getattr(settings, "DESK_CONSENT_VERSION", "1"))
