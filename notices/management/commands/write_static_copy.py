"""Writes the static copy of the status pages (docs/static-copy.md), or looks if it is sound."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage, storages
from django.core.management.base import CommandError
from django.utils import timezone

from desk_core.repeating import RepeatingCommand
from notices import conf
from notices.static_copy import checking, folders, making, rounds, standing


class Command(RepeatingCommand):
    """Once, or with `--every SECONDS` whenever something has changed."""

    help = "Write the static copy of the status pages to its folder or bucket."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and whether only to look."""
        super().add_arguments(parser)
        parser.add_argument(
            "--folder", type=Path, metavar="PATH", help="once into this folder, whatever is set"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; fail where a copy is missing, old, unreadable or lacks parts",
        )
        parser.add_argument(
            "--max-age",
            type=int,
            metavar="MINUTES",
            help="with --check: how old it may be (DESK_STATIC_COPY_STALE_MINUTES)",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Looking needs no database: it goes on when the site does not."""
        skips = options.get("skip_checks", True) or options.get("check", False)
        return super().execute(*args, **options | {"skip_checks": skips})

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse to do nothing in silence."""
        folder, age = options["folder"], options["max_age"]
        if options["every"] and (folder or options["check"]):
            raise CommandError("--every goes neither with --folder nor with --check.")
        if age is not None and (age < 1 or not options["check"]):
            raise CommandError("--max-age goes with --check, and is 1 or more.")
        if not (folder or standing.is_wanted()):
            raise CommandError("Set DESK_STATIC_COPY_FOLDER or DESK_STATIC_COPY_STORAGE first.")
        if options["check"]:
            self._check(folder, timedelta(minutes=age) if age else conf.static_copy_stale_after())
        elif folder:
            try:
                folders.write(making.make(), folder)
            except OSError as error:
                reason = error.strerror or "it cannot be written"
                raise CommandError(f"The static copy in {folder}: {reason}.") from None
            self.stdout.write("written")
        else:
            self.rounds = rounds.Rounds()
            super().handle(*args, **options)

    def work(self) -> None:
        """One round."""
        if self.rounds.write_if_due():
            self.stdout.write("written")

    def _check(self, folder: Path | None, oldest: timedelta) -> None:
        """A line for each sound copy; fails with one that says what the others are."""
        unsound = []
        for name, storage in _places(folder):
            try:
                made_at = checking.check(storage, at=timezone.now(), oldest=oldest)
            except checking.Unsound as error:
                unsound.append(f"The static copy in {name}: {error}.")
            else:
                self.stdout.write(f"{name}: whole, of {made_at.isoformat(timespec='seconds')}")
        if unsound:
            raise CommandError(" ".join(unsound))


def _places(folder: Path | None) -> Iterator[tuple[str, Storage]]:
    """Where copies lie: here if one is given, else where the settings say."""
    if chosen := folder or conf.static_copy_folder():
        yield str(chosen), checking.in_folder(Path(chosen))
    if not folder and (alias := conf.static_copy_storage()):
        yield f"the storage “{alias}”", storages[alias]
