"""Serve the site for development: database, demo content, background work, web server."""

import atexit
import os
import signal
import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.demo import pages

# What runs beside the web server: Wagtail's tasks, pages at their dates, the outgoing messages,
# tidying up, and what monitors and own probes tell.
WORKERS = (
    ["db_worker", "--no-startup-delay", "--no-reload"],
    ["publish_due", "--every", "60"],
    ["outbox_worker"],
    ["tell_subscribers", "--every", "5"],
    ["sweep_requests", "--every", "60"],
    ["close_months", "--every", "300"],
    ["sweep_agreements", "--every", "600"],
    ["plan_maintenance", "--every", "600"],
    ["sweep_monitors", "--every", "60"],
    ["probe_services", "--every", "60"],
    ["write_static_copy", "--every", "10"],
)


class Command(BaseCommand):
    """What `make run` starts."""

    help = "Prepare the development site and serve it together with its workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port, on every address of this machine, so that a phone can look too."""
        parser.add_argument("port", nargs="?", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare what is missing, then serve until Ctrl-C."""
        if not settings.DEBUG:
            raise CommandError(
                "serve is for development; docs/operators-guide.md shows production."
            )
        self._see_that_it_is_free(options["port"])
        self._know_the_address(options["port"])
        # Everything kept below it is this user's alone, the database of the demo too.
        os.umask(0o077)
        Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("demo", if_empty=True)
        pages.serve_at(options["port"])
        workers = [self._start(*command) for command in WORKERS]
        atexit.register(self._stop, workers)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        call_command("runserver", f"0.0.0.0:{options['port']}", use_reloader=False)

    def _see_that_it_is_free(self, port: int) -> None:
        """Before any worker starts: the web server leaves without a word to them."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104 – as the server will
            except OSError as error:
                raise CommandError(
                    f"Port {port} cannot be used ({error.strerror}). "
                    f"Choose another one: make run PORT={port + 1}"
                ) from error

    def _know_the_address(self, port: int) -> None:
        """For links in what is written to staff, here and in the workers."""
        address = os.environ.setdefault("DESK_BASE_URL", f"http://localhost:{port}")
        settings.WAGTAILADMIN_BASE_URL = address

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        manage = str(Path(settings.ROOT) / "manage.py")
        return subprocess.Popen([sys.executable, manage, *command])  # noqa: S603

    def _stop(self, workers: list[subprocess.Popen[bytes]]) -> None:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(timeout=10)
