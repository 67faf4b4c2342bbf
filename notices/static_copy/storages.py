"""Writes a copy into a storage of Django's: a bucket of another provider, for example.

There is no step that changes everything at once. So what pages are shown with goes first and pages
after it; and what the copy has no more is removed at the end.

Every page says of when it is, and is sent again for that alone only now and then
(`conf.static_copy_whole_every`). Until then a file is sent when it says something else that is new.
"""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from desk_core.page_cache.next_change import next_change
from notices import conf
from notices.static_copy import digests, manifest
from notices.static_copy.files import CopiedFile
from notices.static_copy.making import NOTE, StaticCopy
from notices.static_copy.manifest import Manifest

logger = logging.getLogger(__name__)


def write(copy: StaticCopy, storage: Storage) -> None:
    """Bring the storage to what the copy is; one that was broken off is completed by the next.

    Beside a list that cannot be read everything is sent; what only that one knew of stays there.
    """
    before = _known(storage)
    begun = _begun(before, copy.made_at)
    if begun and _nothing_happened(before, copy):
        return
    timeless = {file.name: digests.timeless(file.body) for file in copy.files}
    now = {name: digests.digest(body) for name, body in timeless.items()}
    changed = [
        file
        for file in copy.files
        if before.files.get(file.name) != now[file.name]
        or (not begun and timeless[file.name] != file.body)
    ]
    if changed:
        # What tells programs of the copy goes with whatever goes.
        changed += [file for file in copy.files if file.path == NOTE and file not in changed]
        # Said first, so that the next copy knows what one that is broken off may have left.
        _list(storage, Manifest({**before.files, **{file.name: "" for file in changed}}))
    for file in changed:
        _save(storage, file.name, file)
    for name in before.files.keys() - now.keys():
        storage.delete(name)
    changes_at = next_change(copy.made_at)
    _list(storage, Manifest(now, begun or copy.made_at, copy.mark, changes_at))


def _known(storage: Storage) -> Manifest:
    try:
        return manifest.read(storage) or Manifest()
    except ValueError:
        logger.warning("%s in the storage is no list of a copy: all is sent anew.", manifest.NAME)
        return Manifest()


def _begun(before: Manifest, at: datetime) -> datetime | None:
    """Of when the oldest page there is; None where it is time for all to go again."""
    began = before.made_at
    return began if began and began <= at < began + conf.static_copy_whole_every() else None


def _nothing_happened(before: Manifest, copy: StaticCopy) -> bool:
    """Whether nothing was published since, and nothing has changed by itself."""
    same = bool(copy.mark) and copy.mark == before.mark
    return same and before.changes_at is not None and copy.made_at < before.changes_at


def _list(storage: Storage, known: Manifest) -> None:
    file = CopiedFile(f"/{manifest.NAME}", known.body(), "application/json")
    _save(storage, manifest.NAME, file)


def _save(storage: Storage, name: str, file: CopiedFile) -> None:
    content: Any = ContentFile(file.body)
    # Storages of buckets tell browsers this; folders have no place for it.
    content.content_type = file.content_type
    if storage.save(name, content) != name:
        raise ImproperlyConfigured(
            "DESK_STATIC_COPY_STORAGE: this storage gives files other names instead of writing "
            "them anew (`allow_overwrite` or `file_overwrite`)."
        )
