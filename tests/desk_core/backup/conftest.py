"""A place for backups, somebody to encrypt them for, and storages of their own."""

from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from desk_core.backup.shelf import Part, Shelf


@pytest.fixture
def identity(tmp_path) -> Path:
    """The file with the private key."""
    return new_identity(tmp_path / "identity.txt")


def new_identity(path: Path) -> Path:
    key = pyrage.x25519.Identity.generate()
    path.write_text(f"# created: now\n# public key: {key.to_public()}\n{key}\n")
    return path


def public_key_of(path: Path) -> str:
    return path.read_text().split("public key: ")[1].split()[0]


@pytest.fixture
def place(settings, tmp_path, identity) -> Path:
    """Storages, ledger and recipients of a site in a folder; returns the folder of the backups."""

    def folder(name: str, backend: str = "django.core.files.storage.FileSystemStorage") -> Any:
        return {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / name)}}

    settings.STORAGES = {
        **settings.STORAGES,
        "default": folder("media"),
        "private": folder("private"),
        "backups": folder("backups", "desk_core.backup.folder.BackupFolder"),
    }
    settings.DESK_ERASURE_LEDGER = tmp_path / "erasures.ledger"
    settings.DESK_BACKUP_RECIPIENTS = [public_key_of(identity)]
    return tmp_path / "backups"


@pytest.fixture
def some_files(place) -> dict[str, bytes]:
    """Files on both storages, by alias and name."""
    given = {
        "default/images/گزارش.png": b"\x89PNG" * 700,
        "default/documents/empty.txt": b"",
        "private/ab/one.sealed": bytes(range(256)) * 40,
        "private/cd/two.sealed": b"x" * 70_000,
    }
    for member, content in given.items():
        alias, _slash, name = member.partition("/")
        assert storages[alias].save(name, ContentFile(content)) == name
    return given


def files_of(place: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in place.rglob("*") if path.is_file())


def parts_of(name: str, identity: Path) -> list[Part]:
    """The parts that the manifest of a finished backup names."""
    from desk_core.backup import manifest
    from desk_core.backup.recipients import read_identities

    return manifest.read(Shelf(name), read_identities(identity)).parts
