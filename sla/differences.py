"""What changed between two documents, clause by clause (R35): pure.

Clauses that say the same are matched first, then those with the same type and heading, then the
most alike, and last those that keep their own anchor; what is left was added or removed. A clause
whose number changed only because others came or went before it has not moved.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sla.document import Clause, Document, Party
from sla.enums import ClauseType
from sla.targets import Target
from sla.word_diff import Line, Piece, diff_html, diff_words, likeness, plain_text

#: From this likeness on two clauses are the same one, changed.
ALIKE = 0.5
_AROUND_BLOCKS = re.compile(r"\s*(</?(?:p|ul|ol|li)>|<br ?/?>)\s*")
#: The page editor writes the one for the other; a reader sees the same.
_SAME_TAGS = (("strong>", "b>"), ("em>", "i>"))

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that changed; `name` is that of the document's, party's, clause's or target's."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """What became of one clause: `old` is None when it was added, `new` when it was removed."""

    old: Clause | None
    new: Clause | None
    title: tuple[Piece, ...] = ()
    lines: tuple[Line, ...] = ()
    fields: tuple[Field, ...] = ()
    moved: bool = False
    emphasis: bool = False

    @property
    def kind(self) -> str:
        """`added`, `removed`, `changed`, `moved` (and nothing else), or `same`."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        worded = any(not line.same for line in self.lines) or self.old.title != self.new.title
        if worded or self.fields or self.emphasis:
            return "changed"
        return "moved" if self.moved else "same"

    @property
    def clause(self) -> Clause:
        """The clause as it is, or as it was when it is gone."""
        return self.new or self.old  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class PartyChange:
    """What became of one party; without `old` it was added, without `new` removed."""

    old: Party | None
    new: Party | None
    fields: tuple[Field, ...] = ()

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What became of one target; without `old` it was added, without `new` removed."""

    old: Target | None
    new: Target | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs between two documents; `clauses` holds unchanged ones too."""

    title: tuple[Piece, ...]
    terms: tuple[Field, ...]
    parties: tuple[PartyChange, ...]
    clauses: tuple[ClauseChange, ...]
    targets: tuple[TargetChange, ...]

    @property
    def changed_clauses(self) -> tuple[ClauseChange, ...]:
        """Those clauses of which there is something to say."""
        return tuple(clause for clause in self.clauses if clause.kind != "same")

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return not (
            self.title or self.terms or self.parties or self.changed_clauses or self.targets
        )


