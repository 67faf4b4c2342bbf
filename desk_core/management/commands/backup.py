"""Writes a backup, or goes on with one that was broken off."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from desk_core.backup import BackupError, ledger_copy, making, records, shelf
from desk_core.models import Backup


class Command(BaseCommand):
    """`backup [--to NAME]`, `backup --list`, `backup --ledger`."""

    help = "Write an encrypted backup of database and files to STORAGES['backups']."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--to, --list, --ledger."""
        parser.add_argument("--to", metavar="NAME", default="", help="Its name; else the time.")
        parser.add_argument("--list", action="store_true", help="Only say which there are.")
        parser.add_argument(
            "--ledger", action="store_true", help="Only copy the ledger of erasures there."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; every failure is a sentence and exit code 1."""
        try:
            if options["list"]:
                self._list()
            elif options["ledger"]:
                mark = ledger_copy.refresh()
                self.stdout.write(f"The ledger of erasures was copied: {mark['lines']} lines.")
            else:
                self._make(options["to"])
        except BackupError as error:
            raise CommandError(str(error)) from error

    def _make(self, name: str) -> None:
        row = making.make(name=name, say=self.stdout.write)
        counts = row.counts
        self.stdout.write(
            f"Finished: {counts['rows']} rows in {counts['tables']} tables, {counts['files']} files"
            f" of {counts['bytes']} bytes.\nManifest: sha256 {row.manifest_sha256}"
        )

    def _list(self) -> None:
        rows = _known()
        for name in shelf.names():
            row = rows.get(name)
            if not shelf.Shelf(name).is_finished:
                state = "unfinished"
            elif row is None or row.checked_at is None:
                state = "finished, never verified"
            elif row.verified_at is None:
                state = "FAILED its verification: " + " ".join(row.problems)
            elif not row.parts:
                state = "verified before its parts were written down: make and verify a new one"
            elif changed := records.changed_files(row):
                state = "CHANGED since its verification: " + " ".join(changed)
            else:
                state = f"verified {row.verified_at:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"{name}  {state}")


def _known() -> dict[str, Backup]:
    """The rows by name; none on a machine whose database is still to be restored."""
    try:
        return {row.name: row for row in Backup.objects.all()}
    except DatabaseError:
        return {}
