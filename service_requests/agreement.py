"""Which agreement a case is registered under (R12), remembered until something changes it.

The look-up takes longer than storing the case. Everything in `sla` that changes moves the page
cache's shared generation, and so does nothing that leaves the answer as it was for longer than
the day: a process may keep the answer for one generation and one day of Tehran.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import translation

from desk_core.page_cache.generation import shared_generation
from sla import agreements
from sla.state import today


@dataclass(frozen=True)
class AtRegistration:
    """The version in force, or a note on what there was instead («هیچ؛ آخرین: نسخهٔ N»)."""

    version_id: int | None
    note: str


_known: tuple[tuple[str, date], AtRegistration] | None = None


def at_registration() -> AtRegistration:
    """What a case registered now records about the agreement."""
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
        return AtRegistration(version.pk, "")
    with translation.override(settings.LANGUAGE_CODE):
        return AtRegistration(None, agreements.label_for_case(None, on=day)[:200])
