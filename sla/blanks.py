"""Blanks that were left unfilled in a form, such as «[مدت زمان]» (R34). Pure.

The national form of agreements writes what is to be filled in between square brackets. A text
that still holds such brackets must not reach a citizen.
"""

import html
import re
from dataclasses import dataclass

_BLANK = re.compile(r"[\[［]([^\[\]［］]{0,300})[\]］]")
_TAG = re.compile(r"<[^>]*>")
_BLOCK_END = re.compile(r"</(?:p|li|ul|ol|h[1-6])>|<br\s*/?>", re.IGNORECASE)
_AROUND = 24


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank: as it is written, with some words around it, on its line (from 1)."""

    text: str
    excerpt: str
    line: int


def find_blanks(text: str) -> list[Blank]:
    """Return the blanks of a plain text, in their order."""
    return [
        Blank(
            text=" ".join(match.group().split()),
            excerpt=_excerpt(text, match.start(), match.end()),
            line=text.count("\n", 0, match.start()) + 1,
        )
        for match in _BLANK.finditer(text)
    ]


def find_blanks_in_html(markup: str) -> list[Blank]:
    """Return the blanks of rich text: tags inside a blank do not hide it."""
    lines = _BLOCK_END.sub("\n", markup)
    return find_blanks(html.unescape(_TAG.sub("", lines)))


def _excerpt(text: str, start: int, end: int) -> str:
    before = " ".join(text[max(start - _AROUND, 0) : start].split("\n")[-1].split())
    after = " ".join(text[end : end + _AROUND].split("\n")[0].split())
    lead = "… " if start > _AROUND else ""
    tail = " …" if end + _AROUND < len(text) else ""
    blank = " ".join(text[start:end].split())
    return " ".join(f"{lead}{before} {blank} {after}{tail}".split())
