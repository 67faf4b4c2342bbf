"""Restores a backup beside the live site and compares."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk_core.backup import BackupError, verifying


class Command(BaseCommand):
    """`verify_backup NAME --identity FILE [--sample N]`; the site goes on meanwhile."""

    help = "Restore a backup beside the live site, compare it, and read a sample of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, --identity, --sample."""
        parser.add_argument("name")
        parser.add_argument("--identity", required=True, help="File with the private key of age.")
        parser.add_argument(
            "--sample",
            type=int,
            default=verifying.SAMPLE,
            help="How many cases to open, 1 or more.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify; exit code 1 when something is wrong."""
        try:
            row = verifying.verify(
                name=options["name"],
                identity=options["identity"],
                sample=options["sample"],
                say=self.stdout.write,
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        if row.problems:
            raise CommandError("The backup does not come back:\n" + "\n".join(row.problems))
        counts = row.verified_counts
        opened = ", ".join(f"{count} {what}" for what, count in counts["opened"].items())
        self.stdout.write(
            f"Verified: {counts['rows']} rows in {counts['tables']} tables, {counts['files']}"
            f" files. Opened through the application: {opened or 'nothing, there is nothing'}."
        )
