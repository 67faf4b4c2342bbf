"""Makes the copy anew when what it shows has changed, and so often that its age means something.

A change is known by the mark of the page cache, which every publication renews: a burst of changes
is one new copy. A change that comes by itself, as when a window opens, is known beforehand.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.core.files.storage import storages as all_storages
from django.utils import timezone

from desk_core.page_cache.generation import shared_generation
from desk_core.page_cache.next_change import next_change
from notices import conf
from notices.enums import CopyFailure
from notices.static_copy import folders, making, standing, storages


class Rounds:
    """Knows what the last copy was made of; one for the life of a process."""

    def __init__(self) -> None:
        self.mark = ""
        self.due = datetime.min.replace(tzinfo=timezone.get_default_timezone())

    def write_if_due(self) -> bool:
        """Write a copy where there is reason to; whether one was written."""
        mark, now = shared_generation(), timezone.now()
        if mark == self.mark and now < self.due:
            return False
        write()
        # A change in the meantime has another mark and is written in the next round.
        self.mark = mark
        self.due = min(next_change(now), now + conf.static_copy_every())
        return True


def write() -> making.StaticCopy:
    """Make a copy and write it to every place of the settings.

    A full disk does not keep it from the bucket; what failed is raised afterwards, and noted for
    staff (`standing`).
    """
    try:
        copy = making.make()
    except Exception:
        standing.note_failure(CopyFailure.SITE)
        raise
    failures: dict[CopyFailure, Exception] = {}
    for kind, write_there in _places():
        try:
            write_there(copy)
        except Exception as failure:
            failures[kind] = failure
    if failures:
        standing.note_failure(next(iter(failures)))
        raise ExceptionGroup(
            "The static copy could not be written everywhere", list(failures.values())
        )
    standing.note_whole(copy.made_at)
    return copy


def _places() -> Iterator[tuple[CopyFailure, Callable[[making.StaticCopy], None]]]:
    """The writers, each with what it is when one fails."""
    if folder := conf.static_copy_folder():
        yield CopyFailure.FOLDER, lambda copy: folders.write(copy, Path(folder))
    if alias := conf.static_copy_storage():
        yield CopyFailure.STORAGE, lambda copy: storages.write(copy, all_storages[alias])
