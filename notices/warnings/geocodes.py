"""Codes of a place for machines, as editors write them: one NAME=CODE a line; pure."""

import re

from django.utils.translation import gettext as _

from persian.digits import grouped, to_ascii

TEXT_LIMIT = 1000
MOST = 20
_LINE = re.compile(r"([A-Za-z][\w .-]{0,39}?)\s*=\s*([\w][\w ./:-]{0,59})", re.ASCII)


def read(text: str) -> list[tuple[str, str]]:
    """Names with their codes, in the order given. Raises ValueError with a message."""
    found = []
    for line in to_ascii(text).splitlines():
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(
                _("“%(line)s” is no code of a place: write NAME=CODE in Latin letters.")
                % {"line": line.strip()[:60]}
            )
        found.append((match[1], match[2]))
    if len(found) > MOST:
        raise ValueError(_("At most %(most)s codes of a place.") % {"most": grouped(MOST)})
    return found


def canonical(text: str) -> str:
    """The same codes as they are stored. Raises ValueError."""
    return "\n".join(f"{name}={code}" for name, code in read(text))


def wrong(text: str) -> str | None:
    """Why the lines are no codes; None when they are."""
    try:
        read(text)
    except ValueError as error:
        return str(error)
    return None
