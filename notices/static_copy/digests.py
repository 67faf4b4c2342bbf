"""Tells whether a file says anything new, beside the instant that all files of a copy are of."""

import hashlib
import re

# Where pages and JSON say that instant. What is not found here is only sent once too often.
_INSTANT = re.compile(
    rb"<section\b[^>]*\sdata-copy-stale=.*?</section>"
    rb"|<p\b[^>]*\sdata-as-of>.*?</p>"
    rb'|\A\{"at": "[^"]*"'
    rb'|"(?:generated_at|stale_at)": "[^"]*"',
    re.DOTALL,
)


def digest(body: bytes) -> str:
    """The digest of a body."""
    return hashlib.sha256(body).hexdigest()


def timeless(body: bytes) -> bytes:
    """A body without the instant that it is of."""
    return _INSTANT.sub(b"", body)
