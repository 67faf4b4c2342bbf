"""Last year's facts beside the promises of a version, for whoever drafts its successor (R36).

The floor, or the module, that measures registers a function in `AppConfig.ready()`; until then
every promise stands as "not measured yet".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sla.change_words import target_words
from sla.document import Document

#: Given a version's text and its key, and the first and last day of the year: what was measured,
#: in words, by the key of the target. Targets that it leaves out are not measured yet.
Facts = Callable[[Document, int, date, date], Mapping[str, str]]

_providers: list[Facts] = []


@dataclass(frozen=True, slots=True)
class Beside:
    """A promise in words, and what was measured of it."""

    promise: str
    fact: str


def register(provider: Facts) -> None:
    """Ask this function too."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Facts) -> None:
    """Ask it no longer."""
    if provider in _providers:
        _providers.remove(provider)


def facts_beside(document: Document, version_id: int, first: date, last: date) -> list[Beside]:
    """Every promise of a text with what was measured of it between two days."""
    known: dict[str, str] = {}
    for provider in _providers:
        known |= provider(document, version_id, first, last)
    return [
        Beside(target_words(target), known.get(target.key) or _("not measured yet"))
        for target in document.targets
    ]
