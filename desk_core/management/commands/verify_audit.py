"""Counts the chain of the audit trail again, for an auditor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from desk_core import audit_chain


class Command(BaseCommand):
    """`verify_audit [--head NUMBER:CHAIN]`: reads only."""

    help = "Find whether entries of the audit trail were changed, removed, added or moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--head."""
        parser.add_argument(
            "--head", default="", help="The newest seal as the last verification printed it."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Report; exit code 1 when something is wrong."""
        found = audit_chain.verify(head=options["head"])
        self.stdout.write(f"{found.entries} entries under {found.seals} seals.")
        self.stdout.write(f"{found.unsealed} newer entries are not sealed yet.")
        if found.head:
            self.stdout.write(f"Note the newest seal: {found.head}")
        for problem in found.problems:
            self.stderr.write(problem)
        if found.problems:
            raise CommandError("The audit trail is not as it was written.")
        self.stdout.write("Every sealed entry is as it was written.")
