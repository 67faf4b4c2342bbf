"""ZIP archives that are written while they are sent: no member is ever held as a whole.

Every member is deflated, one that hardly shrinks too: the sizes of a streamed member stand after
it, and some readers follow that for deflated members alone.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from persian.jalali import TEHRAN

_LEVEL = 6
_FAST = 1
# Unix, a plain file that its owner may read and write, and nobody else.
_PRIVATE_FILE = 0o100600 << 16


@dataclass(frozen=True)
class Member:
    """One file of an archive; `dense` is what was compressed before and hardly shrinks again."""

    name: str
    chunks: Iterable[bytes] = field(repr=False)
    dense: bool = False


@dataclass(frozen=True)
class Written:
    """What became of a member."""

    name: str
    size: int
    sha256: str


def stream(members: Iterable[Member], *, at: datetime, written: list[Written]) -> Iterator[bytes]:
    """The bytes of an archive of these members, in order, all dated `at`.

    `written` grows with each member that is complete, before the next one is asked for.
    """
    sink = _Sink()
    # Whoever stops half-way must not have it finished into a broken archive: no `with` here.
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
    for member in members:
        digest, size = hashlib.sha256(), 0
        with archive.open(_info(member, at), "w") as target:
            for chunk in member.chunks:
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
                yield sink.taken()
        written.append(Written(member.name, size, digest.hexdigest()))
        yield sink.taken()
    archive.close()
    yield sink.taken()


def _info(member: Member, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member.name, at.astimezone(TEHRAN).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = _FAST if member.dense else _LEVEL  # type: ignore[attr-defined]
    info.external_attr = _PRIVATE_FILE
    return info


class _Sink(io.RawIOBase):
    """Where the archive is written to; what has come is taken away at once."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        """It can be written to, and not gone back in."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take all of it."""
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        """What came since it was last asked."""
        found = bytes(self._waiting)
        self._waiting.clear()
        return found
