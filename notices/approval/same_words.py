"""When two texts say the same: an editor's screen changes how they are written, not what. Pure.

Browsers send other line ends than they were given. A field of rich text gives its blocks new keys,
and makes an empty paragraph of nothing.
"""

import re

from persian.text import normalise

_KEY = re.compile(r'\s+data-block-key="[^"]*"')
_EMPTY = re.compile(r"<p>(?:\s|<br\s*/?>)*</p>")


def plain(text: str | None) -> str:
    """A plain text as it is compared."""
    return normalise(text or "")


def rich(html: str | None) -> str:
    """A rich text as it is compared."""
    return _EMPTY.sub("", _KEY.sub("", html or "")).strip()


def minute(moment: str | None) -> str:
    """A moment in ISO form: the editor's fields show no seconds, and saving them drops these."""
    return (moment or "")[: len("2026-11-22T10:30")]
