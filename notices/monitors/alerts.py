"""What one message of a monitor says of one alert, whichever product sent it; pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from notices import rules
from notices.enums import Impact

TITLE_LIMIT = 255
DETAILS_LIMIT = 2000
LABELS_LIMIT = 40
LABEL_LIMIT = 300

_SECRET_NAME = re.compile(
    r"passw|secret|token|credential|authori[sz]ation|cookie|api[-_]?key|private[-_]?key", re.I
)
# Bounded, so that no text makes them slow.
_USER_INFO = re.compile(r"([a-z][a-z0-9+.-]{0,20}://)[^/\s@]{0,300}@", re.I)
_QUERY = re.compile(r"([a-z][a-z0-9+.-]{0,20}://[^\s?#]{0,500})[?#]\S*", re.I)
_BEARER = re.compile(r"\b(bearer|basic)\s+\S+", re.I)
_ZWNJ = "\u200c"


class Malformed(ValueError):
    """A payload that is not what its product sends; the message says where."""


@dataclass(frozen=True)
class Alert:
    """One alert as one message tells of it; times are aware, as its monitor's clock has them.

    `exact`: the start is the same in every message of one episode. Monitors that only tell when
    they looked (Uptime Kuma) are not: there an alert joins the episode that is open.
    """

    fingerprint: str
    title: str
    firing: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    details: str = ""
    exact: bool = True
    impact: Impact | None = None

    @property
    def mark(self) -> str:
        """The fingerprint at the length at which it is stored."""
        if len(self.fingerprint) <= 64 and self.fingerprint.isprintable():
            return self.fingerprint
        return _digest(self.fingerprint)

    def key(self, start: datetime) -> str:
        """What is stored once: the fingerprint with the start, which is `start` where none is said.

        Not the start as it was corrected: a clock that jumps makes no second episode.
        """
        said = self.starts_at if self.exact and self.starts_at else start
        return _digest(f"{self.fingerprint}\0{said.astimezone(UTC).isoformat()}")


def believable(moment: datetime, now: datetime) -> datetime:
    """A monitor's time as it is stored: nothing from the future, nothing older than a year.

    A clock that is ahead is taken to mean "now"; what is older is cut, as no notice could be
    published with such a start.
    """
    return min(max(moment, now - rules.EARLIEST + timedelta(minutes=1)), now)


def plain(text: object, limit: int) -> str:
    """A text of a monitor as staff may read it: one plain form, cut, without obvious secrets.

    Control, direction and surrogate characters go, of addresses the user, password and query.
    """
    if not isinstance(text, str):
        return ""
    kept = "".join(
        letter for letter in text[: 4 * limit] if letter.isprintable() or letter in ("\n", _ZWNJ)
    )
    kept = _USER_INFO.sub(r"\1", kept)
    kept = _QUERY.sub(r"\1", kept)
    return _BEARER.sub(r"\1 …", kept).strip()[:limit]


def plain_labels(found: object, *, prefix: str = "") -> dict[str, str]:
    """Labels worth keeping: texts with plain names that do not sound like a secret's."""
    if not isinstance(found, dict):
        return {}
    kept: dict[str, str] = {}
    for name, value in found.items():
        if len(kept) == LABELS_LIMIT:
            break
        if isinstance(value, str) and not _SECRET_NAME.search(name):
            kept[plain(prefix + name, LABEL_LIMIT)] = plain(value, LABEL_LIMIT)
    return kept


def summed_up(words: str, labels: Mapping[str, str]) -> str:
    """What is kept of a payload: its words, then its labels, a line each."""
    lines = [words] if words else []
    lines += [f"{name}: {value}" for name, value in labels.items()]
    return "\n".join(lines)[:DETAILS_LIMIT]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
