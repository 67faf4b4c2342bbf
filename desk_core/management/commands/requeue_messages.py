"""Lets quarantined messages be tried again, once their cause is gone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from desk_core.enums import OutboxChannel
from desk_core.models import OutgoingMessage
from desk_core.outbox import requeue


class Command(BaseCommand):
    """`requeue_messages [--channel sms] [--unsure]`."""

    help = "Queue quarantined messages again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--channel, --unsure."""
        parser.add_argument("--channel", choices=OutboxChannel.values, help="Only this channel.")
        parser.add_argument(
            "--unsure",
            action="store_true",
            help="Also those that may have been sent already: people may get them twice.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Requeue one by one, so that a stop half-way leaves nothing in between."""
        messages = OutgoingMessage.objects.quarantined()
        if options["channel"]:
            messages = messages.filter(channel=options["channel"])
        if not options["unsure"]:
            messages = messages.exclude(error__startswith="it may have been sent")
        done = sum(requeue(message=message) for message in messages.iterator())
        self.stdout.write(f"{done} messages queued again.")
