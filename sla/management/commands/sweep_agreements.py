"""`sweep_agreements`: what agreements ask for as time passes, once or every so many seconds."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from sla.reminding import remind
from sla.terminating import tell_waiting

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Tells who can renew an agreement that it ends, and applicants whom nobody told of an end."""

    help = "Remind of agreements that end soon; tell applicants of an end that was announced."

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
            reminders, told = remind(), tell_waiting()
        except DatabaseError:
            if once:
                raise
            # The database is away or busy: the next round does the work of this one.
            logger.exception("Could not sweep agreements")
            close_old_connections()
            return
        if once or reminders or told:
            self.stdout.write(f"reminders: {reminders}, told of an end: {told}")
