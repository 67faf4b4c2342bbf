"""Sealed files on `STORAGES["private"]`.

A stored file is `magic (8) · salt (32) · frames`. Its key is derived from the subject's data key,
the salt and the file's id: a file opens only as itself and only for its subject. What waits on a
disk on its way into the storage is sealed already.
"""

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from desk_core.frames import open_stream, seal_stream
from desk_core.sealing import SealBroken

if TYPE_CHECKING:
    from desk_core.sealing import Subject

MAGIC = b"DESKVLT1"
SALT = 32


class StoredFile(NamedTuple):
    """Where a file was put, and how many plain bytes it has."""

    path: str
    size: int


def store(chunks: Iterable[bytes], *, subject: "Subject", file_id: UUID) -> StoredFile:
    """Seal a file into the private storage.

    If the chunks or the storage fail half-way nothing is stored (OSError of the storage; `is_full`
    tells whether there is no room). The caller keeps the path in the row of the
    file, and deletes the file when its transaction does not commit.
    """
    header = MAGIC + os.urandom(SALT)
    seen = _Seen()
    frames = seal_stream(
        seen.watch(chunks), key=_file_key(subject, file_id, header), bound=header + file_id.bytes
    )
    with tempfile.TemporaryFile() as sealed:
        sealed.write(header)
        sealed.writelines(frames)
        sealed.seek(0)
        path = _put(f"{file_id.hex[:2]}/{file_id}.sealed", File(sealed))
    return StoredFile(path, seen.size)


def read(path: str, *, subject: "Subject", file_id: UUID) -> Iterator[bytes]:
    """The plain bytes of a file, frame by frame, each verified before it is handed out.

    The first frame is verified before this returns, so that a reply need not begin before the
    file is known to open. Raises SealBroken for anything altered, cut, reordered or foreign (at
    the frame where it shows), FileNotFoundError for a file that is gone.
    """
    frames = _frames(path, subject, file_id)
    return _resume(next(frames), frames)


def delete(path: str) -> None:
    """Remove a file; one that is gone already is fine."""
    _storage().delete(path)


def is_full(error: OSError) -> bool:
    """Whether a file could not be kept because there is no room left for it."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _put(wanted: str, sealed: "File[bytes]") -> str:
    """Save under a name that is free; what a storage began and could not finish is removed."""
    storage = _storage()
    name = storage.get_available_name(wanted)
    try:
        return storage.save(name, sealed)
    except BaseException:
        with suppress(Exception):
            storage.delete(name)
        raise


def _storage() -> Storage:
    return storages["private"]


def _file_key(subject: "Subject", file_id: UUID, header: bytes) -> bytes:
    return subject.derive(b"desk:file:" + file_id.bytes, salt=header[len(MAGIC) :])


def _frames(path: str, subject: "Subject", file_id: UUID) -> Iterator[bytes]:
    with _storage().open(path, "rb") as stored:
        source = cast(BinaryIO, stored)
        header = source.read(len(MAGIC) + SALT)
        if len(header) != len(MAGIC) + SALT or not header.startswith(MAGIC):
            raise SealBroken("Not a sealed file.")
        key = _file_key(subject, file_id, header)
        yield from open_stream(source, key=key, bound=header + file_id.bytes)


def _resume(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Seen:
    """The size of what passes by."""

    def __init__(self) -> None:
        self.size = 0

    def watch(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.size += len(chunk)
            yield chunk
