"""A long stream of bytes as sealed frames of 64 KiB (the STREAM construction over AES-256-GCM).

Frame *i* is sealed under nonce `i (11 bytes) · last (1 byte)`, so that frames that are swapped,
dropped, repeated, cut off or taken from elsewhere do not open. Each stream needs a key of its
own: nonces repeat between streams. `bound` is authenticated with every frame.
"""

import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desk_core.sealing import TAG, SealBroken

FRAME = 64 * 1024
SEALED_FRAME = FRAME + TAG


def seal_frame(key: bytes, index: int, data: bytes, *, last: bool, bound: bytes) -> bytes:
    """One frame of at most 64 KiB, sealed at its place."""
    return AESGCM(key).encrypt(_nonce(index, last), data, bound)


def open_frame(key: bytes, index: int, sealed: bytes, *, last: bool, bound: bytes) -> bytes:
    """The bytes of the frame that was sealed at this place; any other raises SealBroken."""
    try:
        return AESGCM(key).decrypt(_nonce(index, last), sealed, bound)
    except (InvalidTag, ValueError):
        raise SealBroken("A frame does not open at this place.") from None


def seal_stream(chunks: Iterable[bytes], *, key: bytes, bound: bytes) -> Iterator[bytes]:
    """Cut chunks of any size into sealed frames; an empty stream is one empty last frame."""
    index = 0
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        # A full frame waits for a byte after it: only then is it known not to be the last.
        while len(waiting) > FRAME:
            yield seal_frame(key, index, bytes(waiting[:FRAME]), last=False, bound=bound)
            del waiting[:FRAME]
            index += 1
    yield seal_frame(key, index, bytes(waiting), last=True, bound=bound)


def open_stream(source: BinaryIO, *, key: bytes, bound: bytes) -> Iterator[bytes]:
    """The frames of a stream in order, each verified before it is handed out."""
    index = 0
    sealed = _read(source)
    while True:
        following = _read(source) if len(sealed) == SEALED_FRAME else b""
        yield open_frame(key, index, sealed, last=not following, bound=bound)
        if not following:
            return
        sealed, index = following, index + 1


def _read(source: BinaryIO) -> bytes:
    """The next sealed frame, whole although a network file may hand out less at a time."""
    parts, wanted = [], SEALED_FRAME
    while wanted and (part := source.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _nonce(index: int, last: bool) -> bytes:
    return index.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class SealedFrames(io.RawIOBase):
    """A readable, seekable view of `size` plain bytes whose frames lie sealed in `source`."""

    def __init__(self, source: BinaryIO, *, key: bytes, bound: bytes, size: int) -> None:
        super().__init__()
        self._source, self._key, self._bound, self.size = source, key, bound, size
        self._last_index = max(0, (size - 1) // FRAME)
        self._position = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """The place of the next byte read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; one after the end reads as empty."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("A place before the beginning.")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Fill the buffer from one frame; the number of bytes read, 0 at the end."""
        if self._position >= self.size:
            return 0
        index, start = divmod(self._position, FRAME)
        part = self._frame(index)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Close the sealed file underneath too."""
        if not self.closed:
            self._source.close()
            self._held = (-1, b"")
        super().close()

    def _frame(self, index: int) -> bytes:
        if self._held[0] != index:
            self._source.seek(index * SEALED_FRAME)
            last = index == self._last_index
            sealed = self._source.read(SEALED_FRAME)
            plain = open_frame(self._key, index, sealed, last=last, bound=self._bound)
            self._held = (index, plain)
        return self._held[1]
