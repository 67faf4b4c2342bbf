"""The files of the storages, several to a part: each part is an ordinary tar archive.

Its members are named `<alias of the storage>/<name>`; the last one, `index.json`, lists name,
size and SHA-256 of the others.
"""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from desk_core.backup.age import CHUNK, Measured
from desk_core.backup.errors import BackupError, fetching, storing

INDEX = "index.json"
FILES_IN_PART = 1000
NOT_BACKED_UP = ("staticfiles", "backups")
_IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True)
class Source:
    """One file of a storage."""

    alias: str
    name: str
    size: int

    @property
    def member(self) -> str:
        """Its name in the archive."""
        return f"{self.alias}/{self.name}"


@dataclass
class Tally:
    """What was read: number and bytes of the files, and how many vanished while it went on."""

    count: int = 0
    size: int = 0
    vanished: int = 0
    index: list[dict[str, Any]] = field(default_factory=list)


def aliases() -> list[str]:
    """The storages whose files are backed up: all but the static files and the backups."""
    return sorted(alias for alias in settings.STORAGES if alias not in NOT_BACKED_UP)


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files below a folder, in order."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files) if name)
    for name in sorted(filter(None, folders)):
        yield from walk(storage, f"{folder}{name}/")


def groups(size: int) -> Iterator[list[Source]]:
    """All files, in groups of about `size` bytes; a larger file is a group of its own."""
    group: list[Source] = []
    filled = 0
    for source in _sources():
        if group and (filled + source.size > size or len(group) >= FILES_IN_PART):
            yield group
            group, filled = [], 0
        group.append(source)
        filled += source.size
    if group:
        yield group


def pack(group: list[Source], tally: Tally) -> Iterator[bytes]:
    """A group as a tar archive, chunk by chunk; a file that is gone by now is passed over."""
    tally.index = []
    for source in group:
        try:
            opened = storages[source.alias].open(source.name, "rb")
        except FileNotFoundError:
            # Deleted since it was listed; so was its row, or it will be (a draft that ran out).
            tally.vanished += 1
            continue
        with opened, fetching(source.member):
            yield from _member(source, cast(BinaryIO, opened), tally)
    listing = json.dumps(tally.index, ensure_ascii=False).encode()
    yield _header(INDEX, len(listing))
    yield listing + _padding(len(listing))
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def unpack(archive: Measured, *, keep_equal: bool = False) -> Tally:
    """Store the files of a part where they belong, and read each back from there.

    With `keep_equal` a file that is there already with the same content is left, and another one
    of that name replaced. Raises BackupError when what was stored is not what the index names.
    """
    tally, listed = Tally(), None
    try:
        with tarfile.open(fileobj=cast(IO[bytes], archive), mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise BackupError(f"{member.name} is no file.")
                if member.name == INDEX:
                    listed = json.load(content)
                else:
                    _put(member.name, content, tally, keep_equal=keep_equal)
    except tarfile.TarError as error:
        raise BackupError(f"A part with files is damaged: {error}") from error
    if listed != tally.index:
        raise BackupError("A part with files does not hold what its index names.")
    return tally


def _sources() -> Iterator[Source]:
    for alias in aliases():
        storage = storages[alias]
        with fetching(f"The storage {alias}"):
            for name in walk(storage):
                try:
                    yield Source(alias, name, storage.size(name))
                except FileNotFoundError:
                    continue


def _member(source: Source, file: BinaryIO, tally: Tally) -> Iterator[bytes]:
    measured = Measured(file)
    yield _header(source.member, source.size)
    while chunk := measured.read(CHUNK):
        if measured.size > source.size:
            break
        yield chunk
    if measured.size != source.size:
        raise BackupError(f"{source.member} changed while it was read. Run the command again.")
    yield _padding(source.size)
    tally.count += 1
    tally.size += source.size
    tally.index.append({"name": source.member, "size": source.size, "sha256": measured.sha256})


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def _padding(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def _put(member: str, content: IO[bytes], tally: Tally, *, keep_equal: bool) -> None:
    alias, _slash, name = member.partition("/")
    if alias not in aliases():
        raise BackupError(f"The settings have no storage {alias!r}, to which files belong.")
    storage = storages[alias]
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as held:
        source = Measured(cast(BinaryIO, content))
        while chunk := source.read(CHUNK):
            held.write(chunk)
        with storing(member):
            if keep_equal and storage.exists(name) and _sha256(storage, name) != source.sha256:
                storage.delete(name)
            if not storage.exists(name):
                held.seek(0, io.SEEK_SET)
                if storage.save(name, File(cast(IO[Any], held))) != name:
                    raise BackupError(f"The storage {alias!r} gives files other names.")
    if _sha256(storage, name) != source.sha256:
        raise BackupError(f"{member} is not on its storage what it was in the backup.")
    tally.count += 1
    tally.size += source.size
    tally.index.append({"name": member, "size": source.size, "sha256": source.sha256})


def _sha256(storage: Storage, name: str) -> str:
    digest = hashlib.sha256()
    with fetching(name), storage.open(name, "rb") as stored:
        for chunk in cast(Iterable[bytes], stored.chunks(CHUNK)):
            digest.update(chunk)
    return digest.hexdigest()
