"""Sends what waits in the outbox and asks what became of it, until it is told to stop."""

import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from desk_core.delivery import deliver_due
from desk_core.delivery_reports import ask_due
from desk_core.enums import OutboxChannel

logger = logging.getLogger(__name__)

# What goes to strangers' machines has a lane of its own: they may be slow, people shall not wait.
LANES = (
    (OutboxChannel.EMAIL.value, OutboxChannel.SMS.value),
    (OutboxChannel.WEBHOOK.value,),
)


class Command(BaseCommand):
    """`outbox_worker [--once]`; run as many of them as are needed."""

    help = "Send the messages that wait in the outbox. SIGTERM ends it after the message in hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--once, --batch, --poll."""
        parser.add_argument("--once", action="store_true", help="Stop when nothing more is due.")
        parser.add_argument("--batch", type=int, default=50, help="Messages claimed at a time.")
        parser.add_argument("--poll", type=float, default=2.0, help="Seconds between two looks.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until stopped; a database that is away for a while is waited for."""
        stopping = threading.Event()
        before = _stop_on_signals(stopping)
        people, programs = LANES
        beside = threading.Thread(target=self._work, args=(programs, stopping, options))
        try:
            if options["once"]:
                self._work(people + programs, stopping, options)
                return
            beside.start()
            self._work(people, stopping, options)
        finally:
            stopping.set()
            if beside.ident is not None:
                beside.join()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _work(
        self, channels: tuple[str, ...], stopping: threading.Event, options: dict[str, Any]
    ) -> None:
        """Rounds over these channels, until told to stop; with --once until nothing is due."""
        try:
            while not stopping.is_set():
                patient = not options["once"]
                more = self._round(options["batch"], channels, stopping, patient=patient)
                if not more and options["once"]:
                    return
                if not more:
                    stopping.wait(options["poll"])
        finally:
            if threading.current_thread() is not threading.main_thread():
                connection.close()

    def _round(
        self, limit: int, channels: tuple[str, ...], stopping: threading.Event, *, patient: bool
    ) -> bool:
        """One batch; whether there may be more to do at once."""
        try:
            sent = deliver_due(limit=limit, stop=stopping.is_set, channels=channels)
            asked = 0 if stopping.is_set() or channels == LANES[1] else ask_due()
            return sent + asked > 0
        except (OperationalError, InterfaceError) as error:
            if not patient:
                raise
            logger.error("The database does not answer: %s", type(error).__name__)
            if not connection.in_atomic_block:
                connection.close()
            return False
        finally:
            if not connection.in_atomic_block:
                close_old_connections()


def _stop_on_signals(stopping: threading.Event) -> dict[int, Any]:
    """Let SIGTERM and SIGINT set the event; the handlers that were there before."""
    if threading.current_thread() is not threading.main_thread():
        return {}

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    return {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
