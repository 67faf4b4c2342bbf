"""Commands that do their work once, as a timer's job, or over and over beside the web server."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

logger = logging.getLogger(__name__)


class RepeatingCommand(BaseCommand):
    """Calls `work()`; with `--every SECONDS` until it is stopped, whatever one round meets."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Without `--every` it runs once, as a timer's job."""
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and with `--every` go on until stopped."""
        if not options["every"]:
            self.work()
            return
        while True:
            try:
                self.work()
            except Exception:
                # The database is away or busy: the next round does the work of this one.
                logger.exception("A round of %s failed", type(self).__module__.rpartition(".")[2])
                close_old_connections()
            time.sleep(options["every"])

    def work(self) -> None:
        """One round."""
        raise NotImplementedError
