"""What changed between two texts, word by word: pure.

Words are Persian or Latin words with their ZWNJ and marks, numbers and dates as a whole, and single
signs; a changed letter marks the whole word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser

_MARKS = "\u200c\u200d\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_TOKEN = re.compile(rf"(\d+(?:[/.,٫٬:\-]\d+)+|[\w{_MARKS}]+|[^\w\s{_MARKS}])(\s*)")
#: Above this product of lengths two texts are shown as one taken away and one put in its place.
_MOST = 4_000_000
#: From this likeness on two paragraphs are the same one, changed.
_ALIKE = 0.4


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    INSERTED = "ins"
    DELETED = "del"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words together, and what became of them."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, or one item of a list, in pieces."""

    pieces: tuple[Piece, ...]
    item: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing of it changed."""
        return all(piece.op == Op.SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, or one item of a list, as plain text."""

    text: str
    item: bool = False


def diff_words(old: str, new: str) -> tuple[Piece, ...]:
    """The words of both texts in one row; joined again without what was deleted it is `new`."""
    if old == new:
        return (Piece(Op.SAME, new),) if new else ()
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) * len(after) > _MOST:
        return _tidy([Piece(Op.DELETED, old), Piece(Op.INSERTED, new)])
    matcher = SequenceMatcher(None, [t[0] for t in before], [t[0] for t in after], autojunk=False)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces += _kept(before[i1:i2], after[j1:j2])
            continue
        pieces.append(Piece(Op.DELETED, _joined(before[i1:i2])))
        pieces.append(Piece(Op.INSERTED, _joined(after[j1:j2])))
    return _tidy(pieces)


def diff_html(old: str, new: str) -> tuple[Line, ...]:
    """The paragraphs of two clean rich texts, each with what changed in it."""
    return diff_paragraphs(paragraphs_of(old), paragraphs_of(new))


def diff_paragraphs(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> tuple[Line, ...]:
    """Paragraphs in the order of the new text, those taken away at their old place."""
    lines: list[Line] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [_whole(Op.SAME, paragraph) for paragraph in new[j1:j2]]
        else:
            lines += _replaced(old[i1:i2], new[j1:j2])
    return tuple(lines)


def likeness(old: str, new: str) -> float:
    """How much two texts have in common: 0 nothing, 1 every word in the same order."""
    before = [token[0] for token in _TOKEN.findall(old)]
    after = [token[0] for token in _TOKEN.findall(new)]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if len(before) * len(after) > _MOST:
        return matcher.quick_ratio()
    return matcher.ratio()


def paragraphs_of(markup: str) -> list[Paragraph]:
    """The paragraphs and list items of clean rich text, without emphasis."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    reader.end_paragraph()
    return reader.found


def words_of(text: str) -> list[str]:
    """The words, numbers and signs of a plain text."""
    return [word for word, _space in _TOKEN.findall(text)]


def plain_text(markup: str) -> str:
    """The words of clean rich text, a paragraph a line."""
    return "\n".join(paragraph.text for paragraph in paragraphs_of(markup))


def _replaced(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[Line]:
    """Some paragraphs that stand in the place of others: like ones together, in order."""
    lines: list[Line] = []
    waiting = list(old)
    for paragraph in new:
        place = next(
            (n for n, one in enumerate(waiting) if likeness(one.text, paragraph.text) >= _ALIKE),
            None,
        )
        if place is None:
            lines.append(_whole(Op.INSERTED, paragraph))
            continue
        lines += [_whole(Op.DELETED, gone) for gone in waiting[:place]]
        lines.append(Line(diff_words(waiting[place].text, paragraph.text), paragraph.item))
        del waiting[: place + 1]
    return lines + [_whole(Op.DELETED, gone) for gone in waiting]


def _whole(op: Op, paragraph: Paragraph) -> Line:
    return Line((Piece(op, paragraph.text),), paragraph.item)


def _kept(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[Piece]:
    """The same words; only the space behind them may have come or gone."""
    pieces: list[Piece] = []
    for (word, old_space), (_word, new_space) in zip(before, after, strict=True):
        if bool(old_space) == bool(new_space):
            pieces.append(Piece(Op.SAME, word + new_space))
            continue
        pieces += [Piece(Op.SAME, word), Piece(Op.DELETED, old_space)]
        pieces.append(Piece(Op.INSERTED, new_space))
    return pieces


def _joined(tokens: Sequence[tuple[str, str]]) -> str:
    return "".join(word + space for word, space in tokens)


def _tidy(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Without empty pieces, and neighbours of a kind as one."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].op == piece.op:
            found[-1] = Piece(piece.op, found[-1].text + piece.text)
        else:
            found.append(piece)
    return tuple(found)


class _Reader(HTMLParser):
    """Takes rich text apart at its paragraphs, list items and line breaks."""

    BREAKS = frozenset({"p", "li", "ul", "ol", "br"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Paragraph] = []
        self._text: list[str] = []
        self._item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BREAKS:
            self.end_paragraph()
            self._item = tag == "li"

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BREAKS:
            self.end_paragraph()
            self._item = False

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def end_paragraph(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        if text:
            self.found.append(Paragraph(text, self._item))
