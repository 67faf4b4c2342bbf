"""The kinds of cases that a target may name: the floor above fills in its own vocabulary.

`sla` knows no cases. Whoever keeps them registers each kind in `AppConfig.ready()`, with the words
that the sentences of targets need.
"""

from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

Text = str | Lazy


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of cases is spoken of; `%(place)s` is the department, or the service."""

    label: Text
    many: Text
    of_department: Text
    of_service: Text


#: Cases of every kind.
ANY = Words(
    label=_("all kinds"),
    many=_("cases"),
    of_department=_("cases of %(place)s"),
    of_service=_("cases about the service “%(place)s”"),
)

_kinds: dict[str, Words] = {}


def register_kind(value: str, words: Words) -> None:
    """Make a kind known, by the value that clocks and targets store (at most 12 letters)."""
    _kinds[value] = words


def kinds() -> list[tuple[str, Text]]:
    """The kinds as choices, in the order of their registration."""
    return [(value, words.label) for value, words in _kinds.items()]


def is_known(kind: str) -> bool:
    """Whether a kind, or "" for all of them, can be chosen."""
    return not kind or kind in _kinds


def words_of(kind: str) -> Words:
    """The words of a kind; those of all cases where it is not known (any more)."""
    return _kinds.get(kind, ANY)