def differences(old: Document, new: Document) -> Differences:
    """What somebody has to know who read `old` and now reads `new`."""
    old_title, new_title = _nfc(old.title), _nfc(new.title)
    return Differences(
        title=diff_words(old_title, new_title) if old_title != new_title else (),
        terms=_fields(old, new, ("valid_from", "valid_to", "ending", "g2g", "outages")),
        parties=_parties(old.parties, new.parties),
        clauses=tuple(_clauses(old.clauses, new.clauses)),
        targets=_targets(old.targets, new.targets),
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _fields(old: Any, new: Any, names: Sequence[str]) -> tuple[Field, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return tuple(Field(*pair) for pair in pairs if _plain(pair[1]) != _plain(pair[2]))


def _plain(value: Any) -> Any:
    return _nfc(value) if type(value) is str else value


def _parties(old: Sequence[Party], new: Sequence[Party]) -> tuple[PartyChange, ...]:
    """Parties of the same side and name are the same; then those of the same side, in order."""
    names = ("role", "name", "signs", "signatory_name", "signatory_post")
    pairs = _by_key(old, new, lambda party: (party.role, _nfc(party.name)))
    pairs += _by_key(old, new, lambda party: party.role, pairs)
    found = [
        PartyChange(old[i], new[j], fields)
        for i, j in sorted(pairs, key=lambda pair: pair[1])
        if (fields := _fields(old[i], new[j], names))
    ]
    gone, come = _left(len(old), pairs, 0), _left(len(new), pairs, 1)
    found += [PartyChange(None, new[j]) for j in come]
    return (*found, *(PartyChange(old[i], None) for i in gone))


def _targets(old: Sequence[Target], new: Sequence[Target]) -> tuple[TargetChange, ...]:
    """Equal ones are the same; then those that measure the same thing, in order; then by key."""
    pairs = _by_key(old, new, _promise)
    same = set(pairs)
    pairs += _by_key(old, new, lambda t: (t.measure, t.department, t.service, t.kind), pairs)
    pairs += _by_key(old, new, lambda t: (t.key, t.measure), pairs)
    found = [TargetChange(old[i], new[j]) for i, j in sorted(pairs) if (i, j) not in same]
    found += [TargetChange(None, new[j]) for j in _left(len(new), pairs, 1)]
    return (*found, *(TargetChange(old[i], None) for i in _left(len(old), pairs, 0)))


def _promise(target: Target) -> tuple[Any, ...]:
    """All that a target says; its key is only how the text counts it."""
    place = (target.department, target.service, target.kind)
    return (target.measure, target.share, target.amount, target.unit, *place, _nfc(target.text))


def _clauses(old: Sequence[Clause], new: Sequence[Clause]) -> Iterator[ClauseChange]:
    """The clauses in the order of the new text; each removed one after what stood before it."""
    pairs = _matched(old, new)
    moved = _moved(pairs)
    at_new = {j: i for i, j in pairs}
    gone = _left(len(old), pairs, 0)
    place = dict(pairs)
    after: dict[int, list[int]] = {}
    for i in gone:
        before = next((place[k] for k in range(i - 1, -1, -1) if k in place), -1)
        after.setdefault(before, []).append(i)
    yield from (_removed(old[i]) for i in after.get(-1, ()))
    for j, clause in enumerate(new):
        if j in at_new:
            yield _both(old[at_new[j]], clause, moved=(at_new[j], j) in moved)
        else:
            yield ClauseChange(
                None, clause, diff_words("", _nfc(clause.title)), diff_html("", _nfc(clause.html))
            )
        yield from (_removed(old[i]) for i in after.get(j, ()))


def _removed(clause: Clause) -> ClauseChange:
    return ClauseChange(
        clause, None, diff_words(_nfc(clause.title), ""), diff_html(_nfc(clause.html), "")
    )


def _both(old: Clause, new: Clause, *, moved: bool) -> ClauseChange:
    before, after = _nfc(old.html), _nfc(new.html)
    return ClauseChange(
        old=old,
        new=new,
        title=diff_words(_nfc(old.title), _nfc(new.title)),
        lines=diff_html(before, after),
        fields=_fields(old, new, ("type", "free", "g2g")),
        moved=moved or old.nested != new.nested,
        emphasis=_form(before) != _form(after) and plain_text(before) == plain_text(after),
    )


def _form(html: str) -> str:
    """The markup as far as a reader can see it: the editor writes it anew when a page is saved."""
    for one, other in _SAME_TAGS:
        html = html.replace(one, other)
    return _AROUND_BLOCKS.sub(r"\1", " ".join(html.split())).replace("<p></p>", "")


def _matched(old: Sequence[Clause], new: Sequence[Clause]) -> list[Pair]:
    """Which clause became which."""
    pairs = _by_key(old, new, lambda c: (c.type, _nfc(c.title), _nfc(c.html)))
    pairs += _by_key(old, new, lambda c: (c.type, _nfc(c.title)), pairs)
    pairs += _most_alike(old, new, pairs)
    # A clause that was written anew keeps its place when its type has only one.
    return pairs + _by_key(
        old, new, lambda c: c.type if c.type != ClauseType.OTHER else (c.anchor, c.number), pairs
    )


def _most_alike(old: Sequence[Clause], new: Sequence[Clause], taken: list[Pair]) -> list[Pair]:
    scored = []
    come = _left(len(new), taken, 1)
    for i in _left(len(old), taken, 0):
        for j in come:
            score = likeness(_words(old[i]), _words(new[j]))
            if score >= ALIKE:
                own = (old[i].type == new[j].type) + (old[i].anchor == new[j].anchor)
                scored.append((score + own / 10, -abs(i - j), i, j))
    found: list[Pair] = []
    for _score, _near, i, j in sorted(scored, reverse=True):
        if all(i != a and j != b for a, b in found):
            found.append((i, j))
    return found


def _words(clause: Clause) -> str:
    return _nfc(f"{clause.title}\n{plain_text(clause.html)}")


def _by_key(
    old: Sequence[Any], new: Sequence[Any], key: Any, taken: Sequence[Pair] = ()
) -> list[Pair]:
    """Pairs with the same key, in order, of what is not taken yet."""
    waiting: dict[Any, list[int]] = {}
    for i in _left(len(old), taken, 0):
        waiting.setdefault(key(old[i]), []).append(i)
    found = []
    for j in _left(len(new), taken, 1):
        if waiting.get(key(new[j])):
            found.append((waiting[key(new[j])].pop(0), j))
    return found


def _left(count: int, pairs: Sequence[Pair], side: int) -> list[int]:
    """The places of one side that are in no pair."""
    taken = {pair[side] for pair in pairs}
    return [n for n in range(count) if n not in taken]


def _moved(pairs: Sequence[Pair]) -> set[Pair]:
    """The fewest pairs without which all others stand in the same order as before."""
    ordered = sorted(pairs, key=lambda pair: pair[1])
    best: list[tuple[int, int]] = []  # length of the longest run that ends here, its place before
    for n, (i, _j) in enumerate(ordered):
        before = [(best[m][0], m) for m in range(n) if ordered[m][0] < i]
        length, place = max(before, default=(0, -1))
        best.append((length + 1, place))
    at = max(range(len(ordered)), key=lambda n: best[n][0], default=-1)
    kept = set()
    while at >= 0:
        kept.add(ordered[at])
        at = best[at][1]
    return set(pairs) - kept
