"""Whether the copy that lies somewhere is whole and not too old; for monitors of operators."""

from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import FileSystemStorage, Storage

from notices.static_copy import manifest
from notices.static_copy.manifest import Manifest


class Unsound(Exception):
    """The copy is missing, unreadable, old, or lacks parts: one line that says which."""


def in_folder(folder: Path) -> Storage:
    """The copy that a folder shows now, even where another takes its place meanwhile."""
    return FileSystemStorage(location=(folder / "current").resolve())


def check(storage: Storage, *, at: datetime, oldest: timedelta) -> datetime:
    """Of when the copy there is. Raises Unsound where it is not what it should be at `at`."""
    try:
        found = manifest.read(storage)
        missing = _missing(storage, found) if found else []
    except Exception as error:
        # Each storage has errors of its own, and their words may hold addresses and keys.
        raise Unsound(f"unreadable ({type(error).__name__})") from error
    if found is None:
        raise Unsound("missing")
    if missing or found.made_at is None:
        named = f", {missing[0]} for one" if missing else ""
        raise Unsound(f"parts missing: {len(missing)} of {len(found.files)}{named}")
    if at - found.made_at > oldest:
        raise Unsound(f"old: of {found.made_at.isoformat(timespec='seconds')}")
    return found.made_at


def _missing(storage: Storage, found: Manifest) -> list[str]:
    """What is not there, and what was being written when that broke off."""
    names = found.files.items()
    return sorted(name for name, digest in names if not digest or not storage.exists(name))
