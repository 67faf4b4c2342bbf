"""Moves every data key under the current key of the ring."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk_core import keyring
from desk_core.rotation import Progress, left_by_key, rotate


class Command(BaseCommand):
    """`rotate_keys [--batch 200] [--check]`: safe to stop and to run again at any time."""

    help = "Re-wrap all data keys under the first key of DESK_KEYRING, while the site serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--batch, --check."""
        parser.add_argument("--batch", type=int, default=200, help="Rows in one short write.")
        parser.add_argument("--check", action="store_true", help="Only say what is left to do.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and report; exit code 1 while a key of the ring must still be kept."""
        if not options["check"]:
            self._rotate(options["batch"])
        left = left_by_key()
        if left:
            still = ", ".join(f"{key!r} wraps {count}" for key, count in left.items())
            raise CommandError(f"Keep the other keys in DESK_KEYRING: {still}.")
        self.stdout.write("Every data key is under the current key; the other keys are not needed.")

    def _rotate(self, batch: int) -> None:
        progress = Progress(0, {})
        for progress in rotate(batch=batch):
            self.stdout.write(f"{progress.done} data keys re-wrapped", ending="\r")
        current = keyring.ring().current
        self.stdout.write(f"{progress.done} data keys re-wrapped under {current!r}.")
        for row, reason in list(progress.stuck.items())[:20]:
            self.stderr.write(f"{row}: {reason}")
