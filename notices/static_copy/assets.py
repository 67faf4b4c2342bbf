"""The files that pages are shown with: styles, fonts, icons, the emblem, pictures of editors."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import Storage, default_storage

from notices.static_copy.files import CopiedFile


def is_asset(path: str) -> bool:
    """Whether a path of the site is such a file."""
    return path.startswith((settings.STATIC_URL, settings.MEDIA_URL))


def read(path: str) -> CopiedFile | None:
    """The file at a path; None where there is none."""
    prefix, storage = (
        (settings.STATIC_URL, staticfiles_storage)
        if path.startswith(settings.STATIC_URL)
        else (settings.MEDIA_URL, default_storage)
    )
    name = path.removeprefix(prefix)
    body = _stored(storage, name)
    if body is None and prefix == settings.STATIC_URL and (source := finders.find(name)):
        # Development serves them from where they are written.
        body = Path(str(source)).read_bytes()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return CopiedFile(path, body, kind) if body is not None else None


def _stored(storage: Storage, name: str) -> bytes | None:
    try:
        with storage.open(name) as file:
            return bytes(file.read())
    except (OSError, ValueError):
        return None
