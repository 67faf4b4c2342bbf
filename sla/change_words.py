"""What changed as a page shows it: names of facts, values as people read them, rows with tones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from persian.jalali import format_date
from sla.differences import ClauseChange, Differences, Field, PartyChange, TargetChange
from sla.sentences import sentence
from sla.targets import Target

FIELDS: dict[str, str | Promise] = {
    "valid_from": gettext_lazy("Valid from"),
    "valid_to": gettext_lazy("Valid until"),
    "ending": gettext_lazy("Ends"),
    "g2g": gettext_lazy("Between two organisations (G2G)"),
    "outages": gettext_lazy("During an outage"),
    "role": gettext_lazy("Side"),
    "name": gettext_lazy("Name"),
    "signs": gettext_lazy("Signs the agreement"),
    "signatory_name": gettext_lazy("Name of the signatory"),
    "signatory_post": gettext_lazy("Post of the signatory"),
    "type": gettext_lazy("Type of clause"),
    "free": gettext_lazy("The services are free of charge"),
}
CLAUSE_FIELDS: dict[str, str | Promise] = FIELDS | {
    "g2g": gettext_lazy("For services between organisations (G2G)")
}
KINDS: dict[str, tuple[str, str | Promise]] = {
    "added": ("ok", gettext_lazy("Added")),
    "removed": ("major", gettext_lazy("Removed")),
    "changed": ("waiting", gettext_lazy("Changed")),
    "moved": ("info", gettext_lazy("Moved")),
    "same": ("closed", gettext_lazy("Unchanged")),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that changed, in words."""

    label: str | Promise
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Row:
    """One clause, party or target that changed: what became of it, and its facts in words."""

    change: ClauseChange | PartyChange | TargetChange
    facts: list[Fact]

    @property
    def tone(self) -> str:
        """The tone of what became of it."""
        return KINDS[self.change.kind][0]

    @property
    def label(self) -> str | Promise:
        """What became of it, in a word."""
        return KINDS[self.change.kind][1]

    @property
    def renumbered(self) -> bool:
        """Whether a clause has another number than before."""
        old, new = self.change.old, self.change.new
        return getattr(old, "number", None) != getattr(new, "number", None)


def facts_of(fields: Iterable[Field], names: Mapping[str, str | Promise] = FIELDS) -> list[Fact]:
    """Changed fields in words."""
    return [Fact(names[f.name], value_words(f.old), value_words(f.new)) for f in fields]


def rows_of(found: Differences) -> dict[str, list[Row]]:
    """Parties, clauses and targets of which there is something to say, for a template."""
    return {
        "parties": [Row(change, facts_of(change.fields)) for change in found.parties],
        "clauses": [
            Row(change, facts_of(change.fields, CLAUSE_FIELDS)) for change in found.changed_clauses
        ],
        "targets": [Row(change, [_promise(change)]) for change in found.targets],
    }


def _promise(change: TargetChange) -> Fact:
    old, new = (target_words(t) if t else "" for t in (change.old, change.new))
    return Fact("", old, new)


def value_words(value: Any) -> str:
    """A value in the reader's language: dates in their calendar, choices by their name."""
    if value is None or value == "":
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return format_date(value, "long")
    return str(getattr(value, "label", value))


def target_words(target: Target) -> str:
    """What a target promises, as a sentence in the reader's language."""
    return sentence(target, get_language() or "fa")
