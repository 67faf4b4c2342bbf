"""The digits of a finished HTML page in Persian, where another program has written it.

Text is changed, and nothing else: no attribute, script, style or field; nothing that is marked as
running from left to right, as English or as not to be translated, or as somebody's own words
(`class="words"`); no word in which digits stand beside Latin letters, and no address.
"""

import re

from persian.digits import to_persian

_PART = re.compile(
    r"<(script|style|title|textarea|option|template|code|kbd|pre|samp|svg)\b.*?</\1\s*>"
    r"|<!--.*?-->"
    r"""|<(/?)([a-zA-Z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""",
    re.DOTALL,
)
_OWN_WAY = re.compile(
    r"""\b(?:dir=["']?ltr|lang=["']?en|translate=["']?no|class=["'](?:[^"']*\s)?(?:code|words)[\s"'])""",
    re.ASCII,
)
_WORD = re.compile(
    r"\w+://[^\s<]*|&#?\w+;|(?<![\w,])[0-9]{1,3}(?:,[0-9]{3})+(?![\w,])|[\w./:@+#%-]+", re.ASCII
)
_LETTER = re.compile("[A-Za-z_&]")
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_DECIMAL = re.compile(r"([0-9]+)\.([0-9]+)(%?)")
_DIGIT = re.compile("[0-9]")
_ALONE = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


def localised_html(html: str) -> str:
    """Return a page, or a part of one, with Persian digits in its text."""
    done: list[str] = []
    at, kept, depth = 0, "", 0
    for part in _PART.finditer(html):
        between = html[at : part.start()]
        done += [between if kept else _text(between), part.group()]
        at = part.end()
        closes, name, attributes = part.group(2), (part.group(3) or "").lower(), part.group(4)
        if not name or name in _ALONE:
            continue
        if not kept:
            # The direction of the whole document is told by `html`, which is never skipped.
            if not closes and name != "html" and _OWN_WAY.search(attributes):
                kept, depth = name, 1
        elif name == kept:
            depth += -1 if closes else 1
            kept = kept if depth else ""
    rest = html[at:]
    return "".join([*done, rest if kept else _text(rest)])


def _text(text: str) -> str:
    return _WORD.sub(_word, text) if _DIGIT.search(text) else text


def _word(found: re.Match[str]) -> str:
    word = found.group()
    if _LETTER.search(word) or _ADDRESS.fullmatch(word):
        return word
    decimal = _DECIMAL.fullmatch(word)
    return to_persian(
        f"{decimal[1]}٫{decimal[2]}{decimal[3]}" if decimal else word.replace(",", "٬")
    )
