"""Brings a backup back into an empty database and empty storages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk_core.backup import BackupError
from desk_core.backup.restoring import restore


class Command(BaseCommand):
    """`restore NAME --identity FILE [--again] [--without-ledger]`."""

    help = "Restore a backup into an empty database and empty storages."
    # The checks would open the database, which is empty or shut.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, --identity, --again, --without-ledger."""
        parser.add_argument("name")
        parser.add_argument("--identity", required=True, help="File with the private key of age.")
        parser.add_argument(
            "--again", action="store_true", help="Begin anew a restore that was broken off here."
        )
        parser.add_argument(
            "--without-ledger",
            action="store_true",
            help="The ledger of erasures is lost: people erased since the backup come back.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore; until this ends well nothing else can use the database."""
        try:
            done = restore(
                name=options["name"],
                identity=options["identity"],
                again=options["again"],
                without_ledger=options["without_ledger"],
                say=self.stdout.write,
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored: {done['rows']} rows in {done['tables']} tables, {done['files']} files.\n"
            f"Erased anew: {done['erased']}. Messages set aside that may have been sent:"
            f" {done['messages']} (manage.py requeue_messages --unsure)."
        )
