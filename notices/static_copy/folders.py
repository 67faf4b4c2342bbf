"""Writes a copy into a folder: whole or not at all.

`FOLDER/current` is a link to one of `FOLDER/copies/…`. A new copy is written beside the old one and
the link is changed in one step, so that a reader, a crash and a full disk never meet half of one.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from notices.static_copy import manifest
from notices.static_copy.digests import digest
from notices.static_copy.making import StaticCopy
from notices.static_copy.manifest import Manifest

#: The one before stays for whoever is reading it.
KEPT = 2


def write(copy: StaticCopy, folder: Path) -> None:
    """Put it in the place of the one before; two writers wait for each other."""
    copies = folder / "copies"
    copies.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        new = copies / f"{copy.made_at:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        for file in copy.files:
            _write(new / file.name, file.body)
        files = {file.name: digest(file.body) for file in copy.files}
        _write(new / manifest.NAME, Manifest(files, made_at=copy.made_at).body())
        _sync(new)
        link = folder / f".{new.name}"
        link.symlink_to(Path("copies") / new.name)
        link.replace(folder / "current")
        _sync(folder)
        _forget_old(copies, folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other process writes there; the lock of a killed one is gone with it."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _forget_old(copies: Path, folder: Path) -> None:
    """Older ones, what a killed writer left, and its links."""
    shown = (folder / "current").resolve()
    by_age = sorted((each for each in copies.iterdir() if each != shown), reverse=True)
    for old in by_age[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    for link in folder.glob(".2*"):
        link.unlink(missing_ok=True)
