"""One backup on `STORAGES["backups"]`: its parts, written once, and its manifest, written last."""

import hashlib
import hmac
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

import pyrage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from desk_core import keyring
from desk_core.backup import age
from desk_core.backup.errors import BackupError, fetching, storing

MANIFEST = "manifest.ndjson.age"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\Z")


@dataclass(frozen=True)
class Part:
    """One encrypted file of a backup, as its manifest describes it."""

    name: str
    kind: str
    files: int
    plain_size: int
    plain_sha256: str
    size: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def storage() -> Storage:
    """Where backups lie."""
    return storages["backups"]


def names() -> list[str]:
    """The folders of all backups, finished or not, in the order of their names."""
    with fetching("The list of the backups"):
        try:
            folders, _files = storage().listdir("")
        except FileNotFoundError:
            return []
    return sorted(name for name in folders if NAME.match(name))


def tidy() -> None:
    """Let the storage remove what a power cut left half-written, if it can leave such things."""
    if clean := getattr(storage(), "tidy", None):
        with storing("The folder of the backups"):
            clean()


class Shelf:
    """The folder of one backup."""

    def __init__(self, name: str) -> None:
        if not NAME.match(name):
            raise BackupError(
                "The name of a backup is 1 to 80 letters, digits, hyphens or underscores."
            )
        self.name = name

    @property
    def is_finished(self) -> bool:
        """Whether it has a manifest; without one it is an unfinished backup and no more."""
        with fetching(f"The backup {self.name}"):
            return bool(storage().exists(self._path(MANIFEST)))

    def part_names(self) -> list[str]:
        """The files in the folder, but for the manifest."""
        with fetching(f"The backup {self.name}"):
            try:
                _folders, files = storage().listdir(self.name)
            except FileNotFoundError:
                return []
        return sorted(name for name in files if name and name != MANIFEST)

    def part_sizes(self) -> dict[str, int]:
        """The sizes of the files in the folder, but for the manifest, by their names."""
        names = self.part_names()
        with fetching(f"The backup {self.name}"):
            return {name: storage().size(self._path(name)) for name in names}

    def write_part(
        self,
        chunks: Iterable[bytes],
        recipients: Sequence[pyrage.x25519.Recipient],
        *,
        kind: str,
        prefix: str,
        suffix: str,
    ) -> Part:
        """Encrypt a part and store it under a name that its content gives it.

        The name is keyed: a stranger cannot tell from it what is inside. A part that is there
        already, from a run that was broken off, is not written again.
        """
        with storing("A part of the backup"), tempfile.TemporaryFile() as sealed:
            sums = age.encrypt(chunks, sealed, recipients)
            name = f"{prefix}-{_digest(sums.plain_sha256)}.{suffix}.age"
            if storage().exists(self._path(name)):
                size, sha256 = self._sums(name)
                sums = age.Sums(sums.plain_size, sums.plain_sha256, size, sha256)
            else:
                self._save(name, sealed)
        return Part(name=name, kind=kind, files=0, **asdict(sums))

    def write_manifest(
        self, data: bytes, recipients: Sequence[pyrage.x25519.Recipient]
    ) -> age.Sums:
        """Store the manifest: from now on this is a backup."""
        with storing("The manifest"), tempfile.TemporaryFile() as sealed:
            sums = age.encrypt([data], sealed, recipients)
            self._save(MANIFEST, sealed)
        return sums

    def read_manifest(self, identities: Sequence[pyrage.x25519.Identity]) -> tuple[bytes, str]:
        """The plain manifest, and the SHA-256 of the stored file."""
        if not self.is_finished:
            known = "is unfinished: it has no manifest" if self.part_names() else "does not exist"
            raise BackupError(f"The backup {self.name} {known}.")
        with self._open(MANIFEST) as stored:
            source = age.Measured(stored)
            with age.opened(cast(BinaryIO, source), identities, what="The manifest") as plain:
                data = plain.read()
        return data, source.sha256

    def manifest_sha256(self) -> str:
        """The SHA-256 of the stored manifest."""
        return self._sums(MANIFEST)[1]

    @contextmanager
    def open_part(
        self, part: Part, identities: Sequence[pyrage.x25519.Identity]
    ) -> Iterator[age.Measured]:
        """The plain bytes of a part; at its end they were those that the manifest names."""
        with self._open(part.name) as stored:
            with age.opened(stored, identities, what=part.name) as plain:
                yield plain
            if plain.sha256 != part.plain_sha256:
                raise BackupError(f"{part.name} holds something else than the manifest says.")

    def problems_of(self, parts: Iterable[Part]) -> Iterator[str]:
        """What is missing, cut or altered among the parts: every byte is read, nothing opened."""
        there = set(self.part_names())
        for part in parts:
            if part.name not in there:
                yield f"{part.name} is missing."
            elif self._sums(part.name) != (part.size, part.sha256):
                yield f"{part.name} was altered or cut."

    def drop_all_but(self, parts: Iterable[Part]) -> None:
        """Remove what an earlier run that was broken off left behind."""
        kept = {part.name for part in parts}
        with storing("The backup"):
            for name in self.part_names():
                if name not in kept:
                    storage().delete(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self.name}/{name}"

    def _save(self, name: str, sealed: BinaryIO) -> None:
        sealed.seek(0)
        saved = storage().save(self._path(name), File(sealed))
        if saved != self._path(name):
            storage().delete(saved)
            raise BackupError('STORAGES["backups"] gives files other names than they are asked.')

    @contextmanager
    def _open(self, name: str) -> Iterator[BinaryIO]:
        with fetching(name):
            stored = storage().open(self._path(name), "rb")
        with stored:
            yield cast(BinaryIO, stored)

    def _sums(self, name: str) -> tuple[int, str]:
        with self._open(name) as stored, fetching(name):
            measured = age.Measured(stored)
            while measured.read(age.CHUNK * 16):
                pass
        return measured.size, measured.sha256


def _digest(plain_sha256: str) -> str:
    """A name for content, unknown to whoever lacks the keys of the settings."""
    purpose = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"desk:backup:names"
    ).derive(keyring.index_key())
    return hmac.digest(purpose, bytes.fromhex(plain_sha256), hashlib.sha256).hex()[:32]
