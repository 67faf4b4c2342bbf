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
from notices.static_copy import folders, making, storages


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

    A full disk does not keep it from the bucket; what failed is raised afterwards.
    """
    copy = making.make()
    failures = []
    for write_there in _places():
        try:
            write_there(copy)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("The static copy could not be written everywhere", failures)
    return copy


def _places() -> Iterator[Callable[[making.StaticCopy], None]]:
    if folder := conf.static_copy_folder():
        yield lambda copy: folders.write(copy, Path(folder))
    if alias := conf.static_copy_storage():
        yield lambda copy: storages.write(copy, all_storages[alias])
