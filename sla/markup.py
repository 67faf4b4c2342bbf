"""The text of a clause as a tree of paragraphs, lists and runs, for printing. Pure.

`document.clean_markup` has left nothing in it but `p b strong i em br ul ol li`.
"""

from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]

_BOLD = frozenset({"b", "strong"})
_ITALIC = frozenset({"i", "em"})
_LISTS = frozenset({"ul", "ol"})


def blocks_of(markup: str) -> list[Block]:
    """Paragraphs `{kind: "p", runs}` and lists `{kind: "ul" | "ol", items: [blocks]}` in order.

    A run is `{text, bold, italic, br}`. Words outside of a paragraph get one.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Block] = []
        self._places: list[list[Block]] = [self.root]
        self._runs: list[dict[str, Any]] | None = None
        self._bold = self._italic = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "br":
            self._run("", br=True)
        elif tag in _BOLD:
            self._bold += 1
        elif tag in _ITALIC:
            self._italic += 1
        elif tag in _LISTS:
            self._runs = None
            self._places[-1].append({"kind": tag, "items": []})
        elif tag == "li":
            self._runs = None
            place: list[Block] = []
            # Words between a list and its first item would be a list of their own elsewhere.
            if self._places[-1] and self._places[-1][-1]["kind"] in _LISTS:
                self._places[-1][-1]["items"].append(place)
            self._places.append(place)
        elif tag == "p":
            self._runs = None

    def handle_endtag(self, tag: str) -> None:
        if tag in _BOLD:
            self._bold = max(self._bold - 1, 0)
        elif tag in _ITALIC:
            self._italic = max(self._italic - 1, 0)
        elif tag == "li" and len(self._places) > 1:
            self._places.pop()
            self._runs = None
        elif tag in _LISTS or tag == "p":
            self._runs = None

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text and self._runs is None:
            return
        lead = " " if data[:1].isspace() and self._runs else ""
        tail = " " if text and data[-1:].isspace() else ""
        self._run(f"{lead}{text}{tail}")

    def _run(self, text: str, *, br: bool = False) -> None:
        if self._runs is None:
            self._runs = []
            self._places[-1].append({"kind": "p", "runs": self._runs})
        self._runs.append(
            {"text": text, "bold": self._bold > 0, "italic": self._italic > 0, "br": br}
        )
