"""The catalogue of services as a reader narrows it, by plain links and a form without script."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cms_pages.enums import Delivery, LifeEvent
from persian.text import index_words, words

if TYPE_CHECKING:
    from cms_pages.models import ServicePage

# What is longer is nobody's search.
LONGEST_QUERY = 100


@dataclass(frozen=True)
class Choice:
    """One value a reader can narrow by, with how many services it leaves of all."""

    value: str
    label: Any
    count: int
    chosen: bool


@dataclass(frozen=True)
class Entry:
    """A service as the catalogue lists it, with the services that are part of it."""

    page: "ServicePage"
    parts: "list[Entry]"


class Catalogue:
    """All services offered, read once, and those that the query string leaves.

    Unknown values narrow to nothing known and are ignored: a wrong link still shows services.
    """

    def __init__(self, pages: "Iterable[ServicePage]", query: QueryDict) -> None:
        self._pages = pages
        self._query = query

    @cached_property
    def all(self) -> "list[ServicePage]":
        """Every service offered, in the editors' order."""
        return list(self._pages)

    @cached_property
    def text(self) -> str:
        """The words searched for, as typed."""
        return self._query.get("q", "")[:LONGEST_QUERY].strip()

    @cached_property
    def needs(self) -> list[Choice]:
        """The needs that any service answers."""
        found = {need.key: need for page in self.all for need in page.service.needs.all()}
        in_order = sorted(found.values(), key=lambda need: (need.sort_order, need.name_key))
        counts = _count(need.key for page in self.all for need in page.service.needs.all())
        wanted = self._query.get("need", "")
        return [Choice(n.key, str(n), counts[n.key], n.key == wanted) for n in in_order]

    @cached_property
    def events(self) -> list[Choice]:
        """The life events that any service belongs to."""
        counts = _count(page.service.life_event for page in self.all)
        return self._choices("event", LifeEvent, counts)

    @cached_property
    def deliveries(self) -> list[Choice]:
        """Electronic and not."""
        counts = _count(page.service.delivery for page in self.all)
        return self._choices("delivery", Delivery, counts)

    def _choices(self, name: str, kind: Any, counts: dict[str, int]) -> list[Choice]:
        wanted = self._query.get(name, "")
        return [
            Choice(member.value, member.label, counts[member.value], member.value == wanted)
            for member in kind
            if member.value in counts
        ]

    @cached_property
    def found(self) -> "list[ServicePage]":
        """What is left."""
        need, event, delivery = (_chosen(c) for c in (self.needs, self.events, self.deliveries))
        wanted = words(self.text)
        return [
            page
            for page in self.all
            if (not need or need in {n.key for n in page.service.needs.all()})
            and (not event or page.service.life_event == event)
            and (not delivery or page.service.delivery == delivery)
            and (not wanted or _has(page, wanted))
        ]

    @cached_property
    def groups(self) -> list[tuple[Any, Any, list[Entry]]]:
        """Electronic services (R16), then the others (R17): key, heading and services.

        What is part of another service stands below it, if that one is in the same group.
        """
        headings = {
            Delivery.ELECTRONIC: _("Electronic services"),
            Delivery.IN_PERSON: _("Non-electronic services"),
        }
        grouped = [
            (kind.value, heading, _nested([p for p in self.found if p.service.delivery == kind]))
            for kind, heading in headings.items()
        ]
        return [group for group in grouped if group[2]]

    @property
    def narrowed(self) -> bool:
        """True when the reader has chosen or typed anything that counts."""
        choices = (self.needs, self.events, self.deliveries)
        return bool(self.text) or any(_chosen(choice) for choice in choices)


def _nested(pages: "list[ServicePage]") -> list[Entry]:
    """The pages in their order, each part below what it is part of."""
    shown = {page.service_id for page in pages}
    below: dict[int | None, list[ServicePage]] = {}
    for page in pages:
        parent = page.service.parent_id
        below.setdefault(parent if parent in shown else None, []).append(page)

    def entries(parent: int | None) -> list[Entry]:
        return [Entry(page, entries(page.service_id)) for page in below.get(parent, [])]

    return entries(None)


def _chosen(choices: list[Choice]) -> str:
    return next((choice.value for choice in choices if choice.chosen), "")


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def _has(page: "ServicePage", wanted: list[str]) -> bool:
    service = page.service
    text = f"{page.title} {page.search_description} {service.name} {service.code}"
    have = index_words(text)
    return all(any(word.startswith(want) for word in have) for want in wanted)
