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

    Only its owner can look into it. A write that fails leaves nothing behind.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name asked for: a file of that name is replaced."""
        return name

    def _save(self, name: str, content: Any) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, half = tempfile.mkstemp(prefix=".unfinished-", dir=final.parent)
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

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files, without what is being written and what a power cut left of it."""
        folders, files = super().listdir(path)
        return folders, [name for name in files if not name.startswith(".")]


def _sync(folder: Path) -> None:
    """Bring the renaming to the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
