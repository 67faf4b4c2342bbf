"""What a PDF would do by itself, or carries inside: scripts, programs to start, other files.

The names that PDF has for these are looked for in the plain parts of the file and in its packed
lists of objects (`/ObjStm`), however they are spelt (`#4a` stands for a letter). The file is read
piece by piece. One whose parts are encrypted cannot be looked through, and is refused.
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_PIECE = 1024 * 1024
_OVERLAP = 4096
_LONGEST_HEAD = 128 * 1024
_MOST_UNPACKED = 64 * 1024 * 1024
_ENDS = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$)"

ACTS = _(
    "This PDF would run a script or start a program when it is opened. Print it to a new PDF and "
    "choose that."
)
CARRIES = _("This PDF holds other files inside. Take them out, or print it to a new PDF.")
LOCKED = _(
    "This PDF is protected with a password, so that it cannot be checked. Print it to a new PDF "
    "and choose that."
)
OPAQUE = _("This PDF cannot be checked. Print it to a new PDF and choose that.")


def _named(*names: str) -> "re.Pattern[bytes]":
    """Finds these names of PDF; any letter of them may be written as # and its number."""
    spelt = ("".join(f"(?:{c}|#{ord(c):02x}|#{ord(c):02X})" for c in name) for name in names)
    return re.compile(rb"/(?:" + "|".join(spelt).encode() + rb")" + _ENDS)


_ACTS = _named("JavaScript", "Launch", "RichMedia")
_CARRIES = _named("EmbeddedFile", "EmbeddedFiles")
_LOCKED = _named("Encrypt")
_PACKED = _named("ObjStm")
_STREAM = re.compile(rb"stream\r?\n")
_REFUSED = (
    (_LOCKED, LOCKED, "locked"),
    (_ACTS, ACTS, "active"),
    (_CARRIES, CARRIES, "carries"),
)


def refuse_active(file: BinaryIO) -> None:
    """Raise ValidationError for a PDF that acts, carries files or cannot be looked through."""
    packed: list[int] = []
    for start, piece in _pieces(file):
        _look(piece)
        packed += [start + found.start() for found in _PACKED.finditer(piece)]
    room = _MOST_UNPACKED
    for place in sorted(set(packed)):
        room -= _look_inside(file, place, room)


def _look(text: bytes) -> None:
    for pattern, message, code in _REFUSED:
        if pattern.search(text):
            raise ValidationError(message, code=code)


def _look_inside(file: BinaryIO, place: int, room: int) -> int:
    """Unpack the list of objects whose description holds this place; how many bytes it has."""
    start = max(0, place - _OVERLAP)
    file.seek(start)
    around = file.read(_LONGEST_HEAD)
    begins = _STREAM.search(around, place - start)
    if begins is None:
        if len(around) == _LONGEST_HEAD:
            raise ValidationError(OPAQUE, code="opaque")
        return 0  # the name without a list
    head = around[around.rfind(b"obj", 0, place - start) + 1 : begins.start()]
    file.seek(start + begins.end())
    if not _is_deflated(head):
        # A list that is not packed begins with numbers; whatever else hides its way of packing.
        if not file.read(4).lstrip(b"\r\n\t\f ")[:1].isdigit():
            raise ValidationError(OPAQUE, code="opaque")
        return 0
    return _unpack(file, room)


def _is_deflated(head: bytes) -> bool:
    """Whether a list is packed in the one way that is unpacked here; not at all, it was seen."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), head)
    filters = re.findall(rb"/(\w+Decode|Fl|AHx|A85|LZW|RL|Crypt)\b", plain)
    if not filters and b"/Filter" not in plain:
        return False
    if filters not in ([b"FlateDecode"], [b"Fl"]) or b"/Predictor" in plain:
        raise ValidationError(OPAQUE, code="opaque")
    return True


def _unpack(file: BinaryIO, room: int) -> int:
    unpacking, size, carried = zlib.decompressobj(), 0, b""
    try:
        while not unpacking.eof and (piece := file.read(64 * 1024)):
            while piece:
                text = unpacking.decompress(piece, _PIECE)
                piece = unpacking.unconsumed_tail
                size += len(text)
                if size > room:
                    raise ValidationError(OPAQUE, code="bomb")
                _look(carried + text)
                carried = text[-_OVERLAP:]
    except zlib.error:
        raise ValidationError(OPAQUE, code="opaque") from None
    return size


def _pieces(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that overlap, each with the place where it begins."""
    file.seek(0)
    start, carried = 0, b""
    while piece := file.read(_PIECE):
        yield start - len(carried), carried + piece
        start += len(piece)
        carried = piece[-_OVERLAP:]
