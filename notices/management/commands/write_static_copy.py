"""Writes the static copy of the status pages (docs/static-copy.md)."""

from typing import Any

from django.core.management.base import CommandError

from desk_core.repeating import RepeatingCommand
from notices import conf
from notices.static_copy import rounds


class Command(RepeatingCommand):
    """Once, or with `--every SECONDS` whenever something has changed."""

    help = "Write the static copy of the status pages to its folder or bucket."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse to do nothing in silence."""
        if not (conf.static_copy_folder() or conf.static_copy_storage()):
            raise CommandError("Set DESK_STATIC_COPY_FOLDER or DESK_STATIC_COPY_STORAGE first.")
        self.rounds = rounds.Rounds()
        super().handle(*args, **options)

    def work(self) -> None:
        """One round."""
        if self.rounds.write_if_due():
            self.stdout.write("written")
