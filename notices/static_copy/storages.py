"""Writes a copy into a storage of Django's: a bucket of another provider, for example.

There is no step that changes everything at once. So what pages are shown with goes first and pages
after it; what the copy has no more is removed at the end; and what is there unchanged stays.
"""

import hashlib
import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from notices.static_copy.files import CopiedFile
from notices.static_copy.making import StaticCopy

#: What lies there: names with the digests of what they hold, "" while they are being written.
MANIFEST = ".static-copy.json"


def write(copy: StaticCopy, storage: Storage) -> None:
    """Bring the storage to what the copy is; one that was broken off is completed by the next."""
    before = _manifest(storage)
    now = {file.name: hashlib.sha256(file.body).hexdigest() for file in copy.files}
    changed = [file for file in copy.files if before.get(file.name) != now[file.name]]
    # Said first, so that the next copy knows what one that is broken off may have left.
    _list(storage, before | {file.name: "" for file in changed})
    for file in changed:
        _save(storage, file.name, file)
    for name in before.keys() - now.keys():
        storage.delete(name)
    _list(storage, now)


def _list(storage: Storage, names: dict[str, str]) -> None:
    body = json.dumps(names, sort_keys=True).encode()
    _save(storage, MANIFEST, CopiedFile(f"/{MANIFEST}", body, "application/json"))


def _manifest(storage: Storage) -> dict[str, str]:
    if not storage.exists(MANIFEST):
        return {}
    with storage.open(MANIFEST) as file:
        return dict(json.loads(file.read()))


def _save(storage: Storage, name: str, file: CopiedFile) -> None:
    content: Any = ContentFile(file.body)
    # Storages of buckets tell browsers this; folders have no place for it.
    content.content_type = file.content_type
    if storage.save(name, content) != name:
        raise ImproperlyConfigured(
            "DESK_STATIC_COPY_STORAGE: this storage gives files other names instead of writing "
            "them anew (`allow_overwrite` or `file_overwrite`)."
        )
