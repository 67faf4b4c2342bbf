"""A folder for backups in which a file under its own name is always a whole file."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible(path="desk_core.backup.folder.BackupFolder")
class BackupFolder(FileSystemStorage):
    """Writes beside the final name, brings it to the disk, then renames; replaces what is there.

    Only its owner can look into it. A write that fails leaves nothing behind; one that was killed
    leaves its half in a folder of its own, which `tidy` empties.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name asked for: a file of that name is replaced."""
        return name

    def _save(self, name: str, content: Any) -> str:
        final = Path(self.path(name))
        halves = self._halves()
        for folder in (halves, final.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(dir=halves)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(half).replace(final)
        except BaseException:
            Path(half).unlink(missing_ok=True)
            raise
        _sync(final.parent)
        return name

    def tidy(self) -> None:
        """Remove what was being written when its process was killed; while nobody else writes."""
        for half in self._halves().glob("*"):
            half.unlink()

    def _halves(self) -> Path:
        return Path(self.location) / ".unfinished"


def _sync(folder: Path) -> None:
    """Bring the renaming to the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
