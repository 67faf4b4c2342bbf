"""Bytes that have to wait outside of memory for a while, without ever lying plain on a disk."""

import os
import tempfile

from desk_core.frames import FRAME, SealedFrames, seal_frame

_BOUND = b"desk:scratch"


class SealedScratch:
    """Takes bytes and keeps sealed frames, under a key that exists in this process's memory."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        # The file has no name: when this process ends, however it ends, it is gone.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
        self._waiting = bytearray()
        self._index = 0
        self._size = 0

    def write(self, data: bytes) -> None:
        """Seal what has come, frame by frame."""
        self._size += len(data)
        self._waiting += data
        while len(self._waiting) > FRAME:
            self._put(bytes(self._waiting[:FRAME]), last=False)
            del self._waiting[:FRAME]

    def finish(self) -> SealedFrames:
        """Everything, readable and seekable; closing that closes the file."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()
        self._file.flush()
        return SealedFrames(self._file, key=self._key, bound=_BOUND, size=self._size)

    def close(self) -> None:
        """Nothing of it is needed any more."""
        self._file.close()

    def _put(self, data: bytes, *, last: bool) -> None:
        self._file.write(seal_frame(self._key, self._index, data, last=last, bound=_BOUND))
        self._index += 1
