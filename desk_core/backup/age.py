"""The age format as streams: nothing is held in memory but a few chunks."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import pyrage

from desk_core.backup.errors import BackupError, Hindered, in_a_line

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Sums:
    """Sizes in bytes and SHA-256, of what was encrypted and of what came out."""

    plain_size: int
    plain_sha256: str
    size: int
    sha256: str


class Measured:
    """A readable file that counts and hashes what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        return self._seen(self._file.read(size))

    def readline(self) -> bytes:
        """Read one line."""
        return self._seen(self._file.readline())

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    @property
    def sha256(self) -> str:
        """Of everything read so far."""
        return self._hash.hexdigest()

    def _seen(self, data: bytes) -> bytes:
        self._hash.update(data)
        self.size += len(data)
        return data


def encrypt(
    chunks: Iterable[bytes], sink: BinaryIO, recipients: Sequence[pyrage.x25519.Recipient]
) -> Sums:
    """Encrypt chunks into a file. What the chunks or the file raise comes out as it is."""
    source, target = _Source(chunks), _Target(sink)
    try:
        pyrage.encrypt_io(source, target, list(recipients))
    except (pyrage.EncryptError, OSError) as error:
        # pyrage wraps what its files raised into an error of its own, without the cause.
        raise source.failure or target.failure or error from error
    if target.failure is not None:
        # The last bytes are written when pyrage lets go of the file, and then it says nothing.
        raise target.failure
    return Sums(source.size, source.sha256, target.size, target.sha256)


@contextmanager
def opened(
    source: BinaryIO, identities: Sequence[pyrage.x25519.Identity], *, what: str
) -> Iterator[Measured]:
    """The plain bytes of an encrypted file, as a readable file that cannot go back.

    age hands out a chunk only when it is authentic, and fails at the end of a file that was cut.
    Whatever the reader raises because of that, the failure of the file is what is told. The rest
    that nobody read is read at the end, so that the whole file was looked at.
    """
    read_end, write_end = os.pipe()
    failures: list[Exception] = []

    def work() -> None:
        try:
            with os.fdopen(write_end, "wb") as sink:
                pyrage.decrypt_io(source, sink, list(identities))
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    completed = False
    try:
        with os.fdopen(read_end, "rb") as plain:
            measured = Measured(plain)
            yield measured
            while measured.read(CHUNK):
                pass
            completed = True
    finally:
        thread.join()
        # A reader that gave up early breaks the pipe: then its own error is the one to tell.
        failure = next((each for each in failures if "Broken pipe" not in str(each)), None)
        if failure is not None or (completed and failures):
            raise _told(failures[0], what) from failures[0]


def _told(error: Exception, what: str) -> BackupError:
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        return BackupError(f"{what} was not encrypted for this identity.")
    # A damaged file is a bare OSError without a number; anything else was said by the storage.
    of_the_format = type(error) is OSError and error.errno in (None, errno.EPIPE)
    if of_the_format or isinstance(error, pyrage.DecryptError | BrokenPipeError):
        return BackupError(f"{what} is damaged: it does not open ({error}).")
    return Hindered(f"{what} cannot be read: {in_a_line(error)}")


class _Source:
    """Chunks as a file that pyrage can read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._waiting = b""
        self._hash = hashlib.sha256()
        self.size = 0
        self.failure: BaseException | None = None

    def read(self, size: int = CHUNK) -> bytes:
        """Up to `size` bytes; nothing at the end."""
        try:
            while not self._waiting:
                self._waiting = next(self._chunks)
        except StopIteration:
            return b""
        except BaseException as error:
            self.failure = error
            raise
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        self._hash.update(data)
        self.size += len(data)
        return data

    @property
    def sha256(self) -> str:
        """Of everything read."""
        return self._hash.hexdigest()


class _Target:
    """A file that pyrage can write to."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()
        self.size = 0
        self.failure: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Write all of it."""
        try:
            self._sink.write(data)
        except BaseException as error:
            self.failure = error
            raise
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    @property
    def sha256(self) -> str:
        """Of everything written."""
        return self._hash.hexdigest()
