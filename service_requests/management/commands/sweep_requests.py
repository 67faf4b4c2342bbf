"""`sweep_requests`: tidy up what time has made useless, once or every so many seconds."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from service_requests.housekeeping import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Wipes receipts after fifteen minutes, ends old sessions, forgets abandoned drafts."""

    help = "Wipe expired receipts, end old tracking sessions, forget abandoned drafts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Without `--every` it runs once, as a timer's job."""
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, say how much there was, and with `--every` go on until stopped."""
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
            logger.exception("Could not sweep")
            close_old_connections()
            return
        if once or any(done.values()):
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
