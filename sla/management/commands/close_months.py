"""`close_months`: count the running month, close what is over, look at what was closed."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from sla.reports import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Once, as a timer's job, or every so many seconds."""

    help = "Count the running month of every agreement, and close the months that are over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Without `--every` it runs once."""
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, say what there was, and with `--every` go on until stopped."""
        while True:
            self._sweep(once=not options["every"])
            if not options["every"]:
                return
            time.sleep(options["every"])

    def _sweep(self, *, once: bool) -> None:
        try:
            done = sweep()
        except DatabaseError:
            if once:
                raise
            # The database is away or busy: the next round does the work of this one.
            logger.exception("Could not close months")
            close_old_connections()
            return
        if once or done["closed"]:
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
